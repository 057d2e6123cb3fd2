import type { Count } from '../../probe/tracer.ts';
import { spanOf } from '../../record/clock.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import { encode, renumber } from './line.ts';
import type { LineSink } from './sink.ts';
import { Tally } from './tally.ts';

/** What waits to be written; beyond it records are dropped and counted. */
const maxPendingBytes = 64 * 1024 * 1024;
/** Writing goes on when no more than this is pending. */
const enoughRoomBytes = 48 * 1024 * 1024;

/** Writes records as NDJSON. Where the reader or the disk is too slow, a `lost` record says what is missing. */
export class RecordWriter {
  readonly #sink: LineSink;
  readonly #stage: RecordOf<'lost'>['stage'];
  tally: Tally;
  /** What the footer says. */
  complete = false;
  #dropped: Pick<RecordOf<'lost'>, 'count' | 'exact' | 'from' | 'to' | 'time' | 'mono'> | undefined;

  /** @param before the number of the last record before, if this goes on with another part */
  constructor(sink: LineSink, stage: 'pipe' | 'disk', before = 0) {
    this.tally = new Tally(before);
    this.#sink = sink;
    this.#stage = stage;
  }

  /** @param line the record as it was read, if it is to be passed on: it gets a new number and is not encoded again */
  write(record: NstraceRecord, line?: string): void {
    if (this.#full()) {
      this.#drop(record);
      return;
    }
    this.#sayDropped();
    this.#put(record, line);
  }

  flush(): void {
    this.#sink.flush();
  }

  get pending(): number {
    return this.#sink.pending;
  }

  async end(now: { time: string; mono: string }, reason: string, probe: Count): Promise<void> {
    this.#foot(now, reason, probe);
    await this.#sink.end();
  }

  /** Another recording follows in the same output. @param end of this one; undefined where it was cut off */
  next(end: RecordOf<'footer'> | undefined): void {
    if (end !== undefined) {
      this.#foot({ time: end.time, mono: end.mono }, end.reason, end.probe);
    }
    this.tally = new Tally();
  }

  #foot(now: { time: string; mono: string }, reason: string, probe: Count): void {
    this.#sayDropped();
    const footer = this.tally.footer(now, reason, probe);
    this.complete = footer.complete;
    this.#put(footer);
  }

  /** The end of what was cut off, and stays so. */
  async close(): Promise<void> {
    this.#sayDropped();
    await this.#sink.end();
  }

  #full(): boolean {
    const { pending } = this.#sink;
    return pending > (this.#dropped === undefined ? maxPendingBytes : enoughRoomBytes);
  }

  #drop(record: NstraceRecord): void {
    const { time, mono } = record;
    // A loss record that is dropped still stands for what is missing.
    const loss = record.type === 'lost' ? record : { count: 1, exact: true, from: time, to: time };
    this.#dropped ??= { ...loss, count: 0, time, mono };
    const dropped = this.#dropped;
    dropped.count += loss.count;
    dropped.exact &&= loss.exact;
    // Records are nearly in order.
    Object.assign(dropped, spanOf(dropped.from, dropped.to, loss.from, loss.to), { time, mono });
  }

  #sayDropped(): void {
    const dropped = this.#dropped;
    if (dropped !== undefined) {
      this.#dropped = undefined;
      const { count, exact, from, to, time, mono } = dropped;
      this.#put({ type: 'lost', seq: 0, time, mono, count, exact, from, to, stage: this.#stage });
    }
  }

  #put(record: NstraceRecord, line?: string): void {
    const { seq } = record;
    this.tally.take(record);
    const passed = line === undefined ? undefined : renumber(line, record, seq);
    if (passed !== undefined) {
      this.#sink.put(`${passed}\n`);
      return;
    }
    const { text, cut } = encode(record);
    if (cut) {
      this.tally.noteCut(record);
    }
    this.#sink.put(text);
  }
}
