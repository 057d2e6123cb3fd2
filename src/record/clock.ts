import type { NstraceRecord } from './schema.ts';

type Timed = Pick<NstraceRecord, 'time' | 'mono' | 'source_seq'>;

/**
 * When a record was made, in ns on the clock that all records of its stream share: the kernel's, or where those of several
 * hosts were merged the wall clock, which is all that hosts have in common. The wall clock is exact to 256 ns.
 */
export const clockNs = ({ time, mono, source_seq }: Timed): number =>
  source_seq === undefined ? Number(mono) : wallNs(time);

/** Nanoseconds since 1970 of a time of a record. */
const wallNs = (time: string): number => Date.parse(time) * 1e6 + Number(time.slice(23, 29));

/** The same as an integer. */
export const clockAt = (record: Timed): bigint =>
  record.source_seq === undefined ? BigInt(record.mono) : BigInt(clockNs(record));

/** From the earliest to the latest of some times of records. */
export const spanOf = (...times: readonly string[]): { from: string; to: string } => {
  const sorted = times.toSorted();
  return { from: sorted[0]!, to: sorted.at(-1)! };
};
