import { nsPerTick } from '../kernel/time.ts';
import { twoDigits } from './clock.ts';

/** `63.8 ms`, `1.58 s`, `120 s`. */
export const seconds = (ns: number): string => {
  const value = ns / 1e9;
  return value >= 100
    ? `${value.toFixed(0)} s`
    : value >= 1
      ? `${value.toFixed(2)} s`
      : `${(value * 1000).toFixed(1)} ms`;
};

/** The two largest units: `3d4h`, `10m`, `0s`. */
export const age = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000));
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([unit]) => total >= unit);
  const [unit, letter] = units[first === -1 ? 3 : first]!;
  const next = first === -1 ? undefined : units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((total % unit) / next[0]);
  return `${Math.floor(total / unit)}${letter}${rest > 0 ? `${rest}${next![1]}` : ''}`;
};

/** `01:02:03` of whole seconds. */
export const hoursMinutesSeconds = (total: number): string =>
  `${twoDigits(total / 3600)}:${twoDigits((total / 60) % 60)}:${twoDigits(total % 60)}`;

/** CPU time as top writes it: `0:01.23`. */
export const cpuTime = (ticks: number): string => {
  const hundredths = Math.floor((ticks * nsPerTick) / 1e7);
  const total = Math.floor(hundredths / 100);
  return `${Math.floor(total / 60)}:${twoDigits(total % 60)}.${twoDigits(hundredths % 100)}`;
};
