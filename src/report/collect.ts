import { nanosOf } from '../export/clock.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { TimelineBuilder } from '../timeline/builder.ts';
import type { Timeline } from '../timeline/schema.ts';
import { type Kept, keyOf, type Life, type ReportData } from './data.ts';
import { Packer } from './pack.ts';
import { SummaryCounter } from './summary.ts';

/** Events that a page has one by one: this many open in under 3 s. A part of them is for what is outside of containers. */
export const maxEvents = 100_000;
const hostShare = 0.25;
/** Containers that a page has. */
const maxLives = 20_000;

interface Waiting {
  readonly record: NstraceRecord;
  readonly at: number;
}

/** Makes a report of records: counts over all of them, and the first ones themselves. */
export class ReportCollector {
  readonly #summary = new SummaryCounter();
  readonly #builder: TimelineBuilder;
  readonly #limit: number;
  readonly #lives: Life[] = [];
  readonly #inside: Waiting[] = [];
  readonly #host: Waiting[] = [];
  #header: RecordOf<'header'> | undefined;
  #footer: RecordOf<'footer'> | undefined;
  #base = 0n;
  #baseNumber = 0;
  #end = 0;
  #moreLives = 0;
  #total = 0;
  #hostUntil: number | undefined;
  #until: number | undefined;

  constructor(limit = maxEvents) {
    this.#limit = limit;
    this.#builder = new TimelineBuilder({ wantsRecord: () => true, onDone: (timeline) => this.#lived(timeline) });
  }

  take(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#begin(record);
      return;
    }
    const at = this.#at(record.mono);
    this.#end = Math.max(this.#end, at);
    this.#summary.take(record, at);
    if (record.type === 'footer') {
      this.#footer = record;
      return;
    }
    this.#builder.take(record);
    this.#total += 1;
    this.#keep(record, at);
  }

  /** Undefined if there was no header: then it is no recording. */
  finish(damage: number): ReportData | undefined {
    this.#builder.finish();
    if (this.#header === undefined) {
      return undefined;
    }
    return {
      format: 1,
      header: this.#header,
      end: this.#end,
      footer: this.#footer,
      damage,
      summary: this.#summary.finish(this.#end),
      lives: this.#lives.sort((a, b) => a.begin - b.begin),
      moreLives: this.#moreLives,
      packed: this.#pack(),
      kept: this.#kept(),
    };
  }

  #begin(header: RecordOf<'header'>): void {
    if (this.#header === undefined) {
      this.#header = header;
      this.#base = BigInt(header.mono);
      this.#baseNumber = Number(header.mono);
    }
  }

  #at(mono: string): number {
    const at = Number(mono);
    return at <= Number.MAX_SAFE_INTEGER ? at - this.#baseNumber : Number(BigInt(mono) - this.#base);
  }

  /** What is outside of containers has to give way, from its end, when there is too much. */
  #keep(record: NstraceRecord, at: number): void {
    const isHost = 'container' in record && record.container === null && !('for' in record && record.for !== undefined);
    const list = isHost ? this.#host : this.#inside;
    const isClosed = isHost ? this.#hostUntil !== undefined : this.#until !== undefined;
    if (isClosed) {
      return;
    }
    list.push({ record, at });
    if (this.#host.length + this.#inside.length <= this.#limit) {
      return;
    }
    if (this.#host.length > this.#limit * hostShare) {
      this.#hostUntil = this.#host.pop()!.at;
    } else {
      this.#inside.pop();
      this.#until = at;
      this.#hostUntil ??= at;
    }
  }

  #kept(): Kept {
    const kept = this.#host.length + this.#inside.length;
    return { total: this.#total, kept, hostUntil: this.#hostUntil, until: this.#until };
  }

  #pack() {
    const packer = new Packer();
    const offset = nanosOf(this.#header!.time) - this.#base;
    const merged = [...this.#host, ...this.#inside].sort((a, b) => a.record.seq - b.record.seq);
    for (const { record, at } of merged) {
      packer.add(record, at, nanosOf(record.time) - BigInt(record.mono) === offset);
    }
    return packer.finish();
  }

  #lived(timeline: Timeline): void {
    if (this.#lives.length >= maxLives) {
      this.#moreLives += 1;
      return;
    }
    const { container, seen, asked, startup_ns, startup, code, signal, oom, counts, dropped, lost } = timeline;
    const begin = Number(nanosOf(timeline.begin) - nanosOf(this.#header?.time ?? timeline.begin));
    const since = (at: number | undefined): number | undefined => (at === undefined ? undefined : begin + at);
    const helpers = new Map<number, number>();
    for (const { helper, pid, at_ns } of timeline.entries) {
      if (helper === true && !helpers.has(pid)) {
        helpers.set(pid, begin + at_ns);
      }
    }
    this.#lives.push({
      ...{ seen, asked, startup_ns, startup, code, signal, oom, counts, dropped, lost },
      key: keyOf(container),
      container,
      begin,
      started: since(timeline.started_ns),
      stopped: since(timeline.stopped_ns),
      removed: since(timeline.removed_ns),
      helpers: [...helpers],
    });
  }
}
