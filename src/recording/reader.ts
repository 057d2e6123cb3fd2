import { closeSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { NstraceError } from '../errors.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { Damage } from './damage.ts';
import { LateNames, survey } from './late-names.ts';
import { decode, LineCutter } from './lines.ts';
import { groupParts } from './parts.ts';
import { expandPaths, nextPart } from './paths.ts';
import { needsSchema, type Position, RecordReader, type RecordType } from './records.ts';
import { isPlainFile, openSource, type Place } from './source.ts';
import { spoolStandardInput } from './spool.ts';

export interface ReadOptions {
  /** Ends the reading at once, also where nothing comes. */
  readonly signal: AbortSignal;
  /** What is wrong with a file, in the order of its lines. Reading goes on. */
  readonly onDamage: (damage: Damage) => void;
  /**
   * The types that are wanted; without it all. Others are passed over, most of them without being parsed, so that only
   * gross damage of their lines is noticed. `header`, `footer` and `lost` always come.
   */
  readonly types?: Iterable<RecordType>;
  /** Give the lines beside the records, for who passes them on as they came. */
  readonly lines?: boolean;
  /** Wait for more at the end of a file, until its footer or the signal; a recording in parts is followed across them. */
  readonly follow?: boolean;
  /**
   * Copy standard input into a nameless file first, so that names that were learned late reach earlier records too.
   * False reads it as it comes. Without effect on files, and where `follow` is set.
   */
  readonly spool?: boolean;
  /** Called now and then with what was read, in bytes of the files: each is read twice, once for late names. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly bytes: number;
  /** 0 if it is not known. */
  readonly total: number;
}

/** Records that were read at once. All are from one file and below one header. */
export interface Batch {
  /** As it was named; `-` for standard input. */
  readonly file: string;
  /** Undefined for what has none, which was reported as damage. */
  readonly header: RecordOf<'header'> | undefined;
  /** In file order, with late names. They may share parts with each other: not to be changed but for `seq`. */
  readonly records: NstraceRecord[];
  /** The line of each record without its newline, if asked for; undefined where a late name made the record another. */
  readonly lines: (string | undefined)[];
  /** Where the next batch of this file begins: in bytes of the unpacked file. */
  readonly next: { readonly offset: number; readonly position: Position };
}

/**
 * Reads recordings (nstrace/1): the one reader of all commands. It takes files, also packed ones (.gz, by their first
 * bytes), pipes, `-` for standard input, quoted patterns (`day/*.ndjson`), and `s.ndjson` for the parts of a recording
 * that was rotated. Recordings come one after the other in the order in which they are named, the parts of one in the
 * order of their numbers; what a later part repeats (`carried`) is left out. Memory does not grow with the files.
 *
 * ```ts
 * for await (const { records, header } of readRecords(['a.ndjson', 'b.ndjson.gz'], { signal, onDamage })) {
 *   for (const record of records) { ... }
 * }
 * ```
 *
 * Damage never ends it: what is whole is given, what is not is reported once, with file and line. Records of types that
 * this version does not know are left out in silence.
 *
 * @throws NstraceError (1) if there is no such file or it may not be read
 */
export async function* readRecords(words: string | readonly string[], options: ReadOptions): AsyncGenerator<Batch> {
  const paths = expandPaths(typeof words === 'string' ? [words] : words);
  const meter = new Meter(paths, options);
  for (const group of await groupParts(paths, options.signal)) {
    if (options.signal.aborted) {
      return;
    }
    yield* readGroup(group, options, meter);
  }
}

/** The files of one recording, or one file of whatever is in it. */
async function* readGroup(paths: readonly string[], options: ReadOptions, meter: Meter): AsyncGenerator<Batch> {
  const { signal, follow = false } = options;
  const reader = new RecordReader(options.types, options.onDamage);
  const spooled =
    paths[0] === '-' && !follow && options.spool !== false ? await spoolStandardInput(signal, meter.count) : undefined;
  try {
    const names = new LateNames();
    for (const path of paths) {
      const place = spooled === undefined ? path : { descriptor: spooled };
      if (!follow && isPlainFile(place) && !signal.aborted) {
        await survey(place, signal, { names, lastMono: undefined }, meter.count);
      }
    }
    const file = { reader, names, signal, follow, withLines: options.lines ?? false, onBytes: meter.count };
    for (const path of paths) {
      if (!signal.aborted) {
        yield* readFile({ ...file, name: path, place: spooled === undefined ? path : { descriptor: spooled } });
      }
    }
    if (follow) {
      yield* followParts(paths.at(-1)!, file);
    }
  } finally {
    if (spooled !== undefined) {
      closeSync(spooled);
    }
  }
}

/** How often the next part of a recording is looked for. */
const partMs = 100;
/** A part that ends because the next one begins. */
const isRotation = (reason: string): boolean => reason.startsWith('rotat');

async function* followParts(path: string, file: Omit<FileOptions, 'name' | 'place'>): AsyncGenerator<Batch> {
  let at = path;
  let { lastFooter } = file.reader;
  while (!file.signal.aborted && lastFooter !== undefined) {
    const next = nextPart(at);
    if (next !== undefined) {
      at = next;
      yield* readFile({ ...file, name: next, place: next });
      lastFooter = file.reader.lastFooter;
    } else if (isRotation(lastFooter.reason)) {
      await sleep(partMs, undefined, { signal: file.signal }).catch(() => undefined);
    } else {
      return;
    }
  }
}

export interface ChunkOptions {
  /** What the file is called in damage. */
  readonly name: string;
  readonly reader: RecordReader;
  readonly names: LateNames;
  readonly signal: AbortSignal;
  readonly follow: boolean;
  readonly withLines: boolean;
  readonly onBytes?: (count: number) => void;
  /** Where the chunks begin, as a batch of the same file said it. */
  readonly from?: Batch['next'] & { readonly header: Batch['header'] };
}

type FileOptions = ChunkOptions & { readonly place: Place };

/** Reads one file from its beginning or from a place in it. */
export const readFile = (options: FileOptions): AsyncGenerator<Batch> => {
  const { place, follow, signal, from } = options;
  return readChunks(openSource(place, { follow, signal, ...(from && { from: from.offset }) }), options);
};

/** The records of bytes that come in chunks. */
export async function* readChunks(chunks: AsyncIterable<Buffer>, options: ChunkOptions): AsyncGenerator<Batch> {
  const { reader, signal, follow, from } = options;
  const cutter = new LineCutter(from?.offset);
  const batches = new Batches(options, cutter);
  reader.begin(options.name, from?.position);
  try {
    for await (const chunk of chunks) {
      yield* batches.take(decode(cutter.take(chunk)));
      options.onBytes?.(chunk.length);
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

  async *take(text: string): AsyncGenerator<Batch> {
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
          yield* this.#flush();
          this.#header = record;
        }
        this.#put(record, line);
      }
    }
    yield* this.#flush();
  }

  async *end(rest: string): AsyncGenerator<Batch> {
    const { reader } = this.#options;
    let record = reader.end(rest);
    if (record === needsSchema) {
      await reader.loadSchema();
      record = reader.end(rest) as Exclude<typeof record, typeof needsSchema>;
    }
    if (record !== undefined) {
      this.#put(record, rest);
    }
    yield* this.#flush();
  }

  #put(record: NstraceRecord, line: string): void {
    const { names, reader, withLines } = this.#options;
    const changed = names.apply(record, reader.recording);
    this.#records.push(record);
    if (withLines) {
      this.#lines.push(changed ? undefined : line.endsWith('\r') ? line.slice(0, -1) : line);
    }
  }

  *#flush(): Generator<Batch> {
    if (this.#records.length > 0) {
      yield {
        file: this.#options.name,
        header: this.#header,
        records: this.#records,
        lines: this.#lines,
        next: { offset: this.#cutter.offset, position: this.#options.reader.position },
      };
      this.#records = [];
      this.#lines = [];
    }
  }
}

/** Adds up what was read. */
class Meter {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #total: number;
  #bytes = 0;

  constructor(paths: readonly string[], { onProgress, follow }: ReadOptions) {
    this.#onProgress = onProgress;
    const sizes = paths.map((path) => (isPlainFile(path) ? statSync(path).size : Number.NaN));
    const total = 2 * sizes.reduce((sum, size) => sum + size, 0);
    this.#total = follow || Number.isNaN(total) ? 0 : total;
  }

  readonly count = (bytes: number): void => {
    this.#bytes += bytes;
    this.#onProgress?.({ bytes: this.#bytes, total: this.#total });
  };
}
