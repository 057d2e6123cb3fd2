import { isAscii } from 'node:buffer';
import { maxRecordBytes } from '../write/line.ts';

const newline = 0x0a;
const byteOrderMark = Buffer.from('\ufeff');
/** Of a line that is longer than a record can be, this much is kept: enough to see that it is. */
const keptBytes = maxRecordBytes + 1;

/** Cuts chunks of bytes where lines end. The memory that it holds does not grow with a line that never ends. */
export class LineCutter {
  /** Bytes of whole lines that were given, from the beginning of the source. */
  offset: number;
  #carry: Buffer[] = [];
  #carried = 0;
  /** Bytes of the unfinished line, those that were dropped too. */
  #length = 0;

  constructor(offset = 0) {
    this.offset = offset;
  }

  /**
   * The whole lines up to the end of this chunk, with their newlines, in one piece or two: that which began in an earlier chunk
   * is copied, all others are not.
   */
  take(chunk: Buffer): Buffer[] {
    const last = chunk.lastIndexOf(newline);
    if (last === -1) {
      this.#keep(chunk);
      return [];
    }
    const pieces: Buffer[] = [];
    let from = 0;
    if (this.#length > 0) {
      from = chunk.indexOf(newline) + 1;
      // What was dropped of a line that is too long stays dropped.
      const rest = chunk.subarray(this.#length > this.#carried ? from - 1 : 0, from);
      this.#add(pieces, Buffer.concat([...this.#carry, rest]), this.#length + from);
      this.#carry = [];
      this.#carried = 0;
      this.#length = 0;
    }
    if (from <= last) {
      this.#add(pieces, chunk.subarray(from, last + 1), last + 1 - from);
    }
    if (last + 1 < chunk.length) {
      this.#keep(chunk.subarray(last + 1));
    }
    return pieces;
  }

  /** @param length of the source that it was made of */
  #add(pieces: Buffer[], lines: Buffer, length: number): void {
    const whole = this.#withoutMark(lines);
    this.offset += length - (lines.length - whole.length);
    pieces.push(whole);
  }

  /** What came after the last newline. */
  rest(): Buffer {
    return this.#withoutMark(Buffer.concat(this.#carry));
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    const room = keptBytes - this.#carried;
    if (room > 0) {
      const kept = Buffer.from(bytes.subarray(0, room));
      this.#carry.push(kept);
      this.#carried += kept.length;
    }
  }

  /** Editors and shells of other systems put a byte order mark first. */
  #withoutMark(bytes: Buffer): Buffer {
    if (this.offset === 0 && bytes[0] === byteOrderMark[0] && bytes.subarray(0, 3).equals(byteOrderMark)) {
      this.offset += byteOrderMark.length;
      return bytes.subarray(byteOrderMark.length);
    }
    return bytes;
  }
}

/** Bytes as text; what is not UTF-8 becomes U+FFFD. Text of one byte a character is made and searched twice as fast. */
export const decode = (bytes: Buffer): string => (isAscii(bytes) ? bytes.latin1Slice() : bytes.toString());

/** A line as what it holds; undefined if that is no object. What is no record is reported where records are read. */
export const parseObject = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};
