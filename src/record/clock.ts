import type { NstraceRecord } from './schema.ts';

type Timed = Pick<NstraceRecord, 'time' | 'mono' | 'source_seq'>;

/**
 * When a record was made, in ns on the clock that all records of its stream share: the kernel's, or where those of several
 * hosts were merged the wall clock, which is all that hosts have in common. The wall clock is exact to 256 ns.
 */
export const clockNs = ({ time, mono, source_seq }: Timed): number =>
  source_seq === undefined ? Number(mono) : wallNs(time);

/** Characters of a time up to its second, and of a whole one: `2026-01-02T03:04:05.123456789Z`. */
const secondLength = 19;
const timeLength = 30;

/** The second that was asked about last: records come by the thousand in each. */
let last = { text: '', ns: 0 };

/** Nanoseconds since 1970 of a time of a record. */
const wallNs = (time: string): number => {
  if (time.length !== timeLength) {
    return Date.parse(time) * 1e6 + Number(time.slice(23, 29));
  }
  if (!time.startsWith(last.text) || last.text === '') {
    const text = time.slice(0, secondLength);
    last = { text, ns: Date.parse(`${text}Z`) * 1e6 };
  }
  return last.ns + Number(time.slice(secondLength + 1, timeLength - 1));
};

/** The same as an integer. */
export const clockAt = (record: Timed): bigint =>
  record.source_seq === undefined ? BigInt(record.mono) : BigInt(clockNs(record));

/** From the earliest to the latest of some times of records. */
export const spanOf = (...times: readonly string[]): { from: string; to: string } => {
  const sorted = times.toSorted();
  return { from: sorted[0]!, to: sorted.at(-1)! };
};
