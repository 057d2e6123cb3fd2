import { closeSync, readSync, writeSync } from 'node:fs';
import { cannotWrite, messageOf } from '../../errors.ts';
import type { NstraceRecord } from '../../record/schema.ts';
import { openNameless } from '../../recording/read/temporary.ts';
import { encode } from '../../recording/write/line.ts';
import { Tally } from '../../recording/write/tally.ts';
import { Heap } from './heap.ts';

/** Lines of one recording that stand together in the first copy, in bytes. */
interface Run {
  readonly offset: number;
  length: number;
}

/** Text that is collected before it is written. */
const blockBytes = 1024 * 1024;

/**
 * A copy of a stream in a file without a name: one merged recording, in which the records of a host keep their order and
 * those of several stand by wall time, however late each arrived.
 */
export class StreamCopy {
  readonly #tally = new Tally();
  readonly #runs = new Map<string, Run[]>();
  readonly #arrived = new Blocks();
  #last: NstraceRecord | undefined;
  #isClosed = false;

  get records(): number {
    return this.#tally.records;
  }

  /** Takes records of one recording. */
  put(records: readonly NstraceRecord[]): void {
    const [first] = records;
    if (first === undefined) {
      return;
    }
    const recording = first.recording ?? '';
    const runs = this.#runs.get(recording) ?? [];
    this.#runs.set(recording, runs);
    const offset = this.#arrived.size;
    for (const record of records) {
      this.#tally.take(record);
      this.#arrived.write(encode(record).text);
      if (this.#last === undefined || record.time > this.#last.time) {
        this.#last = record;
      }
    }
    runs.push({ offset, length: this.#arrived.size - offset });
  }

  /** @returns the descriptor of the merged recording, which the caller closes */
  end(): number {
    this.#arrived.flush();
    const merged = this.#runs.size > 1 ? this.#merge() : this.#arrived;
    if (this.#last !== undefined) {
      const { time, mono } = this.#last;
      const footer = this.#tally.footer({ time, mono }, 'end of the stream', { made: 0, delivered: 0, lost: 0 });
      this.#tally.take(footer);
      merged.write(encode(footer).text);
    }
    merged.flush();
    return merged.descriptor;
  }

  /** Gives up what was taken. */
  close(): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      closeSync(this.#arrived.descriptor);
    }
  }

  #merge(): Blocks {
    const merged = new Blocks();
    const heap = new Heap<Cursor>((one, other) => one.time < other.time);
    for (const runs of this.#runs.values()) {
      const cursor = new Cursor(this.#arrived.descriptor, runs);
      if (cursor.advance()) {
        heap.push(cursor);
      }
    }
    let seq = 0;
    for (let cursor = heap.first; cursor !== undefined; cursor = heap.first) {
      seq += 1;
      merged.write(`${numbered(cursor.line, seq)}\n`);
      if (cursor.advance()) {
        heap.sink();
      } else {
        heap.pop();
      }
    }
    this.close();
    return merged;
  }
}

/** Where the merging is in one recording. */
class Cursor {
  readonly #descriptor: number;
  readonly #runs: readonly Run[];
  #run = 0;
  #lines: string[] = [];
  #at = 0;
  line = '';
  time = '';

  constructor(descriptor: number, runs: readonly Run[]) {
    this.#descriptor = descriptor;
    this.#runs = runs;
  }

  /** To the next line. @returns false where there is none */
  advance(): boolean {
    if (this.#at === this.#lines.length) {
      const run = this.#runs[this.#run];
      if (run === undefined) {
        return false;
      }
      this.#run += 1;
      const bytes = Buffer.allocUnsafe(run.length);
      for (let done = 0; done < run.length; ) {
        const read = readSync(this.#descriptor, bytes, done, run.length - done, run.offset + done);
        if (read === 0) {
          throw new Error('a temporary copy of the stream is shorter than it was written');
        }
        done += read;
      }
      this.#lines = bytes.toString('utf8', 0, run.length - 1).split('\n');
      this.#at = 0;
    }
    this.line = this.#lines[this.#at]!;
    this.#at += 1;
    const from = this.line.indexOf(timeKey) + timeKey.length;
    this.time = this.line.slice(from, from + timeLength);
    return true;
  }
}

const timeKey = '"time":"';
/** RFC 3339 in UTC with nine digits. */
const timeLength = 30;

/** A line with another number: `type`, then `seq` is how nstrace writes them. */
const numbered = (line: string, seq: number): string => {
  const found = /^(\{"type":"[a-z]+","seq":)\d+/.exec(line);
  return found === null
    ? JSON.stringify({ ...JSON.parse(line), seq })
    : `${found[1]}${seq}${line.slice(found[0].length)}`;
};

/** A file without a name that is written in blocks. */
class Blocks {
  readonly descriptor = openNameless();
  size = 0;
  #texts: string[] = [];
  #waiting = 0;

  write(text: string): void {
    const bytes = Buffer.byteLength(text);
    this.#texts.push(text);
    this.size += bytes;
    this.#waiting += bytes;
    if (this.#waiting > blockBytes) {
      this.flush();
    }
  }

  flush(): void {
    const bytes = Buffer.from(this.#texts.join(''));
    this.#texts = [];
    this.#waiting = 0;
    try {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.descriptor, bytes, done);
      }
    } catch (error) {
      throw cannotWrite('a temporary copy of the stream', messageOf(error));
    }
  }
}
