import type { Box, Proc } from './boxes.ts';
import type { Theme } from './theme.ts';

export const rowHeight = 24;
export const axisHeight = 28;

/** Where a picture of lanes is drawn: the labels stand left of `labels` px, the times right of it. */
export interface Viewport {
  readonly width: number;
  readonly height: number;
  readonly labels: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
  readonly theme: Theme;
  readonly hits: ReadonlySet<Proc> | undefined;
  /** From when on the page lacks events of the host, and those of containers. */
  readonly hostUntil: number | undefined;
  readonly until: number | undefined;
}

export const xOf = ({ width, labels, from, to }: Viewport, at: number): number =>
  labels + ((at - from) / (to - from)) * (width - labels);

export type Canvas = CanvasRenderingContext2D;

/** Which colour a container has; none is the host's. */
export const tint = (box: Box): number | undefined => (box.life === undefined ? undefined : box.index);

/** At least two px wide, and no wider than the picture. */
export const extent = (frame: Viewport, from: number, to: number): [x: number, width: number] => {
  const left = Math.max(frame.labels - 10, xOf(frame, from));
  const right = Math.min(frame.width + 10, xOf(frame, to));
  return [left, Math.max(2, right - left)];
};
