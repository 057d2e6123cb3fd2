import { NstraceError } from '../../errors.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import type { LateNames } from './late-names.ts';
import { decode, LineCutter } from './lines.ts';
import { needsSchema } from './parse.ts';
import type { ReaderPosition, RecordReader } from './records.ts';

/** Records that were read at once. All are from one file and below one header. */
export interface RecordBatch {
  /** As it was named; `-` for standard input. */
  readonly file: string;
  /** Undefined for what has none, which was reported as damage. */
  readonly header: RecordOf<'header'> | undefined;
  /** In file order, with late names. */
  readonly records: NstraceRecord[];
  /** The line of each record without its newline, if asked for; undefined where a late name made the record another. */
  readonly lines: (string | undefined)[];
  /** Where the next batch begins, if that is known. */
  readonly next: Bookmark | undefined;
}

/** A place in what is read, between two batches. */
export interface Bookmark {
  readonly group: number;
  readonly path: string;
  /** In bytes of the unpacked file. */
  readonly offset: number;
  readonly position: ReaderPosition;
  readonly header: RecordOf<'header'> | undefined;
}

export interface ChunkOptions {
  readonly group?: number;
  /** What the file is called in damage. */
  readonly name: string;
  readonly reader: RecordReader;
  readonly names: LateNames;
  readonly signal: AbortSignal;
  readonly follow: boolean;
  readonly withLines: boolean;
  readonly onBytes?: (count: number) => void;
  /** Where the chunks begin, as a batch of the same file said it. */
  readonly from?: Bookmark;
}

/** What begins with more lines that are no records is no recording: a device that makes bytes without end, or another file. */
const maxStrangeLines = 10_000;

/** The records of bytes that come in chunks. */
export async function* readChunks(chunks: AsyncIterable<Buffer>, options: ChunkOptions): AsyncGenerator<RecordBatch> {
  const { reader, signal, follow, from } = options;
  const cutter = new LineCutter(from?.offset);
  const batches = new Batches(options, cutter);
  reader.begin(options.name, from?.position);
  try {
    for await (const chunk of chunks) {
      yield* batches.take(cutter.take(chunk));
      options.onBytes?.(chunk.length);
      if (!reader.begun && reader.position.line > maxStrangeLines) {
        throw new Error(`none of its first ${reader.position.line} lines is a record, and the rest was not read`);
      }
      if (follow && reader.ended) {
        break;
      }
    }
  } catch (error) {
    if (error instanceof NstraceError) {
      throw error;
    }
    reader.fail(error as Error);
  }
  if (!signal.aborted) {
    yield* batches.end(decode(cutter.rest()));
  }
}

/** Makes batches of text: one for each chunk, and one more at each header. */
class Batches {
  readonly #options: ChunkOptions;
  readonly #cutter: LineCutter;
  #header: RecordOf<'header'> | undefined;
  #records: NstraceRecord[] = [];
  #lines: (string | undefined)[] = [];

  constructor(options: ChunkOptions, cutter: LineCutter) {
    this.#options = options;
    this.#cutter = cutter;
    this.#header = options.from?.header;
  }

  async *take(pieces: readonly Buffer[]): AsyncGenerator<RecordBatch> {
    for (const piece of pieces) {
      yield* this.#read(decode(piece));
    }
    yield* this.#flush(true);
  }

  async *#read(text: string): AsyncGenerator<RecordBatch> {
    const { reader } = this.#options;
    for (let from = 0, end = text.indexOf('\n'); end !== -1; from = end + 1, end = text.indexOf('\n', from)) {
      const line = text.slice(from, end);
      let record = reader.take(line);
      if (record === needsSchema) {
        await reader.loadSchema();
        record = reader.take(line) as Exclude<typeof record, typeof needsSchema>;
      }
      if (record !== undefined) {
        if (record.type === 'header') {
          yield* this.#flush(false);
          this.#header = record;
        }
        this.#put(record, line);
      }
    }
  }

  async *end(rest: string): AsyncGenerator<RecordBatch> {
    const { reader } = this.#options;
    let record = reader.end(rest);
    if (record === needsSchema) {
      await reader.loadSchema();
      record = reader.end(rest) as Exclude<typeof record, typeof needsSchema>;
    }
    if (record !== undefined) {
      this.#put(record, rest);
    }
    yield* this.#flush(false);
  }

  #put(record: NstraceRecord, line: string): void {
    const { names, reader, withLines } = this.#options;
    const changed = names.apply(record, record.recording ?? reader.recording);
    this.#records.push(record);
    if (withLines) {
      this.#lines.push(changed ? undefined : line.endsWith('\r') ? line.slice(0, -1) : line);
    }
  }

  /** @param whole whether all of what was cut into lines is in the batches so far */
  *#flush(whole: boolean): Generator<RecordBatch> {
    if (this.#records.length > 0) {
      const { name, group = 0, reader } = this.#options;
      const { offset } = this.#cutter;
      const header = this.#header;
      yield {
        ...{ file: name, header, records: this.#records, lines: this.#lines },
        next: whole ? { group, path: name, offset, position: reader.position, header } : undefined,
      };
      this.#records = [];
      this.#lines = [];
    }
  }
}
