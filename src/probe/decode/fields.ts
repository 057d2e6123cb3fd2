import { endOfString, readText, type Text } from '../../kernel/text.ts';
import type { Nanoseconds } from '../../kernel/time.ts';
import { commWords, wordBytes } from '../wire.ts';

/** Longer than any line of the probes; what is behind it is not read. */
const maxLineBytes = 64 * 1024;

/**
 * Reads the fields of one probe line from left to right. The line is copied into bytes first: reading them is several
 * times as fast as asking a string, which is a slice of a larger one, for each character.
 */
export class Fields {
  readonly #bytes = Buffer.alloc(maxLineBytes + 1);
  readonly #comm = Buffer.alloc(commWords * wordBytes);
  #end = 0;
  #at = 0;
  /** The upper and lower 32 bits of the number read last. */
  high = 0;
  low = 0;

  /** Begins a line, behind its letter. Lines are ASCII; what is not becomes digits that make no sense. */
  start(line: string): void {
    this.#end = this.#bytes.latin1Write(line, 0, maxLineBytes);
    this.#bytes[this.#end] = space;
    this.#at = 2;
  }

  get ended(): boolean {
    return this.#at >= this.#end;
  }

  /** The next field as text, a string of its own. */
  text(): string {
    const from = this.#at;
    let at = from;
    while (this.#bytes[at] !== space) {
      at += 1;
    }
    this.#at = at + 1;
    return this.#bytes.latin1Slice(from, at);
  }

  /** Reads a hexadecimal field of up to 64 bits into high and low. */
  hex(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let high = 0;
    let low = 0;
    let code = bytes[at]!;
    while (code > space) {
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit(code);
      at += 1;
      code = bytes[at]!;
    }
    this.#at = at + 1;
    this.high = high >>> 0;
    this.low = low >>> 0;
  }

  /** A hexadecimal field as a number: exact up to 2^53. */
  number(): number {
    this.hex();
    return this.high * 0x1_0000_0000 + this.low;
  }

  /** A hexadecimal field as a mask of 64 bits. */
  mask(): bigint {
    this.hex();
    return (BigInt(this.high) << 32n) | BigInt(this.low);
  }

  /** A hexadecimal field as a time. */
  nanoseconds(): Nanoseconds {
    const at = this.number();
    const exact = at <= Number.MAX_SAFE_INTEGER;
    return { mono: exact ? String(at) : String((BigInt(this.high) << 32n) | BigInt(this.low)), at };
  }

  /** A comm in two words. */
  comm(): Text {
    const end = this.words(commWords, commWords * wordBytes, this.#comm);
    return readText(this.#comm, 0, endOfString(this.#comm, 0, end));
  }

  /** A decimal field, which stays to be read as text. NaN if it is none. */
  peekDecimal(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let value = 0;
    while (bytes[at]! > space) {
      const code = bytes[at]! - 48;
      if (code < 0 || code > 9) {
        return Number.NaN;
      }
      value = value * 10 + code;
      at += 1;
    }
    return at > this.#at && bytes[at] === space ? value : Number.NaN;
  }

  /** Reads `words` words of 8 bytes and stores `bytes` bytes of them. Returns where they end. */
  words(words: number, bytes: number, into: Uint8Array): number {
    const end = Math.min(bytes, words * 8);
    for (let word = 0; word < words; word += 1) {
      this.hex();
      if (word * 8 < end) {
        storeWord(into, word * 8, this.high, this.low);
      }
    }
    return end;
  }

  /** Stores the rest of the line, bytes in hexadecimal: `2f 62`, or `\x2f\x62` before bpftrace 0.17. */
  bytes(into: Uint8Array, from: number): number {
    const bytes = this.#bytes;
    const escaped = bytes[this.#at] === backslash;
    const step = escaped ? 4 : 3;
    let place = from;
    for (let at = this.#at + (escaped ? 2 : 0); at + 1 < this.#end && place < into.length; at += step) {
      into[place] = (digit(bytes[at]!) << 4) | digit(bytes[at + 1]!);
      place += 1;
    }
    this.#at = this.#end;
    return place;
  }
}

const space = 32;
const backslash = 92;

const digit = (code: number): number => (code < 58 ? code - 48 : code - 87) & 15;

/** bpftrace prints memory as a number of this machine's byte order. */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const storeWord = (into: Uint8Array, at: number, high: number, low: number): void => {
  storeHalf(into, at, littleEndian ? low : high);
  storeHalf(into, at + 4, littleEndian ? high : low);
};

const storeHalf = (into: Uint8Array, at: number, half: number): void => {
  if (littleEndian) {
    into[at] = half & 255;
    into[at + 1] = (half >>> 8) & 255;
    into[at + 2] = (half >>> 16) & 255;
    into[at + 3] = half >>> 24;
  } else {
    into[at] = half >>> 24;
    into[at + 1] = (half >>> 16) & 255;
    into[at + 2] = (half >>> 8) & 255;
    into[at + 3] = half & 255;
  }
};
