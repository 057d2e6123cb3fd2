import type { ContainerInfo, RecordOf } from '../record/schema.ts';
import type { Timeline, TimelineEntry } from './schema.ts';

/** Entries of a timeline that are kept: this many of its beginning, and at least as many of its end. */
export const keptEntries = 1000;

/** A cgroup of another hierarchy is part of a step that is at most N steps back. */
const cgroupSteps = 8;

type Stamped = { time: string; mono: string };

/** A timeline that is being written. Times are kept whole and given relative to its beginning. */
export class Draft {
  container: ContainerInfo;
  /** What must end before nothing more can come: pids of the runtime's commands. */
  readonly waitingFor = new Set<number>();
  readonly #entries: { mono: string; entry: TimelineEntry }[] = [];
  readonly #kept: number;
  /** When processes outside began to work for it, by pid: the kernel's clock. */
  readonly helpers = new Map<number, string>();
  /** Of the steps that were left out. */
  readonly #gone: Record<string, number> = {};
  readonly #facts: Partial<Timeline> = {};
  #begin: { time: string; mono: string };
  #end: string;
  #dropped = 0;
  lost = 0;
  /** Whose next exec starts the program, and whose is that of somebody who entered. */
  startsWith: number | undefined;
  readonly entersWith = new Map<number, Pick<RecordOf<'container'>, 'by' | 'asked_by'>>();

  /** @param kept entries of its beginning that are kept, and at least as many of its end */
  constructor(container: ContainerInfo, at: Stamped, seen: boolean, kept = keptEntries) {
    this.#kept = kept;
    this.container = container;
    this.#begin = { time: at.time, mono: at.mono };
    this.#end = at.time;
    this.#facts.seen = seen;
  }

  /** Adds what a process did. Steps of one kind that follow each other are one: cgroups in ten hierarchies, joins. */
  add(entry: TimelineEntry, at: Stamped): void {
    const { mono } = at;
    if (isBefore(mono, this.#begin.mono)) {
      this.#begin = { time: at.time, mono };
    }
    this.#end = later(this.#end, at.time);
    if (entry.helper === true && !this.helpers.has(entry.pid)) {
      this.helpers.set(entry.pid, mono);
    }
    if (this.#merged(entry)) {
      return;
    }
    this.#entries.push({ mono, entry });
    if (this.#entries.length > 3 * this.#kept) {
      for (const { entry: gone } of this.#entries.splice(this.#kept, this.#kept)) {
        this.#dropped += 1;
        count(this.#gone, gone);
      }
    }
  }

  started(record: RecordOf<'container'>): void {
    this.startsWith = record.pid;
    this.#facts.startup_ns = record.startup_ns;
    this.#facts.startup = record.startup;
    this.#mark('started_ns', record);
  }

  stopped({ code, signal, oom, ...record }: RecordOf<'container'>): void {
    Object.assign(this.#facts, { code, signal, oom });
    this.#mark('stopped_ns', record);
    const exit = this.#entries.findLast(({ entry }) => entry.kind === 'exit' && entry.pid === this.container.init);
    if (exit !== undefined) {
      exit.entry.ends = true;
    }
  }

  removed(record: Stamped): void {
    this.#mark('removed_ns', record);
  }

  asked(by: Timeline['asked'], person?: Timeline['asked_by']): void {
    this.#facts.asked ??= by;
    this.#facts.asked_by ??= person;
  }

  /** @param source which recording it is, if several are read at once */
  finish(source: Pick<Timeline, 'host' | 'recording'> = {}): Timeline {
    const begin = BigInt(this.#begin.mono);
    const depths = new Depths();
    const entries = this.#entries
      .sort((a, b) => (isBefore(a.mono, b.mono) ? -1 : isBefore(b.mono, a.mono) ? 1 : 0))
      .map(({ mono, entry }) => ({ ...entry, at_ns: Number(BigInt(mono) - begin), depth: depths.of(entry) }));
    const steps: TimelineEntry[] = [];
    for (const entry of entries) {
      // Steps that came to be known at different times may turn out to be one.
      if (entry.kind !== 'namespace' || steps.length === 0 || !merge(steps.at(-1)!, entry)) {
        steps.push(entry);
      }
    }
    const facts = Object.entries(this.#facts)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'bigint' ? Number(value - begin) : value]);
    return {
      type: 'timeline',
      ...source,
      container: this.container,
      begin: this.#begin.time,
      end: this.#end,
      seen: false,
      ...Object.fromEntries(facts),
      counts: steps.reduce(count, { ...this.#gone }),
      dropped: this.#dropped,
      lost: this.lost,
      entries: steps,
    };
  }

  #mark(name: 'started_ns' | 'stopped_ns' | 'removed_ns', at: Stamped): void {
    (this.#facts as Record<string, unknown>)[name] = BigInt(at.mono);
    this.#end = later(this.#end, at.time);
  }

  /** On a hybrid host a runtime makes a cgroup and moves a process into it once for each hierarchy. */
  #merged(entry: TimelineEntry): boolean {
    const back = entry.kind === 'cgroup' ? cgroupSteps : 1;
    const from = this.#entries.length - 1;
    for (let index = from; index >= 0 && index > from - back; index -= 1) {
      if (merge(this.#entries[index]!.entry, entry)) {
        return true;
      }
    }
    return false;
  }
}

/** How deep processes are in the tree, by the entries so far. */
class Depths {
  readonly #byPid = new Map<number, number>();

  of({ kind, pid, ppid }: TimelineEntry): number {
    let depth = this.#byPid.get(pid);
    if (depth === undefined || kind === 'fork') {
      const above = ppid === undefined ? undefined : this.#byPid.get(ppid);
      depth = above === undefined ? 0 : above + 1;
      this.#byPid.set(pid, depth);
    }
    if (kind === 'exit') {
      this.#byPid.delete(pid);
    }
    return depth;
  }
}

const count = (counts: Record<string, number>, { kind }: TimelineEntry): Record<string, number> => {
  counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

/** Takes one entry into the one before it, where a reader would see one step. */
const merge = (last: TimelineEntry, entry: TimelineEntry): boolean => {
  if (last.kind !== entry.kind || last.pid !== entry.pid || last.op !== entry.op) {
    return false;
  }
  if (entry.kind === 'cgroup') {
    if (entry.op === 'rename' && entry.paths?.join('\0') !== last.paths?.join('\0')) {
      return false;
    }
    last.paths = [...new Set([...(last.paths ?? []), ...(entry.paths ?? [])])];
    last.hierarchies = [...new Set([...(last.hierarchies ?? []), ...(entry.hierarchies ?? [])])];
    return true;
  }
  if (entry.kind === 'namespace' && entry.op === 'setns') {
    last.joined = { ...last.joined, ...entry.joined };
    return true;
  }
  return false;
};

/** RFC 3339 in UTC: later is greater. */
const later = (a: string, b: string): string => (a < b ? b : a);

/** Of times in ns, as digits without leading zeros. */
const isBefore = (a: string, b: string): boolean => (a.length === b.length ? a < b : a.length < b.length);
