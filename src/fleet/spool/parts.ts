import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { maxRecordBytes } from '../../recording/write/line.ts';

/** One file of a spool. Names sort by the time their recording began, then by the number of the part. */
export interface SpoolPart {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

const isPart = (name: string): boolean => /\.\d{6,}\.ndjson$/.test(name);

/** The parts that are in a spool, the oldest first. */
export const listParts = (folder: string): SpoolPart[] =>
  readdirSync(folder)
    .filter(isPart)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat?.isFile() ? [{ name, path, bytes: stat.size }] : [];
    });

/** When the record happened whose line begins there, in ms since 1970; undefined where no line is whole yet. */
export const timeAt = (part: SpoolPart, offset: number): number | undefined => {
  try {
    const reader = new PartReader(part, offset);
    try {
      const time = /"time":"([^"]+)"/.exec(reader.next() ?? '')?.[1];
      return time === undefined ? undefined : Date.parse(time);
    } finally {
      reader.close();
    }
  } catch {
    // It was dropped meanwhile.
    return undefined;
  }
};

const blockBytes = 256 * 1024;
const empty = Buffer.alloc(0);
const newline = 0x0a;

/** Reads whole lines of a part that may still be written. */
export class PartReader {
  readonly name: string;
  readonly #descriptor: number;
  /** Where the next line begins, in bytes. */
  offset: number;
  readonly #buffer = Buffer.allocUnsafeSlow(blockBytes + maxRecordBytes);
  #block = this.#buffer.subarray(0, 0);
  /** Of the file, where the block begins. */
  #blockAt = 0;

  constructor({ name, path }: Pick<SpoolPart, 'name' | 'path'>, offset = 0) {
    this.name = name;
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
    this.offset = offset;
  }

  get size(): number {
    return fstatSync(this.#descriptor).size;
  }

  /** The next line without its newline; undefined where none is whole yet. */
  next(): string | undefined {
    for (;;) {
      const from = this.offset - this.#blockAt;
      if (from >= 0 && from < this.#block.length) {
        const end = this.#block.indexOf(newline, from);
        if (end >= 0) {
          this.offset = this.#blockAt + end + 1;
          return this.#block.toString('utf8', from, end);
        }
      }
      if (!this.#fill()) {
        return undefined;
      }
    }
  }

  /** Back to a line that was read and is to be read again. */
  rewind(offset: number): void {
    this.offset = offset;
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Reads on from the line that is not whole. */
  #fill(): boolean {
    const inside = this.offset - this.#blockAt;
    const rest = inside >= 0 && inside < this.#block.length ? this.#block.subarray(inside) : empty;
    const from = this.offset + rest.length;
    // At the end, where most looks find nothing, no buffer is touched.
    if (from >= this.size) {
      return false;
    }
    // One buffer, but for a line that is longer than a record can be.
    const wanted = rest.length + blockBytes;
    const buffer = wanted > this.#buffer.length ? Buffer.allocUnsafe(wanted) : this.#buffer;
    rest.copy(buffer);
    const read = readSync(this.#descriptor, buffer, rest.length, blockBytes, from);
    this.#block = buffer.subarray(0, rest.length + read);
    this.#blockAt = this.offset;
    return read > 0;
  }
}
