import type { LineEvent } from '../../event.ts';
import type { Fields } from '../fields.ts';

/** An event that several lines bring, which follow each other on one CPU. */
export interface Assembly {
  /** As far as it is known. */
  readonly event: LineEvent;
  /** Whether nothing can follow: it need not wait for the next line of its CPU. */
  readonly whole: boolean;
  /**
   * Takes a line that continues it.
   *
   * @returns false if lines with this letter do not
   */
  add(letter: string, fields: Fields): boolean;
  /** Completes the event out of all that came. */
  finish(): LineEvent;
}

/** Appends what a line brings at its offset, if nothing is missing before it; returns the new end. */
export const append = (fields: Fields, into: Buffer, end: number): number => {
  const offset = fields.number();
  return offset <= end ? Math.max(end, fields.bytes(into, offset)) : end;
};
