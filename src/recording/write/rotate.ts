import { messageOf } from '../../errors.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import { partPath, removePart } from '../part-names.ts';
import type { SizedSink } from './sink.ts';
import { RecordWriter } from './writer.ts';

type Probe = RecordOf<'footer'>['probe'];

interface Moment {
  readonly time: string;
  readonly mono: string;
}

export interface RotateOptions {
  /** What the recording was to be called; its parts have a number in it. */
  readonly path: string;
  /** A part ends at this many bytes, or after this time. */
  readonly maxBytes: number | undefined;
  readonly maxMs: number | undefined;
  /** How many parts stay, the one that is written included. */
  readonly keep: number | undefined;
  /** @throws if the file cannot be made */
  readonly open: (path: string) => SizedSink;
  /** What lives, for the beginning of a part. */
  readonly carried: (now: Moment) => readonly NstraceRecord[];
  /** The moment up to which all records were given, and what the probes made up to it. */
  readonly status: () => { readonly now: Moment; readonly count: Probe } | undefined;
  readonly onNotice: (text: string) => void;
}

/** What a recording holds, of all its parts. */
export interface Totals {
  records: number;
  execs: number;
  exits: number;
  lost: number;
  /** Whether `lost` is all that is missing. */
  exact: boolean;
  cut: number;
  complete: boolean;
}

const noProbe: Probe = { made: 0, delivered: 0, lost: 0 };

/**
 * Writes a recording in parts. Each can be read alone: it has a header, what lives, and a footer; `seq` goes on through all.
 * A part ends between two heartbeats, when it is known that every line of the probes up to then is here.
 */
export class RotatingWriter {
  readonly #options: RotateOptions;
  readonly #paths: string[] = [];
  /** How many of the files, from the oldest on, are whole; each is counted when all before it are. */
  #wholeParts = 0;
  #whole = Promise.resolve();
  /** Parts that were deleted because newer ones were to be kept. */
  removed = 0;
  #sink: SizedSink;
  /** That of the part before, until all of it is written. */
  #ending: SizedSink | undefined;
  /** Of the parts before. */
  #sizes = 0;
  #writer: RecordWriter;
  #header: RecordOf<'header'> | undefined;
  #part = 1;
  /** Of the parts that have ended. */
  readonly #ended: Totals = { records: 0, execs: 0, exits: 0, lost: 0, exact: true, cut: 0, complete: true };
  #asked = false;
  /** Of the part that is written: when it began, its size then, and what the probes had made. */
  #began = { mono: 0n, bytes: 0, count: noProbe };
  /** A part could not be made: it is tried again at this time. */
  #retryAt = 0n;

  constructor(options: RotateOptions) {
    this.#options = options;
    this.#sink = this.#open();
    this.#writer = new RecordWriter(this.#sink, 'disk');
  }

  get pending(): number {
    return this.#sink.pending + (this.#ending?.pending ?? 0);
  }

  /** Bytes of all parts that were ever made, with what still waits. */
  get size(): number {
    return this.#sizes + (this.#ending?.size ?? 0) + this.#sink.size;
  }

  /** Whether the part before the one that is written is not whole yet. */
  get isEnding(): boolean {
    return this.#ending !== undefined;
  }

  /** Files of the parts that are still there. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  /** Of all parts. */
  get totals(): Totals {
    const totals = { ...this.#ended };
    addTotals(totals, this.#writer);
    return totals;
  }

  /** Begins a new part at the next heartbeat. */
  ask(): void {
    this.#asked = true;
  }

  write(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#header = { ...record };
      this.#began.mono = BigInt(record.mono);
      this.#writer.write({ ...record, part: this.#part });
    } else {
      this.#writer.write(record);
    }
  }

  /** A heartbeat. */
  flush(): void {
    const status = this.#options.status();
    if (this.#header !== undefined && status !== undefined && this.#isDue(status.now)) {
      this.#rotate(this.#header, status.now, status.count);
    }
    this.#writer.flush();
  }

  async end(now: Moment, reason: string, count: Probe): Promise<void> {
    await this.#writer.end(now, reason, since(count, this.#began.count));
    await this.#whole;
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#whole;
  }

  #open(): SizedSink {
    const path = partPath(this.#options.path, this.#part);
    const sink = this.#options.open(path);
    this.#paths.push(path);
    return sink;
  }

  /** A part holds at least as much of what happened as of what was carried into it. */
  #isDue({ mono }: Moment): boolean {
    const { maxBytes, maxMs } = this.#options;
    const now = BigInt(mono);
    // A part is whole before the one after the next begins: who reads along takes that for the end of it.
    if (now < this.#retryAt || this.#ending !== undefined) {
      return false;
    }
    return (
      this.#asked ||
      (maxBytes !== undefined && this.#sink.size >= Math.max(maxBytes, 2 * this.#began.bytes)) ||
      (maxMs !== undefined && now - this.#began.mono >= BigInt(Math.round(maxMs * 1e6)))
    );
  }

  #rotate(header: RecordOf<'header'>, now: Moment, count: Probe): void {
    const writer = this.#writer;
    const sink = this.#sink;
    this.#part += 1;
    try {
      this.#sink = this.#open();
    } catch (error) {
      this.#part -= 1;
      this.#retryAt = BigInt(now.mono) + retryNs;
      this.#options.onNotice(`the recording goes on in ${this.#paths.at(-1)}: ${messageOf(error)}`);
      return;
    }
    this.#asked = false;
    const ended = writer.end(now, 'rotated', since(count, this.#began.count));
    addTotals(this.#ended, writer);
    this.#ending = sink;
    this.#whole = this.#whole.then(async () => {
      await ended;
      this.#ending = undefined;
      this.#sizes += sink.size;
      this.#wholeParts += 1;
      this.#removeOld();
    });
    this.#writer = new RecordWriter(this.#sink, 'disk', writer.tally.seq);
    this.#begin(header, now, count);
  }

  #begin(header: RecordOf<'header'>, now: Moment, count: Probe): void {
    this.#writer.write({ ...header, ...now, started: now.time, part: this.#part });
    for (const record of this.#options.carried(now)) {
      this.#writer.write({ ...record, carried: true } as NstraceRecord);
    }
    this.#began = { mono: BigInt(now.mono), bytes: this.#sink.size, count: { ...count } };
  }

  /** No part before it is whole: a file that is gone while it is written is a failure. */
  #removeOld(): void {
    const { keep = Number.POSITIVE_INFINITY } = this.#options;
    while (this.#paths.length > keep && this.#wholeParts > 0) {
      removePart(this.#paths.shift()!);
      this.#wholeParts -= 1;
      this.removed += 1;
    }
  }
}

/** A part that could not be made is tried again after this time. */
const retryNs = 60_000_000_000n;

const since = (count: Probe, from: Probe): Probe => ({
  made: count.made - from.made,
  delivered: count.delivered - from.delivered,
  lost: count.lost - from.lost,
});

const addTotals = (totals: Totals, { tally, complete }: RecordWriter): void => {
  totals.records += tally.records;
  totals.execs += tally.events.exec ?? 0;
  totals.exits += tally.events.exit ?? 0;
  totals.lost += tally.lost;
  totals.exact &&= tally.exact;
  totals.cut += tally.cut;
  totals.complete &&= complete;
};
