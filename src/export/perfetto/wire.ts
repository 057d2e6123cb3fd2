/**
 * Protobuf's wire format, as much as a trace needs (protobuf.dev/programming-guides/encoding). Lengths of messages take four
 * bytes, which readers allow and Perfetto's own writers do: so that they can be filled in when a message ends.
 */
export class Wire {
  #bytes = Buffer.allocUnsafe(initialBytes);
  #at = 0;

  /** Bytes written since the last `take`. */
  get size(): number {
    return this.#at;
  }

  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#at);
    this.#bytes = Buffer.allocUnsafe(initialBytes);
    this.#at = 0;
    return bytes;
  }

  /** An unsigned number up to 2^53. */
  number(field: number, value: number): void {
    this.#room(20);
    this.#varint(field * 8);
    this.#varint(value);
  }

  /** Signed, as int32 and int64 have it: negative numbers take ten bytes. */
  signed(field: number, value: number): void {
    if (value >= 0) {
      this.number(field, value);
    } else {
      this.#room(20);
      this.#varint(field * 8);
      this.#big(BigInt.asUintN(64, BigInt(value)));
    }
  }

  big(field: number, value: bigint): void {
    this.#room(20);
    this.#varint(field * 8);
    this.#big(value);
  }

  fixed64(field: number, value: number): void {
    this.#room(20);
    this.#varint(field * 8 + 1);
    this.#at = this.#bytes.writeUInt32LE(value % 2 ** 32, this.#at);
    this.#at = this.#bytes.writeUInt32LE(Math.floor(value / 2 ** 32), this.#at);
  }

  string(field: number, text: string): void {
    // No character takes more than three bytes of UTF-8 for each unit of UTF-16.
    this.#room(text.length * 3 + 16);
    this.#varint(field * 8 + 2);
    const lengthAt = this.#at;
    this.#at += lengthBytes;
    const written = this.#bytes.write(text, this.#at);
    this.#at += written;
    this.#length(lengthAt, written);
  }

  /** @returns what `end` wants */
  begin(field: number): number {
    this.#room(20);
    this.#varint(field * 8 + 2);
    this.#at += lengthBytes;
    return this.#at;
  }

  end(from: number): void {
    this.#length(from - lengthBytes, this.#at - from);
  }

  #length(at: number, length: number): void {
    const bytes = this.#bytes;
    bytes[at] = (length & 0x7f) | 0x80;
    bytes[at + 1] = ((length >>> 7) & 0x7f) | 0x80;
    bytes[at + 2] = ((length >>> 14) & 0x7f) | 0x80;
    bytes[at + 3] = (length >>> 21) & 0x7f;
  }

  #varint(value: number): void {
    const bytes = this.#bytes;
    let rest = value;
    while (rest >= 2 ** 31) {
      bytes[this.#at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest > 127) {
      bytes[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    bytes[this.#at++] = rest;
  }

  #big(value: bigint): void {
    let rest = value;
    while (rest > 127n) {
      this.#bytes[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#at++] = Number(rest);
  }

  #room(bytes: number): void {
    if (this.#at + bytes > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + bytes));
      this.#bytes.copy(larger, 0, 0, this.#at);
      this.#bytes = larger;
    }
  }
}

const initialBytes = 128 * 1024;
const lengthBytes = 4;
