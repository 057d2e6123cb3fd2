import { CommonClock } from '../record/common-clock.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { nanosOf } from '../record/times.ts';
import { TimelineBuilder } from '../timeline/builder.ts';
import type { Timeline } from '../timeline/schema.ts';
import { type KeptEvents, type Life, lifeKey, type ReportData, type SourceRecording } from './data.ts';
import { PackedRows, Packer } from './pack.ts';
import { SummaryCounter } from './summary.ts';

/** Events that a page has one by one: this many open in under 3 s. A part of them is for what is outside of containers. */
export const maxPageEvents = 100_000;
const hostShare = 0.25;
/** Steps of a container that are kept meanwhile. */
const keptEntries = 200;
/** Containers that a page has. */
const maxLives = 20_000;

/** A recording that is collected: one of several has a clock, pids and instances of its own. */
interface Origin {
  readonly recording: string | undefined;
  readonly builder: TimelineBuilder;
  /** What makes its clock that of the first one, in ns: wall time says it. */
  readonly shift: bigint;
}

/** Makes a report of records: counts over all of them, and the first ones themselves. */
export class ReportCollector {
  readonly #summary = new SummaryCounter();
  readonly #limit: number;
  readonly #clock = new CommonClock();
  readonly #lives: Life[] = [];
  readonly #packer = new Packer();
  readonly #inside = new PackedRows();
  readonly #host = new PackedRows();
  readonly #origins = new Map<string, Origin>();
  readonly #sources: SourceRecording[] = [];
  #origin: Origin;
  #header: RecordOf<'header'> | undefined;
  /** Of all recordings and parts, as far as they have one. */
  #footer: RecordOf<'footer'> | undefined;
  #footers = 0;
  #end = 0;
  #moreLives = 0;
  #total = 0;
  #hostUntil: number | undefined;
  #until: number | undefined;

  constructor(limit = maxPageEvents) {
    this.#limit = limit;
    this.#origin = this.#makeOrigin(undefined, 0n);
  }

  take(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#begin(record);
      return;
    }
    if (record.recording !== undefined) {
      this.#origin = this.#origins.get(record.recording) ?? this.#origin;
    }
    const at = this.#clock.at(record.mono, this.#origin.shift);
    this.#end = Math.max(this.#end, at);
    this.#summary.take(record, at);
    if (record.type === 'footer') {
      this.#footer = this.#footer === undefined ? record : joined(this.#footer, record);
      this.#footers += 1;
      return;
    }
    this.#origin.builder.take(record);
    this.#total += 1;
    this.#keep(record, at);
  }

  /** Undefined if there was no header: then it is no recording. */
  finish(damage: number, utc = false): ReportData | undefined {
    for (const { builder } of new Set([this.#origin, ...this.#origins.values()])) {
      builder.finish();
    }
    if (this.#header === undefined) {
      return undefined;
    }
    return {
      format: 1,
      utc,
      header: this.#header,
      sources: this.#sources,
      end: this.#end,
      footer: this.#footers < this.#sources.length ? undefined : this.#footer,
      damage,
      summary: this.#summary.finish(this.#end),
      lives: this.#lives.sort((a, b) => a.begin - b.begin),
      moreLives: this.#moreLives,
      kept: this.#kept(),
      // The last one: it empties the lists.
      packed: this.#packer.finish([this.#host, this.#inside]),
    };
  }

  #begin(header: RecordOf<'header'>): void {
    const known = this.#origins.get(header.recording);
    if (known !== undefined) {
      // Another part of it.
      this.#origin = known;
      return;
    }
    const shift = this.#clock.shiftOf(header);
    this.#header ??= header;
    const { recording, host, host_ns, source_seq } = header;
    this.#sources.push({ recording, host: host.name, host_ns });
    this.#origin = this.#makeOrigin(source_seq === undefined ? undefined : header, shift);
    this.#origins.set(recording, this.#origin);
  }

  /** @param header of one of several recordings */
  #makeOrigin(header: RecordOf<'header'> | undefined, shift: bigint): Origin {
    const builder = new TimelineBuilder({
      wantsRecord: () => true,
      onDone: (timeline, helpers) => this.#lived(timeline, helpers, shift),
      // Of the steps only the counts are of interest.
      kept: keptEntries,
      ...(header && { source: { recording: header.recording, host: header.host.name } }),
    });
    return { recording: header?.recording, builder, shift };
  }

  /** What is outside of containers is dropped first, from its end, when there is too much. */
  #keep(record: NstraceRecord, at: number): void {
    const isHost = 'container' in record && record.container === null && !('for' in record && record.for !== undefined);
    const list = isHost ? this.#host : this.#inside;
    const isClosed = isHost ? this.#hostUntil !== undefined : this.#until !== undefined;
    if (isClosed) {
      return;
    }
    this.#packer.add(list, record, at, this.#isOnClock(record, at));
    if (this.#host.count + this.#inside.count <= this.#limit) {
      return;
    }
    if (this.#host.count > this.#limit * hostShare) {
      this.#hostUntil = this.#host.pop();
    } else {
      this.#inside.pop();
      this.#until = at;
      this.#hostUntil ??= at;
    }
  }

  /** Whether the wall clock stands where it did at the beginning: then `at` says it. */
  #isOnClock({ time }: NstraceRecord, at: number): boolean {
    return nanosOf(time) === this.#clock.begin + BigInt(at);
  }

  #kept(): KeptEvents {
    const kept = this.#host.count + this.#inside.count;
    return { total: this.#total, kept, hostUntil: this.#hostUntil, until: this.#until };
  }

  #lived(timeline: Timeline, helpers: ReadonlyMap<number, string>, shift: bigint): void {
    if (this.#lives.length >= maxLives) {
      this.#moreLives += 1;
      return;
    }
    const {
      container,
      recording,
      seen,
      asked,
      asked_by,
      startup_ns,
      startup,
      code,
      signal,
      oom,
      counts,
      dropped,
      lost,
    } = timeline;
    const begin = Number(nanosOf(timeline.begin) - nanosOf(this.#header?.time ?? timeline.begin));
    const since = (at: number | undefined): number | undefined => (at === undefined ? undefined : begin + at);
    this.#lives.push({
      ...{ seen, asked, asked_by, startup_ns, startup, code, signal, oom, counts, dropped, lost },
      key: lifeKey(container, recording),
      recording,
      container,
      begin,
      started: since(timeline.started_ns),
      stopped: since(timeline.stopped_ns),
      removed: since(timeline.removed_ns),
      helpers: [...helpers].map(([pid, mono]) => [pid, this.#clock.at(mono, shift)] as const),
    });
  }
}

/** What the footers of two recordings, or of two parts of one, say together. */
const joined = (a: RecordOf<'footer'>, b: RecordOf<'footer'>): RecordOf<'footer'> => ({
  ...b,
  lost: a.lost + b.lost,
  cut: a.cut + b.cut,
  complete: a.complete && b.complete,
  probe: {
    made: a.probe.made + b.probe.made,
    delivered: a.probe.delivered + b.probe.delivered,
    lost: a.probe.lost + b.probe.lost,
  },
});
