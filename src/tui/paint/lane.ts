import { commandOrComm, innermostPid } from '../../view/command.ts';
import { seconds } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import type { ViewProcess } from '../store/event.ts';
import { column, type Piece, renderLine } from './line.ts';
import type { Theme } from './theme.ts';

export interface LaneContext {
  readonly theme: Theme;
  readonly width: number;
  /** Kernel time at the left and the right end of the lanes. */
  readonly window: { from: number; to: number };
  /** Kernel time at which tracing began. */
  readonly beganAt: number;
}

/** Of the label of a lane; narrow terminals need the room for the lane. */
const laneLabel = (width: number): number => (width < 70 ? 8 : 24);

/** The place of the lanes in a line: behind pid, nspid and label, before the end. */
export const laneArea = (width: number): { from: number; width: number } => {
  const from = 2 + 7 + 1 + 5 + 1 + laneLabel(width) + 1;
  return { from, width: Math.max(4, width - from - 9) };
};

/** A bar from start to end, as far as it is in the window. */
export const lanePieces = (process: ViewProcess, context: LaneContext): Piece[] => {
  const { width } = context;
  const label = column(commandOrComm(process.program ?? process), laneLabel(width));
  const bad = process.end !== undefined && process.end !== '0';
  return [
    [`  ${String(process.pid).padStart(7)} ${innermostPid(process.nspid).padStart(5)} ${label} `, 'plain'],
    [cellsOf(process, context).join(''), process.endAt === undefined ? 'bar' : 'dim'],
    [process.end === undefined ? '' : ` ${escapeText(process.end)}`, bad ? 'bad' : 'dim'],
  ];
};

const cellsOf = (process: ViewProcess, { theme, width, window, beganAt }: LaneContext): string[] => {
  const { glyphs } = theme;
  const area = laneArea(width);
  const scale = (at: number): number =>
    Math.floor(((at - window.from) / Math.max(1, window.to - window.from)) * area.width);
  const from = Math.max(0, scale(process.startAt));
  const to = process.endAt === undefined ? area.width - 1 : Math.min(area.width - 1, scale(process.endAt));
  // Before tracing began it was there, and what it did is not known.
  const seen = process.before ? scale(beganAt) : from;
  const bar = process.group.ref === null ? glyphs.outside : glyphs.bar;
  const cells = Array.from({ length: area.width }, (_, index) =>
    index < from || index > to ? ' ' : index < seen ? glyphs.unseen : bar,
  );
  if (process.startAt < window.from && to >= 0) {
    cells[0] = glyphs.before;
  }
  if (process.endAt !== undefined && to >= 0) {
    cells[to] = glyphs.end;
  }
  const signs = { exec: glyphs.live, starts: glyphs.starts, joins: glyphs.joins } as const;
  for (const { at, kind } of process.marks) {
    const place = scale(at);
    if (place >= 0 && place < area.width) {
      cells[place] = signs[kind];
    }
  }
  return cells;
};

/** The scale above the lanes. */
export const laneRuler = ({ theme, width, window }: Omit<LaneContext, 'beganAt'>): string => {
  const area = laneArea(width);
  const length = window.to - window.from;
  const steps = Math.max(1, Math.floor(area.width / 14));
  let text = ' '.repeat(area.from);
  for (let step = 0; step < steps; step += 1) {
    const at = (length * (steps - step)) / steps;
    text = `${text.padEnd(area.from + Math.floor((area.width * step) / steps))}|-${seconds(at)}`;
  }
  return renderLine([[text, 'dim']], width, theme);
};
