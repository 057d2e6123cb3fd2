import { hostKey } from '../../record/key.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import type { ViewEvent, ViewProcess } from './event.ts';
import { Group } from './group.ts';
import { Misses } from './path-search.ts';
import { Source } from './source.ts';

/** A container was started or entered by a process that has not executed its program yet. */
export interface PendingJoin {
  readonly record: RecordOf<'container'>;
  readonly event: ViewEvent | undefined;
}

/** What is kept of one source. */
export class Trace {
  readonly source: Source;
  /** What happens outside of containers. */
  readonly host: Group;
  /** Those that live, by pid. */
  readonly processes = new Map<number, ViewProcess>();
  /** By pid. */
  readonly joins = new Map<number, PendingJoin>();
  readonly misses = new Misses();
  lost = 0;
  /** Losses of which it is not known how many they are. */
  unknownLoss = false;

  constructor(source: Source) {
    this.source = source;
    this.host = new Group(hostKey(source), null, 0, source);
  }
}

/** Where records come from: one host, or several whose records were merged. */
export class Traces {
  /** What stands alone, and what comes before anything is known. */
  readonly #alone = new Trace(new Source(undefined, undefined));
  readonly #merged = new Map<string, Trace>();
  #all: readonly Trace[] = [this.#alone];
  /** Names of the hosts of a merged stream. */
  readonly hosts = new Set<string>();

  get all(): readonly Trace[] {
    return this.#all;
  }

  /** The one that records come from that do not say it. */
  get first(): Trace {
    return this.#all[0]!;
  }

  /** Whether it matters which host something is on. */
  get areSeveral(): boolean {
    return this.hosts.size > 1;
  }

  /** That of a source; a source that is over has none. */
  of({ recording }: Source): Trace | undefined {
    return recording === undefined ? this.#alone : this.#merged.get(recording);
  }

  /** The trace of a record; undefined if it is the first of a new one, which add() makes. */
  find({ source_seq, recording }: NstraceRecord): Trace | undefined {
    return source_seq === undefined ? this.#alone : this.#merged.get(recording ?? '');
  }

  add(record: NstraceRecord): Trace {
    const { recording = '' } = record;
    const name = hostOf(record);
    const trace = new Trace(new Source(recording, name));
    this.#merged.set(recording, trace);
    this.#all = [...this.#merged.values()];
    if (name !== undefined) {
      this.hosts.add(name);
    }
    return trace;
  }

  /** It is over: another one of the same host has begun. */
  remove({ source }: Trace): void {
    this.#merged.delete(source.recording ?? '');
    this.#all = [...this.#merged.values()];
  }
}

const hostOf = (record: NstraceRecord): string | undefined =>
  record.type === 'header' ? record.host.name : record.host;
