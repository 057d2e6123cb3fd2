import { spanOf } from '../record/clock.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { RecordBatch } from './read/batches.ts';
import type { LineSink } from './write/sink.ts';
import { RecordWriter } from './write/writer.ts';

interface Place {
  readonly seq: number;
  readonly time: string;
  readonly mono: string;
}

/**
 * Writes what is good of a recording: the records that could be read, numbered anew, a `lost` record wherever some are
 * missing, and a footer that is true. The parts of a recording become one; it is to be given what is carried, and what is of
 * unknown types, too.
 */
export class Repairer {
  readonly #writer: RecordWriter;
  #last: Place | undefined;
  #footer: RecordOf<'footer'> | undefined;
  #begun = false;
  #isLaterPart = false;

  constructor(sink: LineSink) {
    this.#writer = new RecordWriter(sink, 'disk');
  }

  take({ records, lines }: RecordBatch): void {
    for (const [index, record] of records.entries()) {
      this.#record(record, lines[index]);
    }
  }

  get pending(): number {
    return this.#writer.pending;
  }

  /** Resolves with how many records were written; 0 if there was no header, and so nothing to begin with. */
  async end(): Promise<number> {
    const last = this.#last;
    if (!this.#begun || last === undefined) {
      await this.#writer.close();
      return 0;
    }
    const { time, mono } = last;
    if (this.#footer === undefined) {
      // Nobody knows what came after it.
      this.#writer.write({ ...this.#gap(0, last, last), exact: false });
    }
    const { reason = 'cut-off', probe = { made: 0, delivered: 0, lost: 0 } } = this.#footer ?? {};
    await this.#writer.end({ time, mono }, reason, probe);
    return this.#writer.tally.seq;
  }

  #record(record: NstraceRecord, line: string | undefined): void {
    const before = this.#last;
    const last = momentOf(record, before);
    if (last === undefined) {
      return;
    }
    const { seq } = last;
    this.#last = last;
    this.#footer = record.type === 'footer' ? record : undefined;
    if (before !== undefined && seq > before.seq + 1) {
      this.#writer.write(this.#gap(seq - before.seq - 1, before, last));
    }
    this.#isLaterPart ||= record.type === 'header' && this.#begun;
    if (record.type === 'footer' || (record.type === 'header' && this.#begun)) {
      return;
    }
    if (record.type === 'header') {
      this.#begun = true;
      const { part: _, ...whole } = record;
      this.#writer.write(whole as NstraceRecord, record.part === undefined ? line : undefined);
    } else if (this.#begun && !(this.#isLaterPart && 'carried' in record && record.carried === true)) {
      this.#writer.write(record, line);
    }
  }

  #gap(
    count: number,
    { time: from }: { time: string },
    { time, mono }: { time: string; mono: string },
  ): RecordOf<'lost'> {
    return { type: 'lost', seq: 0, time, mono, count, exact: true, ...spanOf(from, time), stage: 'disk' };
  }
}

/** What is of an unknown type need not have a time: then it was when the record before it was. */
const momentOf = ({ seq, ...record }: { seq: number; time: unknown; mono: unknown }, before: Place | undefined) => {
  const { time, mono } = typeof record.time === 'string' && typeof record.mono === 'string' ? record : (before ?? {});
  return time === undefined || mono === undefined ? undefined : ({ seq, time, mono } as Place);
};
