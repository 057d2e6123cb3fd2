import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { ContainerSelection } from './selector.ts';

export const eventKinds = ['exec', 'fork', 'exit', 'namespace', 'cgroup', 'container'] as const;
export type EventKind = (typeof eventKinds)[number];

export interface FilterOptions {
  readonly containers: readonly string[];
  readonly namespaces: readonly number[];
  readonly pids: readonly number[];
  readonly uids: readonly number[];
  readonly names: readonly RegExp[];
  readonly lines: readonly RegExp[];
  readonly failed: boolean;
  readonly events: ReadonlySet<EventKind>;
}

/** What is remembered of a living process, for records that do not say it themselves. */
interface Known {
  uid: number;
  name: string;
  line: string;
  descendant: boolean;
}

/**
 * Which records are wanted. Works on records alone, so that a replay filters like a live trace. All conditions must hold;
 * of one kind, any. Losses and the ends of a recording always pass.
 */
export class RecordFilter {
  readonly #options: FilterOptions;
  readonly #processes = new Map<number, Known>();
  readonly #pids: ReadonlySet<number>;
  /** Remembering every process costs a little: only if a condition needs it. */
  readonly #remembers: boolean;
  readonly selection: ContainerSelection;

  constructor(options: FilterOptions) {
    this.#options = options;
    this.#pids = new Set(options.pids);
    this.selection = new ContainerSelection(options.containers);
    this.#remembers = [options.pids, options.uids, options.names, options.lines].some((list) => list.length > 0);
  }

  wants(record: NstraceRecord): boolean {
    if (!this.selection.empty) {
      this.selection.learn(record);
    }
    const known = this.#remembers ? this.#remember(record) : undefined;
    switch (record.type) {
      case 'header':
      case 'footer':
      case 'lost':
        return true;
      case 'container':
        return this.#wantsKind('container') && this.selection.wants(record.container) && !this.#remembersOnly();
      case 'exec':
        return (record.ret === 0 || this.#options.failed) && this.#wantsKind('exec') && this.#matches(record, known);
      case 'process':
        return this.#matches(record, known);
      default:
        return this.#wantsKind(record.type) && this.#matches(record, known);
    }
  }

  #wantsKind(kind: EventKind): boolean {
    return this.#options.events.has(kind);
  }

  /** Conditions about processes say nothing about a container as such. */
  #remembersOnly(): boolean {
    return this.#remembers && this.selection.empty;
  }

  #matches(
    record: Exclude<NstraceRecord, RecordOf<'header' | 'footer' | 'lost' | 'container'>>,
    known: Known | undefined,
  ): boolean {
    const { namespaces, uids, names, lines } = this.#options;
    return (
      this.selection.wants(record.container) &&
      (namespaces.length === 0 || Object.values(record.ns).some((inode) => namespaces.includes(inode as number))) &&
      (this.#pids.size === 0 || (known?.descendant ?? this.#pids.has(record.pid))) &&
      (uids.length === 0 || (known !== undefined && uids.includes(known.uid))) &&
      (names.length === 0 ||
        (known !== undefined && names.some((name) => known.name.split('\0').some((n) => name.test(n))))) &&
      (lines.length === 0 || (known !== undefined && lines.some((line) => line.test(known.line))))
    );
  }

  #remember(record: NstraceRecord): Known | undefined {
    switch (record.type) {
      case 'process':
      case 'exec': {
        const known = {
          uid: record.uid,
          name: `${record.comm}\0${record.exe}`,
          line: record.args.join(' '),
          descendant: this.#descends(record.pid, record.ppid),
        };
        if (record.type === 'process' || record.ret === 0) {
          this.#processes.set(record.pid, known);
        }
        return known;
      }
      case 'fork': {
        const parent = this.#processes.get(record.ppid);
        const known = {
          uid: parent?.uid ?? -1,
          name: parent?.name ?? record.comm,
          line: parent?.line ?? '',
          descendant: this.#pids.has(record.pid) || this.#pids.has(record.ppid) || parent?.descendant === true,
        };
        this.#processes.set(record.pid, known);
        return known;
      }
      case 'exit': {
        const known = this.#processes.get(record.pid);
        this.#processes.delete(record.pid);
        return known;
      }
      case 'namespace':
      case 'cgroup':
        return this.#processes.get(record.pid);
      default:
        return undefined;
    }
  }

  #descends(pid: number, ppid: number): boolean {
    return (
      this.#pids.has(pid) ||
      this.#pids.has(ppid) ||
      this.#processes.get(pid)?.descendant === true ||
      (!this.#processes.has(pid) && this.#processes.get(ppid)?.descendant === true)
    );
  }
}
