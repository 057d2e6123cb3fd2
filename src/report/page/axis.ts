import { sinceStart } from './text.ts';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Round moments, at least `room` px apart. */
export const axisTicks = (from: number, to: number, width: number, room: number): Tick[] => {
  const step = roundStep(((to - from) * room) / Math.max(1, width));
  const ticks: Tick[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    ticks.push({ at, label: sinceStart(at, step) });
  }
  return ticks;
};

/** 1, 2 or 5 of a power of ten below 10 s; above it what divides a minute, an hour, a day. */
const roundStep = (least: number): number => {
  const long = [10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400].map(
    (s) => s * 1e9,
  );
  if (least > 5e9) {
    return long.find((step) => step >= least) ?? Math.ceil(least / 86_400e9) * 86_400e9;
  }
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
};
