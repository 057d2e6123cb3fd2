import type { ContainerInfo, ContainerRef, NamespaceSet, RecordOf } from '../../record/schema.ts';
import { Entrances } from './entrances.ts';
import { Rate } from './rate.ts';
import type { Source } from './source.ts';

type ContainerRecord = RecordOf<'container'>;
export type Requester = NonNullable<ContainerRecord['by']> & Partial<NonNullable<ContainerRecord['asked_by']>>;

/** One life of a container, from the making of it to its end. Times are kernel times in ns. */
export interface Life {
  /** It was there before tracing began. */
  readonly before: boolean;
  readonly createdAt: number;
  startedAt: number | undefined;
  endedAt: number | undefined;
  code: number | undefined;
  signal: string | undefined;
  oom: boolean;
  startupNs: number | undefined;
  startedBy: Requester | undefined;
}

/** Lives of one container that are remembered one by one; older ones are counted. */
export const maxLives = 100;

/** CPU and memory of a container from its cgroup files. */
export interface Usage {
  /** Of one core; undefined until there are two readings. */
  readonly cpuPercent: number | undefined;
  readonly memoryBytes: number | undefined;
  /** Its processes that use most CPU, the busiest first. */
  readonly busiest: readonly { readonly pid: number; readonly cpuPercent: number }[];
}

/** A container, or the host: what is known of it. */
export class Group {
  readonly key: number | string;
  /** Where it is; a host that traces anew is another source. */
  source: Source;
  ref: ContainerRef | null;
  info: ContainerInfo | undefined;
  /** Those of its first process. */
  ns: NamespaceSet | undefined;
  /** Lives of one name belong together: a restart makes a new instance, and often a new id. Empty for the host. */
  nameKey: string;
  /** Processes that live. */
  alive = 0;
  execs = 0;
  readonly rate = new Rate(10);
  /** Kernel time in ns of its first and last sign of life. */
  readonly firstAt: number;
  lastAt: number;
  /** Of the last start or end; 0 before any. */
  #changedAt: number;
  /** Its processes have left, and its cgroup or namespaces are gone. */
  ended = false;
  /** The oldest first. */
  readonly lives: Life[] = [];
  /** Those that are no longer remembered. */
  olderLives = 0;
  lastExec: RecordOf<'exec'> | undefined;
  lastExecAt = 0;
  readonly entrances = new Entrances();
  usage: Usage | undefined;
  /** The last reading of its CPU time. */
  #cpu: { readonly at: number; readonly ns: number } | undefined;

  constructor(key: number | string, ref: ContainerRef | null, at: number, source: Source) {
    this.key = key;
    this.ref = ref;
    this.source = source;
    this.nameKey = nameKeyOf(source, ref);
    this.firstAt = at;
    this.lastAt = at;
    this.#changedAt = at;
  }

  /** Of the last start, end or entering; 0 before any. */
  get changedAt(): number {
    return Math.max(this.#changedAt, this.entrances.last?.at ?? 0);
  }

  get life(): Life | undefined {
    return this.lives.at(-1);
  }

  /** A program was executed in it. */
  runs(record: RecordOf<'exec'>, at: number): void {
    this.execs += 1;
    this.lastExec = record;
    this.lastExecAt = at;
    this.rate.add(at / 1e9);
  }

  /** Takes a reading of its cgroup files. */
  use(
    { cpu_ns: ns, memory_bytes: memoryBytes, busiest = [], interval_ns: interval }: RecordOf<'usage'>,
    at: number,
  ): void {
    const before = this.#cpu;
    const elapsed = interval ?? at - (before?.at ?? at);
    const isLater = ns !== undefined && before !== undefined && elapsed > 0 && ns >= before.ns;
    this.usage = {
      cpuPercent: isLater ? ((ns - before.ns) / elapsed) * 100 : undefined,
      memoryBytes,
      busiest:
        interval === undefined
          ? []
          : busiest.map(({ pid, cpu_ns: used }) => ({ pid, cpuPercent: (used / interval) * 100 })),
    };
    this.#cpu = ns === undefined ? undefined : { at, ns };
  }

  /** Takes what a record of the container itself says. */
  take(record: ContainerRecord, at: number): void {
    this.info = record.container;
    const { id, name, runtime, instance } = record.container;
    this.ref = { id, name, runtime, ...(instance !== undefined && { instance }) };
    this.nameKey = nameKeyOf(this.source, this.ref, this.info.root);
    const by: Requester | undefined = record.asked_by ?? record.by;
    switch (record.op) {
      case 'seen':
        this.#begin(at, true);
        this.#changedAt = 0;
        return;
      case 'created':
        this.ended = false;
        this.#changed(at);
        this.#begin(at, false).startedBy = by;
        return;
      case 'started': {
        const life = this.#living(at);
        this.#changed(at);
        life.startedAt = at;
        life.startupNs = record.startup_ns;
        // What asked for a start stands nearer to it than what made the container.
        life.startedBy = by ?? life.startedBy;
        return;
      }
      case 'joined':
        this.entrances.add(record, at);
        return;
      case 'stopped': {
        const life = this.#living(at);
        this.#changed(at);
        life.endedAt = at;
        life.code = record.code;
        life.signal = record.signal;
        life.oom = record.oom === true;
        // What it used last is not what it uses.
        this.usage = undefined;
        this.#cpu = undefined;
        return;
      }
      case 'removed':
        this.ended = true;
        if (this.life !== undefined) {
          this.life.endedAt ??= at;
        }
        return;
      default:
    }
  }

  #changed(at: number): void {
    this.#changedAt = at;
  }

  /** The life that goes on; a new one where the last has ended. */
  #living(at: number): Life {
    const { life } = this;
    return life === undefined || (life.endedAt !== undefined && life.startedAt !== undefined)
      ? this.#begin(at, false)
      : life;
  }

  #begin(at: number, before: boolean): Life {
    const life: Life = {
      ...{ before, createdAt: at, startedAt: undefined, endedAt: undefined, code: undefined, signal: undefined },
      ...{ oom: false, startupNs: undefined, startedBy: undefined },
    };
    this.lives.push(life);
    if (this.lives.length > maxLives) {
      this.lives.shift();
      this.olderLives += 1;
    }
    return life;
  }
}

const nameKeyOf = ({ name }: Source, ref: ContainerRef | null, root = ''): string =>
  `${name === undefined ? '' : `${name}\0`}${ref === null ? '' : `${ref.runtime}/${root}/${ref.name}`}`;
