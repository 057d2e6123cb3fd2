import { readSync } from 'node:fs';
import { maxLineBytes } from '../recording/read/endless-line.ts';
import { parseObject } from '../recording/read/lines.ts';

/** A name that a container got late: it holds for its records before `seq`. */
export interface LateName {
  readonly recording: string;
  /** The instance, or `id:` and the id where recordings have none. */
  readonly key: string;
  readonly seq: number;
  readonly name: string;
  readonly runtime: string;
}

/** What has to be known of a recording before it is asked. */
export interface Survey {
  readonly recording: string;
  readonly host: string;
  /** Which part of a recording it is. */
  readonly part: number;
  /** Recordings in it: more than one where some were put one behind the other. */
  readonly headers: number;
  readonly names: readonly LateName[];
  /** Records that are gone out of it, by the number of the last one; 0 where it has none or several recordings. */
  readonly missing: number;
  /** The numbers of its first and its last record. */
  readonly first: number;
  readonly last: number;
  /** Whether a line of it is longer than a block, which is far longer than a record. */
  readonly overlong: boolean;
  /** What the last line says, if that is a footer. */
  readonly footer: { readonly lost: number; readonly complete: boolean } | undefined;
}

const blockBytes = 1024 * 1024;
const newline = 0x0a;
/** How nstrace writes what is looked for. Nothing else of a line is read, which is why this costs little. */
const marks = ['"schema":"nstrace/1"', '"op":"named"'].map((mark) => Buffer.from(mark));

export interface SurveyOptions {
  /** Whether late names, and recordings behind the first one, are looked for; else lines are only counted. */
  readonly names?: boolean;
  /** Called with the bytes that were looked through. */
  readonly onBytes?: ((count: number) => void) | undefined;
}

/** Reads a file once, from its beginning to its end or to a line that has none, for headers, late names and the footer. */
export const survey = (descriptor: number, { names = true, onBytes }: SurveyOptions = {}): Survey => {
  const scan = new Scan();
  const buffer = Buffer.allocUnsafe(2 * blockBytes);
  let kept = 0;
  let position = 0;
  let dropped = 0;
  for (;;) {
    const count = readSync(descriptor, buffer, kept, blockBytes, position);
    const filled = kept + count;
    position += count;
    onBytes?.(count);
    const end = count === 0 ? filled : buffer.lastIndexOf(newline, filled - 1) + 1;
    scan.take(buffer.subarray(0, end), names);
    if (count === 0 || dropped > maxLineBytes) {
      return scan.result();
    }
    // A line that is longer than a block is no record: only its end is kept.
    const isOverlong = end === 0 && filled > blockBytes;
    scan.overlong ||= isOverlong;
    dropped = end > 0 ? 0 : dropped + (isOverlong ? filled : 0);
    kept = isOverlong ? 0 : filled - end;
    buffer.copyWithin(0, filled - kept, filled);
  }
};

class Scan {
  overlong = false;
  #recording = '';
  #host = '';
  #part = 1;
  #headers = 0;
  /** The number that the first record of this file has. */
  #first = 1;
  /** The same, in whichever part. */
  #begins = 1;
  #lines = 0;
  readonly #names: LateName[] = [];
  #last = '';

  /** Whole lines. @param looks whether all of them are looked through, and not only the first ones */
  take(lines: Buffer, looks: boolean): void {
    if (lines.length === 0) {
      return;
    }
    const isFirst = this.#lines === 0;
    this.#lines += countLines(lines);
    for (const mark of looks || isFirst ? marks : []) {
      let at = lines.indexOf(mark);
      while (at !== -1) {
        const end = lines.indexOf(newline, at);
        this.#line(lines.toString('utf8', lines.lastIndexOf(newline, at) + 1, end === -1 ? lines.length : end));
        at = end === -1 ? -1 : lines.indexOf(mark, end);
      }
    }
    const end = lines[lines.length - 1] === newline ? lines.length - 1 : lines.length;
    this.#last = lines.toString('utf8', end === 0 ? 0 : lines.lastIndexOf(newline, end - 1) + 1, end);
  }

  result(): Survey {
    const last = parseObject(this.#last);
    return {
      recording: this.#recording,
      host: this.#host,
      part: this.#part,
      headers: this.#headers,
      names: this.#names,
      missing: this.#headers < 2 ? Math.max(Number(last?.seq ?? 0) - this.#first + 1 - this.#lines, 0) : 0,
      ...{ first: this.#begins, last: Number(last?.seq ?? 0), overlong: this.overlong },
      footer: last?.type === 'footer' ? { lost: Number(last.lost ?? 0), complete: last.complete === true } : undefined,
    };
  }

  #line(text: string): void {
    const record = parseObject(text);
    if (record?.type === 'header' && record.schema === 'nstrace/1') {
      this.#headers += 1;
      if (this.#headers === 1) {
        const { recording, host, part, seq } = record;
        this.#begins = Number(seq ?? 1);
        this.#first = Number(part ?? 1) > 1 ? this.#begins : 1;
        this.#recording = String(recording ?? '');
        this.#host = String((host as { name?: unknown } | undefined)?.name ?? '');
        this.#part = Number(part ?? 1);
      }
    } else if (record?.type === 'container' && record.op === 'named' && record.reason !== 'renamed') {
      this.#named(record);
    }
  }

  #named({ seq, recording = this.#recording, container }: Record<string, unknown>): void {
    const { id, name, runtime, instance } = (container ?? {}) as Record<string, unknown>;
    const key = instance === undefined ? `id:${id}` : String(instance);
    this.#names.push({
      ...{ recording: String(recording), key, seq: Number(seq), name: String(name), runtime: String(runtime) },
    });
  }
}

const countLines = (bytes: Buffer): number => {
  let count = 0;
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
    count += 1;
  }
  return bytes[bytes.length - 1] === newline ? count : count + 1;
};
