import { ProgressLine } from '../console/progress.ts';
import { say, sayError } from '../console/say.ts';
import { damaged, exitStatus, noRecording } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { Bookmark } from '../recording/read/batches.ts';
import type { Damage } from '../recording/read/damage.ts';
import { mergeBatches } from '../recording/read/merge.ts';
import { Reading, type ReadOptions, type RecordBatch, type Seeker } from '../recording/read/reader.ts';
import { isPlainFile } from '../recording/read/source.ts';
import { escapeText } from '../view/escape.ts';

export interface InputValues {
  follow?: boolean;
  strict?: boolean;
  /** False with --no-spool. */
  spool?: boolean;
  /** How much of it, in ms of its own time. */
  duration?: number;
}

/** How many lines of damage are reported one by one. */
const maxReported = 10;

/** Damages that are known again. */
const maxNoted = 10_000;

/** What is known of a file that is read. */
interface FileState {
  records: number;
  badLines: number;
  /** Damage before the first record: of a file that has none, it says nothing. */
  unreported: Damage[];
}

export interface BatchOptions extends Pick<ReadOptions, 'types' | 'lines' | 'brief'> {
  /** Show how far it is, on a terminal: for commands that print nothing meanwhile. */
  readonly progress?: boolean;
  /** Merge several recordings by wall time, instead of one after the other. */
  readonly merge?: boolean;
  /** Where to begin, as a batch of the same input said it. */
  readonly from?: Bookmark;
  /** Instead of the signal of the input. */
  readonly signal?: AbortSignal;
}

/** Recordings that a command reads: what is wrong with them is reported, and counted. */
export class RecordingInput {
  readonly #paths: readonly string[];
  readonly #values: InputValues;
  readonly #signal: AbortSignal;
  readonly #label: string | undefined;
  readonly #files = new Map<string, FileState>();
  readonly #noted = new Set<string>();
  #damage = 0;
  #reading: Reading | undefined;
  #seeker: Seeker | undefined;
  #progress: ProgressLine | undefined;

  /**
   * @param words files, patterns, or `-`, as {@link readRecords} takes them
   * @param label what messages call it, if not by its files
   */
  constructor(words: string | readonly string[], values: InputValues, signal: AbortSignal, label?: string) {
    this.#label = label;
    this.#paths = typeof words === 'string' ? [words] : words;
    this.#values = values;
    this.#signal = signal;
  }

  /** What messages call it. */
  get name(): string {
    return this.#label === undefined ? this.#paths.map(nameOf).join(', ') : escapeText(this.#label);
  }

  /**
   * Its records in batches, with the names that their containers got later. It can be read again, and from a place on.
   *
   * @throws NstraceError (1) if it cannot be read
   */
  async *batches(options: BatchOptions = {}): AsyncGenerator<RecordBatch> {
    const { duration } = this.#values;
    const { from, merge = false, signal = this.#signal } = options;
    const reading = this.#open(options);
    const span = new Span(duration);
    const end = new Deadline(signal, this.#isLive ? duration : undefined);
    try {
      const batches = merge ? mergeBatches(await reading.recordings(end.signal)) : reading.batches(end.signal, from);
      for await (const batch of batches) {
        const state = this.#stateOf(batch.file);
        state.records += batch.records.length;
        this.#report(state);
        if (span.cut(batch)) {
          yield batch;
        } else if (this.#paths.length === 1) {
          return;
        }
        if (end.signal.aborted) {
          return;
        }
      }
    } finally {
      end.clear();
      this.#progress?.clear();
    }
  }

  /** Before anything is read: has all of it looked through for the seeker before its first record. */
  seek(seeker: Seeker | undefined): void {
    this.#seeker = seeker;
  }

  /** When its last record was, if that can be known before it is read: in ns of the clock of the stream. */
  async lastAt(): Promise<number | undefined> {
    return (await this.#open({}).survey(0, this.#signal)).lastAt;
  }

  close(): void {
    this.#reading?.close();
  }

  #open({ types, lines, brief, progress = false }: BatchOptions): Reading {
    const { follow = false, spool = true } = this.#values;
    if (this.#reading === undefined) {
      this.#progress = progress && process.stderr.isTTY ? new ProgressLine(this.name) : undefined;
      this.#reading = new Reading(this.#paths, {
        ...{ follow, spool, onDamage: (damage: Damage) => this.#note(damage) },
        ...(types && { types }),
        ...(lines && { lines }),
        ...(brief && { brief }),
        seeker: this.#seeker,
        ...(this.#progress && { onProgress: this.#progress.show }),
      });
    }
    return this.#reading;
  }

  /** The same one by one, for commands that need not be fast. */
  async *records(): AsyncGenerator<NstraceRecord> {
    for await (const { records } of this.batches()) {
      yield* records;
    }
  }

  /** Whether any line of each file was a record, or none was there. */
  get isRecording(): boolean {
    return this.#noRecording === undefined;
  }

  /** A file that has no record, as messages call it: after the last batch. */
  get without(): string | undefined {
    const found = [...this.#files].find(([, { records }]) => records === 0)?.[0];
    return found === undefined ? undefined : this.#nameOf(found);
  }

  /** Places in which something is wrong, up to now. */
  get damage(): number {
    return this.#damage;
  }

  /** The exit status, after the last record. */
  status(): number {
    if (this.#noRecording !== undefined) {
      return sayError(noRecording(this.#nameOf(this.#noRecording), this.#values.strict === true));
    }
    for (const state of this.#files.values()) {
      this.#report(state);
    }
    if (this.#damage > maxReported) {
      say(`${this.name}: ${this.#damage - maxReported} more damages were not reported one by one`);
    }
    if (this.#damage > 0 && this.#values.strict === true) {
      return sayError(damaged(this.name, this.#damage));
    }
    return exitStatus.ok;
  }

  /** Whether it is still being written, as far as one can see. */
  get #isLive(): boolean {
    return this.#values.follow === true || this.#paths.some((path) => !isPlainFile(path));
  }

  get #noRecording(): string | undefined {
    return [...this.#files].find(([, { badLines, records }]) => badLines > 0 && records === 0)?.[0];
  }

  #stateOf(file: string): FileState {
    let state = this.#files.get(file);
    if (state === undefined) {
      state = { records: 0, badLines: 0, unreported: [] };
      this.#files.set(file, state);
    }
    return state;
  }

  #note(damage: Damage): void {
    const state = this.#stateOf(damage.file);
    if (this.#isNoted(damage)) {
      return;
    }
    this.#damage += 1;
    state.badLines += damage.line > 0 ? 1 : 0;
    if (this.#damage <= maxReported) {
      state.unreported.push(damage);
    }
    // Who waits for more waits for no end.
    if (state.records > 0 || this.#values.follow === true) {
      this.#report(state);
    }
  }

  /** Who goes back in a recording comes by the same damage again. */
  #isNoted({ file, line, what }: Damage): boolean {
    const key = `${file}\0${line}\0${what}`;
    if (this.#noted.has(key)) {
      return true;
    }
    if (this.#noted.size < maxNoted) {
      this.#noted.add(key);
    }
    return false;
  }

  #nameOf(file: string): string {
    return this.#label === undefined ? nameOf(file) : this.name;
  }

  #report(state: FileState): void {
    if (state.unreported.length > 0) {
      this.#progress?.clear();
      for (const { file, line, what } of state.unreported.splice(0)) {
        say(`${this.#nameOf(file)}: ${line > 0 ? `line ${line}: ` : ''}${escapeText(what)}`);
      }
    }
  }
}

const nameOf = (path: string): string => (path === '-' ? 'standard input' : escapeText(path));

/** The beginning of each recording, counted in its own time. */
class Span {
  readonly #lengthNs: bigint | undefined;
  readonly #ends = new Map<RecordBatch['header'], bigint>();

  /** @param length in ms */
  constructor(length: number | undefined) {
    this.#lengthNs = length === undefined ? undefined : BigInt(Math.round(length * 1e6));
  }

  /** Leaves out what is later. Returns whether anything is left. */
  cut({ records, lines, header }: RecordBatch): boolean {
    if (this.#lengthNs === undefined) {
      return true;
    }
    const end = this.#ends.get(header) ?? BigInt(records[0]!.mono) + this.#lengthNs;
    this.#ends.set(header, end);
    const from = records.findIndex(({ mono }) => BigInt(mono) > end);
    if (from !== -1) {
      records.length = from;
      lines.length = Math.min(lines.length, from);
    }
    return records.length > 0;
  }
}

/** A signal that comes with another one, or after a time. */
class Deadline {
  readonly #aborter = new AbortController();
  readonly #outer: AbortSignal;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #abort = (): void => this.#aborter.abort();

  /** @param afterMs undefined for never */
  constructor(outer: AbortSignal, afterMs: number | undefined) {
    this.#outer = outer;
    this.#timer = afterMs === undefined ? undefined : setTimeout(this.#abort, afterMs);
    outer.addEventListener('abort', this.#abort);
    if (outer.aborted) {
      this.#abort();
    }
  }

  get signal(): AbortSignal {
    return this.#aborter.signal;
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#outer.removeEventListener('abort', this.#abort);
  }
}

/** What commands read, whether it is a recording or a fleet. */
export type Input = Pick<
  RecordingInput,
  'batches' | 'status' | 'isRecording' | 'damage' | 'name' | 'close' | 'lastAt'
> & {
  /** How far the clock of a host is off, where that is measured. */
  clockOf?(host: string): string | undefined;
  /** Where it can be read twice. */
  seek?(seeker: Seeker | undefined): void;
};
