import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../errors.ts';
import { type Batch, maxBatchBytes, maxBatchRecords, seqOf } from './batch.ts';
import type { Cursor } from './cursor.ts';
import { listParts, PartReader, type SpoolPart } from './parts.ts';
import { RetryLater, type Sink } from './sink.ts';

export interface ShipperOptions {
  readonly folder: string;
  readonly sink: Sink;
  readonly cursor: Cursor;
  /** A line as it leaves the host; undefined for one that does not. */
  readonly outgoing: (line: string) => string | undefined;
  readonly onNotice: (text: string) => void;
}

/** What a shipper has done since it began. */
export interface Shipped {
  batches: number;
  records: number;
  bytes: number;
  retries: number;
  refused: number;
  /** What went wrong the last time, while that lasts. */
  trouble: string | undefined;
}

/** After a batch that is not full, how long the next one gathers: what a message costs is shared by more records. */
const lingerMs = 500;
/** How often a spool is looked at that nobody says to have grown. */
const idleMs = 1000;
/** Between two tries, doubled each time, with jitter. */
const firstRetryMs = 200;
const maxRetryMs = 30_000;

/** A batch, if any of its lines leaves the host, and where it ends. */
interface Read {
  readonly batch: Batch | undefined;
  readonly offset: number;
  readonly seq: number;
}

/** Sends what is in a spool to one sink, in order, each batch until it is stored. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #stop = new AbortController();
  /** Aborted when nothing more is to be gathered. */
  readonly #hurry = new AbortController();
  readonly shipped: Shipped = { batches: 0, records: 0, bytes: 0, retries: 0, refused: 0, trouble: undefined };
  #reader: PartReader | undefined;
  #header = '';
  #recording = '';
  /** Whether the last line that was read of the part is its footer. */
  #ended = false;
  /** The batch that is on its way, and where it ends. */
  #sending: { batch: Batch; offset: number; seq: number } | undefined;
  #wake: () => void = () => {};
  /** Nothing more will be written: what is there is sent, and that was all. */
  #closing = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.sink.name;
  }

  get target(): string {
    return this.#options.sink.target;
  }

  get position(): { part: string; offset: number } {
    return this.#options.cursor.position;
  }

  /** Something was written to the spool. */
  notify(): void {
    this.#wake();
  }

  /**
   * The spool drops a part. What is on its way is still sent, also after a new start.
   *
   * @returns where in the part that begins which is lost for this sink, in bytes
   */
  drop(part: string): number {
    const { cursor } = this.#options;
    const { position } = cursor;
    if (position.part !== part) {
      return position.part > part ? Number.POSITIVE_INFINITY : 0;
    }
    const sending = this.#sending;
    if (sending !== undefined) {
      cursor.keep(sending);
    }
    if (this.#reader?.name === part) {
      this.#reader.close();
      this.#reader = undefined;
    }
    return sending?.offset ?? position.offset;
  }

  /** Ships until finish() or abort(). */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    try {
      const kept = this.#options.cursor.takeKept();
      if (kept !== undefined) {
        await this.#ship(kept);
      }
      while (!signal.aborted) {
        const read = this.#read();
        if (read === undefined) {
          if (this.#closing) {
            return;
          }
          await this.#idle();
          continue;
        }
        await this.#ship(read);
        if (!read.full && this.#isLast) {
          await sleep(lingerMs, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
        }
      }
    } finally {
      this.#reader?.close();
      this.#reader = undefined;
      await this.#options.sink.close();
    }
  }

  /** Sends the rest, at most so long. */
  async finish(running: Promise<void>, ms: number): Promise<void> {
    this.#closing = true;
    this.#hurry.abort();
    this.notify();
    const timer = setTimeout(() => this.abort(), ms);
    await running;
    clearTimeout(timer);
  }

  abort(): void {
    this.#stop.abort();
    this.#hurry.abort();
    this.#wake();
  }

  /** The next batch; undefined where nothing, or too little, is there yet. */
  #read(): (Read & { full: boolean }) | undefined {
    const reader = this.#current();
    if (reader === undefined) {
      return undefined;
    }
    if (this.#header === '') {
      this.#readHeader(reader);
    }
    const { position, until } = this.#options.cursor;
    reader.rewind(position.offset);
    const lines: string[] = [];
    let bytes = 0;
    let first: number | undefined;
    let last = position.seq;
    let records = 0;
    while (until === undefined ? records < maxBatchRecords && bytes < maxBatchBytes : reader.offset < until) {
      const line = reader.next();
      if (line === undefined) {
        break;
      }
      this.#ended = line.startsWith('{"type":"footer"');
      records += 1;
      last = seqOf(line) ?? last;
      first ??= last;
      const out = this.#options.outgoing(line);
      if (out !== undefined) {
        lines.push(out);
        bytes += out.length + 1;
      }
    }
    if (records === 0) {
      return undefined;
    }
    const full = until !== undefined || records >= maxBatchRecords || bytes >= maxBatchBytes;
    const end = { offset: reader.offset, seq: last, full };
    const text = lines.length === 0 ? undefined : `${lines.join('\n')}\n`;
    const batch: Batch | undefined =
      text === undefined
        ? undefined
        : {
            recording: this.#recording,
            firstSeq: first ?? last,
            lastSeq: last,
            records: lines.length,
            text,
            header: this.#header,
          };
    return { batch, ...end };
  }

  async #ship({ batch, offset, seq }: Read): Promise<void> {
    const { cursor } = this.#options;
    const { part } = cursor.position;
    if (batch !== undefined) {
      cursor.plan(offset);
      this.#sending = { batch, offset, seq };
      const refused = await this.#send(batch);
      this.#sending = undefined;
      if (refused === undefined) {
        return;
      }
      this.shipped.batches += 1;
      this.shipped.records += batch.records - refused;
      this.shipped.bytes += batch.text.length;
      this.shipped.refused += refused;
    }
    cursor.move({ part, offset, seq });
  }

  /** Tries until it is stored. @returns how many were refused for good; undefined if it was aborted */
  async #send(batch: Batch): Promise<number | undefined> {
    const { sink, onNotice } = this.#options;
    for (let wait = firstRetryMs; !this.#stop.signal.aborted; wait = Math.min(wait * 2, maxRetryMs)) {
      try {
        const refused = await sink.send(batch);
        if (this.shipped.trouble !== undefined) {
          this.shipped.trouble = undefined;
          onNotice(`${sink.name}: it takes records again`);
        }
        if (refused > 0) {
          onNotice(`${sink.name}: it refused ${refused} of ${batch.records} records for good`);
        }
        return refused;
      } catch (error) {
        if (!(error instanceof RetryLater)) {
          throw error;
        }
        if (this.shipped.trouble === undefined) {
          onNotice(
            `${sink.name}: ${messageOf(error)}; it is tried again until it works, and the spool grows meanwhile`,
          );
        }
        this.shipped.trouble = messageOf(error);
        this.shipped.retries += 1;
        const waitMs = error.afterMs ?? wait / 2 + Math.random() * (wait / 2);
        await sleep(waitMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
    return undefined;
  }

  /** Whether the part that was read from is the one that is being written. */
  get #isLast(): boolean {
    const { folder, cursor } = this.#options;
    return listParts(folder).at(-1)?.name === cursor.position.part;
  }

  /** The part to read on in: that of the cursor, or the next one where it has no whole line left. */
  #current(): PartReader | undefined {
    const { folder, cursor } = this.#options;
    const { part, offset } = cursor.position;
    if (this.#reader?.name === part && this.#hasLine(this.#reader, offset)) {
      return this.#reader;
    }
    const parts = listParts(folder);
    const here = parts.find(({ name }) => name === part);
    if (here !== undefined) {
      const reader = this.#open(here);
      if (this.#hasLine(reader, offset)) {
        return reader;
      }
    }
    const next = parts.find(({ name }) => name > part);
    // The next part begins a moment before the footer of the one before it is written.
    if (next === undefined || (here !== undefined && !this.#ended && !isOver(part, parts))) {
      return undefined;
    }
    const reader = this.#open(next);
    cursor.move({ part: next.name, offset: 0, seq: cursor.position.seq });
    return this.#hasLine(reader, 0) ? reader : undefined;
  }

  #hasLine(reader: PartReader, offset: number): boolean {
    reader.rewind(offset);
    return reader.next() !== undefined;
  }

  #open(part: SpoolPart): PartReader {
    if (this.#reader?.name === part.name) {
      return this.#reader;
    }
    this.#reader?.close();
    this.#reader = new PartReader(part);
    this.#header = '';
    this.#ended = false;
    return this.#reader;
  }

  /** Of a part that has whole lines: one that was opened when it was made has none yet. */
  #readHeader(reader: PartReader): void {
    reader.rewind(0);
    const header = reader.next() ?? '';
    this.#header = this.#options.outgoing(header) ?? header;
    this.#recording = recordingOf(header);
  }

  /** Until there is more to read. */
  async #idle(): Promise<void> {
    const aborter = new AbortController();
    const awake = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([sleep(idleMs, undefined, { signal: aborter.signal }).catch(() => undefined), awake]);
    aborter.abort();
  }
}

/** Whether nothing more comes to a part that has no footer: its recording is over, or goes on two parts later. */
const isOver = (part: string, parts: readonly SpoolPart[]): boolean => {
  const later = parts.filter(({ name }) => name > part);
  return later.length > 1 || later.some(({ name }) => recordingName(name) !== recordingName(part));
};

/** Parts of one recording are called alike up to their numbers. */
const recordingName = (part: string): string => part.replace(/\.\d+\.ndjson$/, '');

const recordingOf = (header: string): string => {
  try {
    const { recording } = JSON.parse(header);
    return typeof recording === 'string' ? recording : '';
  } catch {
    return '';
  }
};
