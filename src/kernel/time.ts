/** A moment of CLOCK_BOOTTIME: `mono` in ns, exact; `at` the same as a number, exact to 2 ns after 104 days of uptime. */
export interface Nanoseconds {
  readonly mono: string;
  readonly at: number;
}

/** The kernel's USER_HZ is 100 on every architecture that nstrace runs on. */
export const nsPerTick = 10_000_000;

/** Start of a process in ticks, as /proc gives it (nsec_to_clock_t), from the ns of the probes. */
export const ticksOf = (start: Nanoseconds): number =>
  start.at <= Number.MAX_SAFE_INTEGER
    ? Math.floor(start.at / nsPerTick)
    : Number(BigInt(start.mono) / BigInt(nsPerTick));

export const monoOfTicks = (ticks: number): string => String(BigInt(ticks) * BigInt(nsPerTick));
