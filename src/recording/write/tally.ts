import type { NstraceRecord, RecordOf } from '../../record/schema.ts';

/** Numbers the records of one output and counts them, for its footer. */
export class Tally {
  readonly events: Record<string, number> = {};
  seq: number;
  lost = 0;
  /** Whether `lost` is all that is missing: false where nobody knows how much more. */
  exact = true;
  cut = 0;
  #gap = false;
  readonly #before: number;

  /** @param before the number of the last record of the part before, if there is one */
  constructor(before = 0) {
    this.#before = before;
    this.seq = before;
  }

  get records(): number {
    return this.seq - this.#before;
  }

  /** Gives a record its number. */
  take(record: NstraceRecord): void {
    this.seq += 1;
    record.seq = this.seq;
    this.events[record.type] = (this.events[record.type] ?? 0) + 1;
    if (record.type === 'lost') {
      this.lost += record.count;
      this.exact &&= record.exact;
      this.#gap = true;
    } else if (isCut(record)) {
      this.cut += 1;
    }
  }

  /** A record was cut when it was written. */
  noteCut(record: NstraceRecord): void {
    this.cut += isCut(record) ? 0 : 1;
  }

  footer(now: { time: string; mono: string }, reason: string, probe: RecordOf<'footer'>['probe']): RecordOf<'footer'> {
    const { events, lost, cut } = this;
    return {
      type: 'footer',
      seq: 0,
      ...now,
      ended: now.time,
      reason,
      events: { ...events },
      lost,
      cut,
      complete: lost === 0 && cut === 0 && !this.#gap,
      probe: { ...probe },
    };
  }
}

const isCut = (record: NstraceRecord): boolean =>
  ('nspid_truncated' in record && record.nspid_truncated === true) ||
  ('args_truncated' in record && record.args_truncated) ||
  ('exe_truncated' in record && record.exe_truncated === true) ||
  ('path_truncated' in record && record.path_truncated === true);
