import { containerKey, hostKey } from '../record/key.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { Living } from '../recording/write/living.ts';

/** What containers went through is remembered in this many records; older ones are forgotten. */
const maxContainerRecords = 20_000;

/** How things stood at a moment of a recording: records that lead there, and what only all records would add up to. */
export interface Moment {
  /** The header, what containers went through, and the processes that lived. */
  readonly records: readonly NstraceRecord[];
  /** Execs so far, by the key of the container; of the host by `hostKey`. */
  readonly execs: ReadonlyMap<number | string, number>;
  readonly lost: number;
  readonly exact: boolean;
}

/** Keeps account of how things stand while a recording is played, so that one can come back to it without the records before. */
export class Account {
  #living = new Living();
  #containers: RecordOf<'container'>[] = [];
  #last = { time: '', mono: '0' };
  /** Of a merged stream one of each recording. */
  readonly #headers = new Map<string, RecordOf<'header'>>();
  readonly #execs = new Map<number | string, number>();
  #lost = 0;
  #exact = true;

  /** @param from a moment that it goes on from */
  constructor(from?: Moment) {
    for (const record of from?.records ?? []) {
      this.take(record);
    }
    this.#lost = from?.lost ?? 0;
    this.#exact = from?.exact ?? true;
    for (const [key, count] of from?.execs ?? []) {
      this.#execs.set(key, count);
    }
  }

  take(record: NstraceRecord): void {
    this.#last = record;
    this.#living.take(record);
    switch (record.type) {
      case 'header':
        if (!this.#headers.has(record.recording)) {
          this.#headers.set(record.recording, record);
        }
        return;
      case 'container':
        this.#containers.push(record);
        if (this.#containers.length > 2 * maxContainerRecords) {
          this.#containers = this.#containers.slice(-maxContainerRecords);
        }
        return;
      case 'exec':
        if (record.ret === 0) {
          const key = record.container === null ? hostKey(record) : containerKey(record.container, record);
          this.#execs.set(key, (this.#execs.get(key) ?? 0) + 1);
        }
        return;
      case 'lost':
        this.#lost += record.count;
        this.#exact &&= record.exact;
        return;
      default:
    }
  }

  save(): Moment {
    const { time, mono } = this.#last;
    const processes = this.#living.records({ time, mono }).filter(({ type }) => type === 'process');
    return {
      records: [...this.#headers.values(), ...this.#containers, ...processes],
      execs: new Map(this.#execs),
      lost: this.#lost,
      exact: this.#exact,
    };
  }
}
