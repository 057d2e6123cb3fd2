/** Milliseconds since 1970 of the whole seconds of a time: the same for many records. */
const secondOf = (time: string): number => {
  const text = time.slice(0, 19);
  if (text !== lastText) {
    lastText = text;
    lastMs = Date.parse(`${text}Z`);
  }
  return lastMs;
};

let lastText = '';
let lastMs = 0;

/** Ns since 1970 of an RFC 3339 time in UTC with nine digits. */
export const nanosOf = (time: string): bigint => BigInt(secondOf(time)) * 1_000_000n + BigInt(time.slice(20, 29));

/** The same back. */
export const timeOf = (ns: bigint): string =>
  `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;

/** As decimal digits, for formats that keep 64-bit numbers in text. */
export const unixNanos = (time: string): string => `${secondOf(time) / 1000}${time.slice(20, 29)}`;

/** Milliseconds since 1970. */
export const unixMillis = (time: string): number => secondOf(time) + Number(time.slice(20, 23));
