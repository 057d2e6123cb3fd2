import { spanOf } from '../../record/clock.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';

/** Kinds of records that can come in floods; what says how things are always passes. */
const limited = new Set<NstraceRecord['type']>(['exec', 'fork', 'exit', 'namespace', 'cgroup']);
const windowMs = 1000;
/** Containers that are counted apart; the rest of a host with more share one count. */
const maxContainers = 10_000;

interface Count {
  passed: number;
  dropped: number;
  from: string;
  to: string;
  mono: string;
}

/**
 * At most N events a second and container. What goes over it is counted, and reported in a `lost` record of the stage
 * `limit` each second, which is chosen, and no fault.
 */
export class RateLimit {
  readonly #most: number;
  readonly #counts = new Map<string, Count>();
  #windowAt = Number.NEGATIVE_INFINITY;
  dropped = 0;

  /** @param most events a second */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether a record passes. */
  allows(record: NstraceRecord): boolean {
    if (!limited.has(record.type)) {
      return true;
    }
    const count = this.#countOf(record);
    if (count.passed < this.#most) {
      count.passed += 1;
      return true;
    }
    const { time, mono } = record;
    // The wall clock can be set back meanwhile.
    Object.assign(count, count.dropped === 0 ? { from: time, to: time } : spanOf(count.from, count.to, time), { mono });
    count.dropped += 1;
    this.dropped += 1;
    return false;
  }

  /** The reports that are due at a moment of a clock that is never set, in ms; with `all` also those of a second that is not over. */
  due(nowMs: number, all = false): RecordOf<'lost'>[] {
    if (nowMs - this.#windowAt < windowMs && !all) {
      return [];
    }
    this.#windowAt = nowMs;
    const reports = [...this.#counts.values()]
      .filter(({ dropped }) => dropped > 0)
      .map(({ dropped: count, from, to, mono }) => ({
        ...{ type: 'lost' as const, seq: 0, time: to, mono, count },
        ...{ exact: true, from, to, stage: 'limit' as const },
      }));
    this.#counts.clear();
    return reports;
  }

  #countOf(record: NstraceRecord): Count {
    const container = 'container' in record ? record.container : null;
    const key = container === null ? '' : `${container.instance ?? `${container.runtime}/${container.id}`}`;
    const known = this.#counts.get(this.#counts.size < maxContainers || this.#counts.has(key) ? key : 'others');
    if (known !== undefined) {
      return known;
    }
    const fresh = { passed: 0, dropped: 0, from: '', to: '', mono: '0' };
    this.#counts.set(this.#counts.size < maxContainers ? key : 'others', fresh);
    return fresh;
  }
}
