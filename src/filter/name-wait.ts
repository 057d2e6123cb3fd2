import type { NstraceRecord } from '../record/schema.ts';
import type { Containers, KnownContainer } from './containers.ts';
import type { RecordFilter } from './filter.ts';
import type { Subject } from './subject.ts';

/** A name is asked for 8 times, a tenth of a second apart (src/runtimes): later none comes. In ns of the kernel's clock. */
const waitNs = 1_000_000_000n;
/** Records that wait at once; beyond it the oldest go on as what they are called now. */
const maxWaiting = 20_000;

interface Waiting {
  readonly record: NstraceRecord;
  readonly subject: Subject | undefined;
  /** What is decided when the record comes, whatever its container is called. */
  readonly also: boolean;
  /** The container whose name may come. */
  readonly container: KnownContainer | undefined;
  readonly until: bigint;
}

/**
 * Filters records of a live trace by what their containers are called, also where that is learned after them: records of a
 * container whose name may still come wait for it, and all others behind them, so that the order stays. Nothing waits longer
 * than a second.
 */
export class NameWait {
  readonly #filter: RecordFilter;
  readonly #containers: Containers;
  readonly #give: (record: NstraceRecord, isWanted: boolean) => void;
  #waiting: Waiting[] = [];

  /** @param give takes all records in their order, and whether each is wanted */
  constructor(filter: RecordFilter, give: (record: NstraceRecord, isWanted: boolean) => void) {
    this.#filter = filter;
    this.#containers = filter.selection.containers;
    this.#give = give;
  }

  /** @param also whether it is wanted, as far as something else than the filter says */
  take(record: NstraceRecord, also: boolean): void {
    const subject = this.#filter.learn(record);
    const container = this.#nameless(record);
    if (container === undefined && this.#waiting.length === 0) {
      this.#give(record, also && this.#filter.holds(record, subject));
      return;
    }
    const mono = BigInt(record.mono);
    this.#waiting.push({ record, subject, also, container, until: mono + waitNs });
    this.passed(mono);
  }

  /** Time goes on. Returns up to when all records were given. */
  passed(mono: bigint): bigint {
    let done = 0;
    for (const { record, subject, also, container, until } of this.#waiting) {
      const hasRoom = this.#waiting.length - done <= maxWaiting;
      if (container !== undefined && isNameless(container) && !container.ended && mono < until && hasRoom) {
        break;
      }
      done += 1;
      const named = withName(record, container);
      this.#give(named, also && this.#filter.holds(named, subject));
    }
    this.#waiting = done === 0 ? this.#waiting : this.#waiting.slice(done);
    const first = this.#waiting[0];
    return first === undefined ? mono : BigInt(first.record.mono) - 1n;
  }

  /** Nothing more comes: what waits goes on. */
  end(): void {
    for (const { record, subject, also, container } of this.#waiting.splice(0)) {
      const named = withName(record, container);
      this.#give(named, also && this.#filter.holds(named, subject));
    }
  }

  /** The container of a record, if its name may still come: it began a moment ago and is called by its id. */
  #nameless(record: NstraceRecord): KnownContainer | undefined {
    if (!('container' in record) || record.container === null || !isLongId(record.container)) {
      return undefined;
    }
    const known = this.#containers.of(record.container, record as object);
    const isYoung = known.since !== undefined && BigInt(record.mono) - BigInt(known.since) < waitNs;
    return isYoung && isNameless(known) ? known : undefined;
  }
}

/** Runtimes that give names beside ids make ids of 64 hex digits. */
const isLongId = ({ id, name }: { id: string; name: string }): boolean => name === id && /^[0-9a-f]{64}$/.test(id);
const isNameless = ({ info }: KnownContainer): boolean => info.name === info.id;

/** The record with the name that came meanwhile; the model's own containers are not to be changed. */
const withName = (record: NstraceRecord, container: KnownContainer | undefined): NstraceRecord => {
  if (container === undefined || isNameless(container) || !('container' in record) || record.container === null) {
    return record;
  }
  const { name, runtime } = container.info;
  return { ...record, container: { ...record.container, name, runtime } } as NstraceRecord;
};
