import { spanOf } from '../record/clock.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { RecordBatch } from './read/batches.ts';
import type { Damage } from './read/damage.ts';

/** Where in time something is missing. */
export interface Gap {
  /** How many events or records; a lower bound if `exact` is false. */
  count: number;
  exact: boolean;
  /** RFC 3339; of what was cut off, `to` is absent: nobody knows when it would have ended. */
  from: string;
  to?: string;
  /** Where it was lost; `file` for what the file lacks. */
  stage: RecordOf<'lost'>['stage'] | 'file';
}

export type Verdict = 'complete' | 'incomplete' | 'damaged';

/** What is known of one recording after all of it was read. */
export interface CheckResult {
  readonly type: 'check';
  verdict: Verdict;
  readonly files: string[];
  /** Its id, where it has a header. */
  recording: string | undefined;
  host: string | undefined;
  /** Wall time of its first and its last record. */
  from: string | undefined;
  to: string | undefined;
  /** Why it ended, as its footer says. */
  reason: string | undefined;
  records: number;
  readonly events: Record<string, number>;
  /** Records in which something was cut. */
  cut: number;
  /** The parts that were read, and those before the last one that were not. */
  readonly parts: number[];
  readonly absent: number[];
  readonly missing: Gap[];
  readonly damage: Damage[];
  /** Gaps and damages beyond those that are listed. */
  more: number;
}

/** A file without a single record is no damaged recording, but none. */
export const hasNothing = ({ records, damage }: CheckResult): boolean =>
  records === 0 && damage.some(({ line }) => line > 0);

/** Gaps, and damages, that are listed. */
const maxListed = 1000;

/**
 * Takes all that is read of one recording, what is carried and what is of unknown types too, and judges it: what is missing,
 * from when to when, and what is damaged.
 */
export class Checker {
  readonly check: CheckResult = {
    ...{ type: 'check', verdict: 'complete', files: [], recording: undefined, host: undefined },
    ...{ from: undefined, to: undefined, reason: undefined, records: 0, events: {}, cut: 0 },
    ...{ parts: [], absent: [], missing: [], damage: [], more: 0 },
  };
  #last: { seq: number; time: string } | undefined;
  #footer: RecordOf<'footer'> | undefined;
  #incomplete = false;
  /** Of the file that is read, as its footer counts them. */
  #events: Record<string, number> = {};
  /** Whether it is of several recordings in one stream, with a footer each. */
  #merged = false;

  /** Whether records are of another recording than those before: some stand one behind the other in a file. */
  isOther({ header }: RecordBatch): boolean {
    const { recording } = this.check;
    return recording !== undefined && header !== undefined && !this.#merged && header.recording !== recording;
  }

  damage(damage: Damage): void {
    if (this.check.files.at(-1) !== damage.file) {
      this.check.files.push(damage.file);
    }
    if (this.check.damage.length < maxListed) {
      this.check.damage.push(damage);
    } else {
      this.check.more += 1;
    }
  }

  take({ file, records }: RecordBatch): void {
    if (this.check.files.at(-1) !== file) {
      this.check.files.push(file);
    }
    for (const record of records) {
      this.#record(record);
    }
  }

  /** The verdict, when all was read. */
  finish(): CheckResult {
    const { check } = this;
    if (this.#footer === undefined && this.#last !== undefined) {
      this.#gap({ count: 0, exact: false, from: this.#last.time, stage: 'file' });
    }
    const [first = 1, ...others] = check.parts;
    for (let part = 1; part < (others.at(-1) ?? first); part += 1) {
      if (!check.parts.includes(part) && check.absent.length < maxListed) {
        check.absent.push(part);
      }
    }
    check.verdict = check.damage.length > 0 ? 'damaged' : this.#incomplete ? 'incomplete' : 'complete';
    return check;
  }

  #record(record: NstraceRecord): void {
    const { check } = this;
    const { seq } = record;
    // What is of an unknown type need not have a time.
    const time = typeof record.time === 'string' ? record.time : (this.#last?.time ?? '');
    if (!this.#repeats(record)) {
      check.records += 1;
      check.events[record.type] = (check.events[record.type] ?? 0) + 1;
    }
    this.#span(time);
    if (record.type === 'header') {
      this.#header(record);
    }
    this.#events[record.type] = (this.#events[record.type] ?? 0) + 1;
    if (record.type !== 'header' && this.#last !== undefined && seq > this.#last.seq + 1) {
      this.#gap({ count: seq - this.#last.seq - 1, exact: true, ...spanOf(this.#last.time, time), stage: 'file' });
    }
    this.#last = { seq, time };
    this.#footer = undefined;
    if (record.type === 'lost') {
      this.#incomplete = true;
      this.#gap(record);
    } else if (record.type === 'footer') {
      this.#footer = record;
      check.reason = record.reason;
      check.cut += record.cut;
      this.#incomplete ||= !record.complete;
      this.#compare(record);
    }
  }

  #span(time: string): void {
    const { check } = this;
    if (time !== '') {
      check.from = check.from === undefined || time < check.from ? time : check.from;
      check.to = check.to === undefined || time > check.to ? time : check.to;
    }
  }

  /** What is alive is said again at the beginning of each part. */
  #repeats(record: NstraceRecord): boolean {
    return this.check.parts.length > 1 && 'carried' in record && record.carried === true;
  }

  #header({ recording, host, part, seq, time, source_seq }: RecordOf<'header'>): void {
    const { check } = this;
    this.#events = {};
    this.#merged ||= source_seq !== undefined;
    if (this.#last !== undefined && check.recording === recording && part !== undefined && seq > this.#last.seq + 1) {
      this.#gap({ count: seq - this.#last.seq - 1, exact: true, ...spanOf(this.#last.time, time), stage: 'file' });
    }
    check.recording ??= recording;
    check.host ??= host.name;
    if (part !== undefined) {
      check.parts.push(part);
    }
  }

  /** What the footer of a file says must be so. Of what is damaged anyway it says nothing. */
  #compare({ events, complete }: RecordOf<'footer'>): void {
    const file = this.check.files.at(-1) ?? '';
    if (this.check.damage.some((damage) => damage.file === file) || this.#merged) {
      return;
    }
    for (const [type, count] of Object.entries(events)) {
      const found = this.#events[type] ?? 0;
      if (count !== found && type !== 'footer') {
        this.damage({ file, line: 0, what: `its footer counts ${count} records of type ${type}, it has ${found}` });
      }
    }
    if (complete && this.#events.lost !== undefined) {
      this.damage({ file, line: 0, what: 'its footer says that it is complete, and it has lost records' });
    }
  }

  #gap({ count, exact, from, to, stage }: Gap): void {
    const { missing } = this.check;
    if (missing.length < maxListed) {
      missing.push({ count, exact, from, ...(to !== undefined && { to }), stage });
    } else {
      this.check.more += 1;
    }
  }
}
