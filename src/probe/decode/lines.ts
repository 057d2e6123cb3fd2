import type { Transform } from 'node:stream';
import split2 from 'split2';

/** The longest line a probe makes is about 5 KB of hexadecimal; a longer one cannot be ours, and is dropped. */
const maxLength = 64 * 1024;

/** Takes bytes and gives the lines in them, at once. */
export const toLines = (onLine: (line: string) => void): Transform => {
  // Handed over by the mapper, not as the stream's data, which would cost as much again as to make sense of a line.
  const mapper = (line: string): void => onLine(line);
  // @types/split2 does not know skipOverflow.
  return split2('\n', mapper, { maxLength, skipOverflow: true } as split2.Options).resume();
};

/** The same without a last piece that no newline ends: a bpftrace that was killed leaves one, and it could look whole. */
export const toWholeLines = (onLine: (line: string) => void): Transform => {
  const lines = toLines(onLine);
  lines._flush = (done) => done();
  return lines;
};
