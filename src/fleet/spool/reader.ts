import { type Batch, maxBatchBytes, maxBatchRecords, seqOf } from './batch.ts';
import type { Cursor } from './cursor.ts';
import { listParts, PartReader, type SpoolPart } from './parts.ts';

export interface SpoolReaderOptions {
  readonly folder: string;
  readonly cursor: Cursor;
  /** A line as it leaves the host; undefined for one that does not. */
  readonly outgoing: (line: string) => string | undefined;
}

/** A batch, if any of its lines leaves the host, and where it ends. */
export interface Read {
  readonly batch: Batch | undefined;
  readonly offset: number;
  readonly seq: number;
}

/** Reads a spool from a cursor on, a batch at a time, and from one part into the next. */
export class SpoolReader {
  readonly #options: SpoolReaderOptions;
  #reader: PartReader | undefined;
  #header = '';
  #recording = '';
  /** Whether the last line that was read of the part is its footer. */
  #ended = false;

  constructor(options: SpoolReaderOptions) {
    this.#options = options;
  }

  /** The next batch; undefined where nothing, or too little, is there yet. */
  next(): (Read & { full: boolean }) | undefined {
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

  /** Whether the part that was read from is the one that is being written. */
  get isLast(): boolean {
    const { folder, cursor } = this.#options;
    return listParts(folder).at(-1)?.name === cursor.position.part;
  }

  /** The spool drops a part. */
  leave(part: string): void {
    if (this.#reader?.name === part) {
      this.close();
    }
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
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
