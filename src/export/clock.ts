/** Ns since 1970 of an RFC 3339 time in UTC with nine digits. */
export const nanosOf = (time: string): bigint =>
  BigInt(Date.parse(`${time.slice(0, 19)}Z`)) * 1_000_000n + BigInt(time.slice(20, 29));

/** The same back. */
export const timeOf = (ns: bigint): string =>
  `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;

/** As decimal digits, for formats that keep 64-bit numbers in text. */
export const unixNanos = (time: string): string => {
  const seconds = Date.parse(`${time.slice(0, 19)}Z`) / 1000;
  return `${seconds}${time.slice(20, 29)}`;
};

/** Milliseconds since 1970. */
export const unixMillis = (time: string): number => Date.parse(`${time.slice(0, 23)}Z`);
