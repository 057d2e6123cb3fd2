import { closeSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Bookmark, type ChunkOptions, type RecordBatch, readChunks } from './batches.ts';
import type { Damage } from './damage.ts';
import type { Brief } from './fast-line.ts';
import { LateNames, type Seeker, type Survey, survey } from './late-names.ts';
import { groupParts } from './parts.ts';
import { expandPaths, nextPart } from './paths.ts';
import { RecordReader, type RecordType } from './records.ts';
import { type InputFile, isPlainFile, openSource } from './source.ts';
import { spoolStandardInput } from './temporary.ts';

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
  /** Give also what later parts of a recording repeat (`carried`). */
  readonly carried?: boolean;
  /** Give also records of types that this version does not know: of those only `type` and `seq` are certain. */
  readonly unknown?: boolean;
  /** Give the lines beside the records, for who passes them on as they came. */
  readonly lines?: boolean;
  /** Leaves most lines unparsed, which costs a third: for who needs little of their records. */
  readonly brief?: Brief;
  /** Wait for more at the end of a file, until its footer or the signal; a recording in parts is followed across them. */
  readonly follow?: boolean;
  /**
   * Copy standard input into a nameless file first, so that names that were learned late reach earlier records too.
   * False reads it as it comes. Without effect on files, and where `follow` is set.
   */
  readonly spool?: boolean;
  /** Is given what it looks for in all files before their first record, where they can be read twice. */
  readonly seeker?: Seeker | undefined;
  /** Called now and then with what was read, in bytes of the files: each is read twice, once for late names. */
  readonly onProgress?: (progress: Progress) => void;
}

export type { Bookmark, RecordBatch } from './batches.ts';
export type { Seeker } from './late-names.ts';

export interface Progress {
  readonly bytes: number;
  /** 0 if it is not known. */
  readonly total: number;
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
export async function* readRecords(
  words: string | readonly string[],
  options: ReadOptions,
): AsyncGenerator<RecordBatch> {
  const reading = new Reading(words, options);
  try {
    yield* reading.batches(options.signal);
  } finally {
    reading.close();
  }
}

/** The same for who reads more than once: from a bookmark on, or each recording by itself. */
export class Reading {
  readonly #paths: readonly string[];
  readonly #options: Omit<ReadOptions, 'signal'>;
  readonly #meter: Meter;
  readonly #surveys = new Map<number, Survey>();
  #groups: string[][] | undefined;
  /** Whether there is a file that cannot be read twice. */
  #hasStream = false;
  #sought = false;
  #spooled: number | undefined;

  /** @throws NstraceError (1) if there is no such file */
  constructor(words: string | readonly string[], options: Omit<ReadOptions, 'signal'>) {
    this.#paths = expandPaths(typeof words === 'string' ? [words] : words);
    this.#options = options;
    this.#meter = new Meter(this.#paths, options);
  }

  /** All records, or those from a bookmark on. */
  async *batches(signal: AbortSignal, from?: Bookmark): AsyncGenerator<RecordBatch> {
    const groups = await this.#grouped(signal);
    await this.#seek(signal);
    for (let group = from?.group ?? 0; group < groups.length && !signal.aborted; group += 1) {
      yield* this.#group(group, signal, from?.group === group ? from : undefined);
    }
  }

  /** Each recording by itself: to be read side by side. */
  async recordings(signal: AbortSignal): Promise<AsyncGenerator<RecordBatch>[]> {
    await this.#seek(signal);
    return (await this.#grouped(signal)).map((_, group) => this.#group(group, signal));
  }

  /** Late names of a recording, and when its last record was. */
  async survey(group: number, signal: AbortSignal): Promise<Survey> {
    let found = this.#surveys.get(group);
    if (found === undefined) {
      found = { names: new LateNames(), lastAt: undefined };
      for (const path of (await this.#grouped(signal))[group] ?? []) {
        const place = await this.#placeOf(path, signal);
        if (signal.aborted) {
          break;
        }
        if (this.#options.follow !== true && isPlainFile(place)) {
          await survey(place, signal, found, this.#meter.count, this.#options.seeker);
        } else {
          this.#hasStream = true;
        }
      }
      if (!signal.aborted) {
        this.#surveys.set(group, found);
      }
    }
    return found;
  }

  async #seek(signal: AbortSignal): Promise<void> {
    const { seeker } = this.#options;
    if (seeker === undefined || this.#sought) {
      return;
    }
    const groups = await this.#grouped(signal);
    for (let group = 0; group < groups.length && !signal.aborted; group += 1) {
      await this.survey(group, signal);
    }
    this.#sought = !signal.aborted;
    if (this.#sought && !this.#hasStream) {
      seeker.settle();
    }
  }

  /** Gives up the copy of standard input. */
  close(): void {
    if (this.#spooled !== undefined) {
      closeSync(this.#spooled);
      this.#spooled = undefined;
    }
  }

  async #grouped(signal: AbortSignal): Promise<string[][]> {
    this.#groups ??= await groupParts(this.#paths, signal);
    return this.#groups;
  }

  async #placeOf(path: string, signal: AbortSignal): Promise<InputFile> {
    if (path !== '-' || this.#options.follow === true || this.#options.spool === false) {
      return path;
    }
    this.#spooled ??= await spoolStandardInput(signal, this.#meter.count);
    return { descriptor: this.#spooled };
  }

  /** The files of one recording, or one file of whatever is in it. */
  async *#group(group: number, signal: AbortSignal, from?: Bookmark): AsyncGenerator<RecordBatch> {
    const { follow = false, types, onDamage, carried, unknown, brief, lines: withLines = false } = this.#options;
    const paths = (await this.#grouped(signal))[group]!;
    const reader = new RecordReader(types, onDamage, { carried, unknown });
    const { names } = await this.survey(group, signal);
    // A late name is for a record with a container.
    reader.brief = brief === 'all' && !names.empty ? undefined : brief;
    const file = { group, reader, names, signal, follow, withLines, onBytes: this.#meter.count };
    const first = from === undefined ? 0 : paths.indexOf(from.path);
    for (const [index, path] of paths.entries()) {
      if (index >= first && !signal.aborted) {
        const place = await this.#placeOf(path, signal);
        yield* readFile({ ...file, name: path, place, ...(from && index === first && { from }) });
      }
    }
    if (follow) {
      yield* followParts(paths.at(-1)!, file);
    }
  }
}

/** How often the next part of a recording is looked for. */
const partMs = 100;
/** A part that ends because the next one begins. */
const isRotation = (reason: string): boolean => reason.startsWith('rotat');

async function* followParts(path: string, file: Omit<FileOptions, 'name' | 'place'>): AsyncGenerator<RecordBatch> {
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

type FileOptions = ChunkOptions & { readonly place: InputFile };

/** Reads one file from its beginning or from a place in it. */
export const readFile = (options: FileOptions): AsyncGenerator<RecordBatch> => {
  const { place, follow, signal, from } = options;
  return readChunks(openSource(place, { follow, signal, ...(from && { from: from.offset }) }), options);
};

/** Adds up what was read. */
class Meter {
  readonly #onProgress: ((progress: Progress) => void) | undefined;
  readonly #total: number;
  #bytes = 0;

  constructor(paths: readonly string[], { onProgress, follow }: Pick<ReadOptions, 'onProgress' | 'follow'>) {
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
