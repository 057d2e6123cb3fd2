/** Startups of one side, in ns. */
export interface Spread {
  readonly starts: number;
  readonly median_ns: number;
  readonly least_ns: number;
  readonly most_ns: number;
}

export interface StartupChange {
  readonly a: Spread;
  readonly b: Spread;
}

/** With fewer starts nobody knows what is noise. */
const minStarts = 3;
/** Nobody minds less. */
const minChangeNs = 5e6;
const minRatio = 0.1;

/**
 * A change of startups that is more than noise: half of one side is beyond all that the other side had, and the medians are
 * further apart than each side's middle half is wide.
 */
export const startupChange = (a: readonly number[], b: readonly number[]): StartupChange | undefined => {
  if (a.length < minStarts || b.length < minStarts) {
    return undefined;
  }
  const [before, after] = [spreadOf(a), spreadOf(b)];
  const change = Math.abs(after.median_ns - before.median_ns);
  const apart = after.median_ns > before.most_ns || after.median_ns < before.least_ns;
  const noise = Math.max(middleHalf(a), middleHalf(b), minChangeNs, minRatio * before.median_ns);
  return apart && change > noise ? { a: before, b: after } : undefined;
};

const spreadOf = (values: readonly number[]): Spread => {
  const sorted = sort(values);
  return {
    starts: sorted.length,
    median_ns: at(sorted, 0.5),
    least_ns: sorted[0]!,
    most_ns: sorted.at(-1)!,
  };
};

const middleHalf = (values: readonly number[]): number => {
  const sorted = sort(values);
  return at(sorted, 0.75) - at(sorted, 0.25);
};

const sort = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
const at = (sorted: readonly number[], part: number): number => sorted[Math.floor((sorted.length - 1) * part)]!;
