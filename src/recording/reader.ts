import type { Readable } from 'node:stream';
import split2 from 'split2';
import type { NstraceRecord } from '../record/schema.ts';
import { boundedLines } from './bounded.ts';
import { maxRecordBytes } from './line.ts';

/** What is wrong with a recording, in words. */
export interface Damage {
  /** Line of the file, from 1; 0 if it is about the file as a whole. */
  readonly line: number;
  readonly what: string;
}

/** How many lines of damage are told one by one. */
export const maxToldDamage = 10;

/**
 * Reads a recording, line by line. Lines that are no records are told and left out; types that are not known are left out,
 * as newer versions may have them. Ends with the source, whatever the state of the file.
 */
export async function* readRecording(
  source: Readable,
  onDamage: (damage: Damage) => void,
): AsyncGenerator<NstraceRecord, void> {
  const reader = new LineReader(await loadSchema(), onDamage);
  const bounded = boundedLines(maxRecordBytes + 1);
  const lines = bounded.pipe(split2('\n', (line: string) => line));
  let last = newline;
  source.on('data', (chunk: Buffer) => {
    last = chunk[chunk.length - 1] ?? last;
  });
  source.on('error', (error: Error) => {
    onDamage({ line: 0, what: `it ends in the middle: ${error.message}` });
    bounded.end();
  });
  try {
    for await (const line of from(source, bounded, lines)) {
      const record = reader.take(line);
      if (record !== undefined) {
        yield record;
      }
    }
    reader.end(last === newline);
  } finally {
    source.destroy();
  }
}

const newline = 0x0a;

const from = (source: Readable, first: NodeJS.WritableStream, last: Readable): AsyncIterable<string> => {
  source.pipe(first);
  return last;
};

/** The validator is large: only who reads a recording waits for it. */
const loadSchema = async () => {
  const { recordSchema } = await import('../record/schema.ts');
  return { recordSchema, known: new Set(recordSchema.options.map((option) => option.shape.type.value as string)) };
};

type Schema = Awaited<ReturnType<typeof loadSchema>>;

class LineReader {
  readonly #schema: Schema;
  readonly #onDamage: (damage: Damage) => void;
  #line = 0;
  #seq = 0;
  #ended = false;
  /** A line that is no record, told when it is not the last one, which may be half a line only. */
  #broken: (Damage & { readonly first: string }) | undefined;

  constructor(schema: Schema, onDamage: (damage: Damage) => void) {
    this.#schema = schema;
    this.#onDamage = onDamage;
  }

  take(line: string): NstraceRecord | undefined {
    this.#line += 1;
    this.#tellBroken();
    if (line === '') {
      return undefined;
    }
    const record = isTooLong(line) ? 'it is longer than a record can be' : parse(line, this.#schema);
    if (typeof record === 'string') {
      this.#broken = { line: this.#line, what: record, first: line.slice(0, 1) };
      return undefined;
    }
    if (record.type === 'header') {
      // Recordings that were put one behind the other.
      if (this.#seq > 0 && !this.#ended) {
        this.#onDamage({ line: this.#line, what: `the recording before it was cut off after record ${this.#seq}` });
      }
      this.#seq = record.seq - 1;
      this.#ended = false;
    } else if (this.#line === 1) {
      this.#onDamage({ line: 1, what: 'it does not begin with a header' });
    }
    if (record.seq !== this.#seq + 1 && this.#seq > 0) {
      const missing = record.seq - this.#seq - 1;
      this.#onDamage({
        line: this.#line,
        what:
          missing > 0
            ? `${missing} ${missing === 1 ? 'record is' : 'records are'} missing before it`
            : 'it is out of order',
      });
    }
    this.#seq = record.seq;
    this.#ended = record.type === 'footer';
    return this.#schema.known.has(record.type) ? record : undefined;
  }

  /** @param whole whether the last line ended in a newline */
  end(whole: boolean): void {
    if (this.#broken !== undefined && (whole || this.#broken.first !== '{')) {
      this.#tellBroken();
    }
    if (this.#line === 0) {
      this.#onDamage({ line: 0, what: 'it is empty' });
    } else if (!this.#ended) {
      this.#onDamage({ line: 0, what: `it is incomplete: it was cut off after record ${this.#seq}` });
    }
  }

  #tellBroken(): void {
    if (this.#broken !== undefined) {
      const { line, what } = this.#broken;
      this.#broken = undefined;
      this.#onDamage({ line, what });
    }
  }
}

/** With its newline. Below a third of the limit no text can be too long. */
const isTooLong = (line: string): boolean =>
  line.length > maxRecordBytes / 3 && Buffer.byteLength(line) + 1 > maxRecordBytes;

/** A record, or what is wrong with the line. */
const parse = (line: string, { recordSchema, known }: Schema): NstraceRecord | string => {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    return 'it is not a record';
  }
  if (!('seq' in value) || typeof value.seq !== 'number') {
    return 'it has no number';
  }
  if (!known.has(value.type)) {
    return value as unknown as NstraceRecord;
  }
  const checked = recordSchema.safeParse(value);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    return `it is no ${value.type} of nstrace/1: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
  }
  return value as NstraceRecord;
};
