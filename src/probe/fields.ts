/** Reads the fields of one probe line from left to right, without a regular expression or a substring for a number. */
export class Fields {
  line = '';
  at = 0;
  /** The upper and lower 32 bits of the number read last. */
  high = 0;
  low = 0;

  start(line: string): void {
    this.line = line;
    this.at = 2;
  }

  get ended(): boolean {
    return this.at >= this.line.length;
  }

  /** The next field as text. */
  text(): string {
    const end = this.line.indexOf(' ', this.at);
    const from = this.at;
    this.at = end < 0 ? this.line.length + 1 : end + 1;
    return this.line.slice(from, end < 0 ? undefined : end);
  }

  /** Reads a hexadecimal field of up to 64 bits into high and low. */
  hex(): void {
    const { line } = this;
    let { at } = this;
    let high = 0;
    let low = 0;
    let code = line.charCodeAt(at);
    while (code > 47) {
      const digit = code < 58 ? code - 48 : code - 87;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
      code = line.charCodeAt(++at);
    }
    this.at = at + 1;
    this.high = high >>> 0;
    this.low = low >>> 0;
  }

  /** A hexadecimal field as a number: exact up to 2^53. */
  number(): number {
    this.hex();
    return this.high * 0x1_0000_0000 + this.low;
  }

  /** A decimal field with a sign. */
  signed(): number {
    return Number(this.text());
  }

  /** Appends words of 8 bytes in hexadecimal, `bytes` bytes of them, and skips the rest of `words` words. */
  words(words: number, bytes: number, into: Buffer, at: number): number {
    const end = at + Math.min(bytes, words * 8);
    for (let word = 0; word < words; word += 1) {
      this.hex();
      const place = at + word * 8;
      if (place < end) {
        storeWord(into, place, this.high, this.low);
      }
    }
    return end;
  }

  /** Appends the rest of the line, bytes in hexadecimal: `2f 62` or `\x2f\x62` (before bpftrace 0.17). */
  bytes(into: Buffer, at: number): number {
    const { line } = this;
    let place = at;
    let from = this.at;
    const escaped = line.charCodeAt(from) === 92;
    const step = escaped ? 4 : 3;
    if (escaped) {
      from += 2;
    }
    for (let index = from; index + 1 < line.length && place < into.length; index += step) {
      into[place] = (digit(line.charCodeAt(index)) << 4) | digit(line.charCodeAt(index + 1));
      place += 1;
    }
    this.at = line.length;
    return place;
  }
}

const digit = (code: number): number => (code < 58 ? code - 48 : code - 87);

/** bpftrace prints memory as a number of this machine's byte order. */
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

const storeWord = (into: Buffer, at: number, high: number, low: number): void => {
  const [first, second] = littleEndian ? [low, high] : [high, low];
  storeHalf(into, at, first);
  storeHalf(into, at + 4, second);
};

const storeHalf = (into: Buffer, at: number, half: number): void => {
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
