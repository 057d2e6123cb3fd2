import type { Subject } from '../../filter/subject.ts';
import type { NamespaceSet, NstraceRecord, RecordOf } from '../../record/schema.ts';
import type { Droppable } from './fair-log.ts';
import type { Group } from './group.ts';

export const viewKinds = ['exec', 'failed', 'exit', 'join', 'namespace', 'container', 'fork', 'cgroup'] as const;
export type ViewKind = (typeof viewKinds)[number];

/** One line of the view: a record and what it belongs to. */
export interface ViewEvent extends Droppable {
  /** Rises with every event. */
  readonly id: number;
  readonly kind: ViewKind | 'lost';
  readonly record: NstraceRecord;
  /** What a filter asks about. */
  readonly subject: Subject;
  readonly group: Group;
  /** Who did it, if that is known. */
  readonly process: ViewProcess | undefined;
  /** Not listed where this one is, which stands for it. */
  foldedInto: ViewEvent | undefined;
  /** Failed execs that were attempts at this one, as a search through PATH makes them. */
  misses: Fold<RecordOf<'exec'>> | undefined;
  /** Earlier runs of the same command that this one stands for. */
  runs: Fold<EndedEntrance> | undefined;
  /** What the runtime did for it. */
  work: Fold<ViewEvent> | undefined;
}

/** What stands behind one line: how many, and the last of them. */
export interface Fold<Item> {
  count: number;
  readonly last: Item[];
}

/** A command that entered and has ended. */
export interface EndedEntrance {
  readonly time: string;
  readonly end: string;
}

/** Items behind one line that are remembered. */
const maxFolded = 50;

export const addTo = <Item>(fold: Fold<Item> | undefined, item: Item): Fold<Item> => {
  const whole = fold ?? { count: 0, last: [] };
  whole.count += 1;
  whole.last.push(item);
  if (whole.last.length > maxFolded) {
    whole.last.shift();
  }
  return whole;
};

/** A process, by pid and start. Times are kernel times in ns. */
export interface ViewProcess {
  readonly pid: number;
  ppid: number;
  parent: ViewProcess | undefined;
  nspid: readonly number[];
  ns: NamespaceSet;
  group: Group;
  program: RecordOf<'exec'> | RecordOf<'process'> | undefined;
  comm: string;
  /** The exec of what it runs, or that it was there before: what a filter is asked about. */
  runs: ViewEvent | undefined;
  /** It was there before tracing began. */
  readonly before: boolean;
  readonly startAt: number;
  endAt: number | undefined;
  end: string | undefined;
  exit: ViewEvent | undefined;
  readonly marks: { at: number; kind: 'exec' | 'starts' | 'joins' }[];
  /** Execs of its children, and how many a second of late. */
  readonly spawned: Activity;
  /** How it came into its container, or the ancestor that brought it: who started or entered it. */
  came: RecordOf<'container'> | undefined;
  /** The first change of its namespaces in a row, and the time of the last one. */
  changes: { readonly first: ViewEvent; readonly at: number } | undefined;
  /** The entering that it is part of. */
  entry: Entry | undefined;
  /** What it does for a container from outside. */
  invocation: Invocation | undefined;
  dropped: boolean;
}

/**
 * One call of a container runtime, or a monitor: all that its processes do from outside until the container's own program
 * runs. They stand behind what they led to: the container that was created, or was entered.
 */
export interface Invocation {
  /** A monitor calls the runtime more than once: each call is an invocation below it. */
  readonly isMonitor: boolean;
  readonly result: ViewEvent | undefined;
  /** Takes one of its events; whether that is folded into what it led to. */
  take(event: ViewEvent): boolean;
  /** What it did has led to this event. Whether events were folded. */
  leadsTo(result: ViewEvent): boolean;
}

/** One entering of a container: a process that joined, and all that comes of it. */
export interface Entry {
  /** Its command line; known from its exec on. */
  line: string;
  readonly events: ViewEvent[];
  exec: ViewEvent | undefined;
  /** How the process that joined ended. */
  end: string | undefined;
  endTime: string;
}

/** A count, and a rate that fades within seconds. */
export class Activity {
  count = 0;
  #rate = 0;
  #at = 0;

  add(at: number): void {
    this.#rate = this.perSecond(at) + 1 / fadeSeconds;
    this.#at = at;
    this.count += 1;
  }

  perSecond(now: number): number {
    return this.#rate * Math.exp(-Math.max(0, now - this.#at) / 1e9 / fadeSeconds);
  }
}

/** Seconds in which a rate fades to a third. */
const fadeSeconds = 5;
