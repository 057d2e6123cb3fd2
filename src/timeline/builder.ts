import type { ContainerInfo, ContainerRef, NstraceRecord, ProcessRecord, RecordOf } from '../record/schema.ts';
import { readRuntimeCommand } from '../runtimes/index.ts';
import { Draft } from './draft.ts';
import { entryOf } from './entry.ts';
import type { Timeline, TimelineEntry } from './schema.ts';

/** Steps of a runtime's command before it is known which container it is about. */
const maxSteps = 200;
/** How long after its removal a container waits for the end of the command that ran it. */
const lingerNs = 2_000_000_000n;

/** What somebody outside does for a container, with all of its children: `runc run`, `docker exec`, `nsenter`. */
interface Invocation {
  readonly pid: number;
  /** Begun by a runtime's command: what its children execute is part of it. Others end with the next program. */
  readonly ofRuntime: boolean;
  steps: { entry: TimelineEntry; at: ProcessRecord }[];
  draft: Draft | undefined;
}

interface Known {
  readonly pid: number;
  invocation: Invocation | undefined;
  exec: { entry: TimelineEntry; at: ProcessRecord } | undefined;
}

export interface BuilderOptions {
  /** Whether an event in a container is wanted; what is done from outside always is. */
  readonly wantsRecord: (record: NstraceRecord) => boolean;
  /** A timeline to which nothing more will come, and when processes outside began to work for it, by pid. */
  readonly onDone: (timeline: Timeline, helpers: ReadonlyMap<number, string>) => void;
  /** How many entries are kept, if fewer than usual will do. */
  readonly kept?: number;
  /** Which recording it is, and of which host, if several are read at once. */
  readonly source?: Pick<Timeline, 'host' | 'recording'>;
}

/** Makes timelines out of records, as they come: of each container from who asked for it to its removal. */
export class TimelineBuilder {
  readonly #options: BuilderOptions;
  readonly #drafts = new Map<string, Draft>();
  readonly #removed = new Map<Draft, bigint>();
  readonly #processes = new Map<number, Known>();
  /** Which drafts wait for the end of a process. */
  readonly #waiting = new Map<number, Draft[]>();

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  take(record: NstraceRecord): void {
    this.#report(record);
    if (this.#removed.size > 0) {
      this.#finishRemoved(BigInt(record.mono));
    }
  }

  /** Time goes on though no record comes. */
  passed(mono: string): void {
    if (this.#removed.size > 0) {
      this.#finishRemoved(BigInt(mono));
    }
  }

  #report(record: NstraceRecord): void {
    switch (record.type) {
      case 'namespace':
        // Calls that changed nothing are no step of a life.
        return record.repeated === undefined ? this.#process(record) : undefined;
      case 'process':
      case 'exec':
      case 'fork':
      case 'exit':
      case 'cgroup':
        return this.#process(record);
      case 'container':
        return this.#container(record);
      case 'lost':
        for (const draft of this.#drafts.values()) {
          draft.lost += record.count;
        }
        return;
      default:
    }
  }

  /** What is left, when nothing more comes. */
  finish(): void {
    const left = [...this.#removed.keys(), ...this.#drafts.values()];
    this.#removed.clear();
    this.#drafts.clear();
    for (const draft of left) {
      this.#options.onDone(draft.finish(this.#options.source), draft.helpers);
    }
  }

  #process(record: ProcessRecord): void {
    const known = this.#know(record);
    if (record.container === null && known.invocation === undefined && isPassing(record)) {
      this.#ends(record);
      return;
    }
    const entry = entryOf(record);
    if (record.type === 'exec' && record.ret === 0) {
      this.#executes(known, record, entry);
    } else if (record.type === 'namespace' && record.container === null && known.invocation === undefined) {
      known.invocation = this.#invocationOf(known);
    }
    if (record.container !== null) {
      this.#inContainer(record, entry);
    } else if (known.invocation !== undefined && record.type !== 'cgroup') {
      this.#outside(known.invocation, entry, record);
    }
    this.#ends(record);
  }

  #ends(record: ProcessRecord): void {
    if (record.type === 'exit') {
      this.#processes.delete(record.pid);
      for (const draft of this.#waiting.get(record.pid) ?? []) {
        draft.waitingFor.delete(record.pid);
      }
      this.#waiting.delete(record.pid);
    }
  }

  #know(record: ProcessRecord): Known {
    const before = this.#processes.get(record.pid);
    if (before !== undefined && record.type !== 'fork') {
      return before;
    }
    const parent = 'ppid' in record ? this.#processes.get(record.ppid) : undefined;
    const known = { pid: record.pid, invocation: parent?.invocation, exec: undefined };
    this.#processes.set(record.pid, known);
    return known;
  }

  #executes(known: Known, record: RecordOf<'exec'>, entry: TimelineEntry): void {
    const command = readRuntimeCommand(record.args, record.exe);
    const before = known.exec?.entry;
    if (command !== undefined && before !== undefined && before.args?.join('\0') === entry.args?.join('\0')) {
      entry.again = true;
    }
    known.exec = { entry, at: record };
    if ((command?.action === 'start' || command?.action === 'enter') && known.invocation?.pid !== record.pid) {
      known.invocation = { pid: record.pid, ofRuntime: true, steps: [], draft: undefined };
      if (record.container !== null) {
        known.invocation.steps.push(known.exec);
      }
      this.#linkKnown(record);
    } else if (known.invocation?.ofRuntime === false && record.container === null) {
      known.invocation = undefined;
    }
  }

  /** A process that turns out to begin an invocation, to which its program belongs. */
  #invocationOf(known: Known): Invocation {
    const steps = known.exec === undefined ? [] : [known.exec];
    return { pid: known.pid, ofRuntime: false, steps, draft: undefined };
  }

  #inContainer(record: ProcessRecord, entry: TimelineEntry): void {
    const draft = this.#draftOf(record.container!, record);
    if (record.type === 'exec' && record.ret === 0) {
      if (draft.startsWith === record.pid) {
        draft.startsWith = undefined;
        entry.starts = true;
      }
      const by = draft.entersWith.get(record.pid);
      if (by !== undefined) {
        draft.entersWith.delete(record.pid);
        entry.joined_by = by.by;
        entry.joined_asked_by = by.asked_by;
      }
    }
    if (this.#options.wantsRecord(record)) {
      draft.add(entry, record);
    }
  }

  #outside(invocation: Invocation, entry: TimelineEntry, at: ProcessRecord): void {
    entry.helper = true;
    if (invocation.draft !== undefined) {
      invocation.draft.add(entry, at);
    } else if (invocation.steps.length < maxSteps) {
      invocation.steps.push({ entry, at });
    }
  }

  #container(record: RecordOf<'container'>): void {
    const { container, op, by, asked_by: person } = record;
    const draft = this.#draftOf(container, record, op === 'seen');
    draft.container = container;
    if (by !== undefined) {
      this.#link(by.pid, draft);
    }
    switch (op) {
      case 'created':
        return draft.asked(by, person);
      case 'started':
        draft.asked(by, person);
        return draft.started(record);
      case 'joined':
        if (record.pid !== undefined && by !== undefined) {
          draft.entersWith.set(record.pid, { by, asked_by: person });
        }
        return;
      case 'stopped':
        return draft.stopped(record);
      case 'removed':
        draft.removed(record);
        this.#drafts.delete(keyOf(container));
        this.#removed.set(draft, BigInt(record.mono) + lingerNs);
        return;
      default:
    }
  }

  /** Engines do not wait for the runtime, which can have ended before its program joins: whom it works for is said before. */
  #linkKnown({ pid, role, for: served }: RecordOf<'exec'>): void {
    const draft = role === 'runtime' && served !== undefined ? this.#drafts.get(keyOf(served)) : undefined;
    if (draft !== undefined) {
      this.#link(pid, draft);
    }
  }

  /** What that process did so far, and what it will do, is for this container. */
  #link(pid: number, draft: Draft): void {
    const known = this.#processes.get(pid);
    if (known === undefined) {
      return;
    }
    // Not that of a process above it, and one invocation is for one container.
    if (known.invocation?.pid !== pid || (known.invocation.draft !== undefined && known.invocation.draft !== draft)) {
      known.invocation = this.#invocationOf(known);
    }
    const { invocation } = known;
    if (invocation.draft !== draft) {
      invocation.draft = draft;
      draft.waitingFor.add(invocation.pid);
      this.#waiting.set(invocation.pid, [...(this.#waiting.get(invocation.pid) ?? []), draft]);
      for (const { entry, at } of invocation.steps) {
        draft.add({ ...entry, helper: true }, at);
      }
      invocation.steps = [];
    }
  }

  #draftOf(container: ContainerInfo, at: { time: string; mono: string }, seen = false): Draft {
    const key = keyOf(container);
    let draft = this.#drafts.get(key);
    if (draft === undefined) {
      // Late exits of a container that was just removed are its.
      draft = seen ? undefined : [...this.#removed.keys()].findLast((gone) => keyOf(gone.container) === key);
      if (draft !== undefined && !('op' in at && at.op === 'created')) {
        return draft;
      }
      draft = new Draft(container, at, seen, this.#options.kept);
      this.#drafts.set(key, draft);
    }
    return draft;
  }

  #finishRemoved(now: bigint): void {
    for (const [draft, until] of this.#removed) {
      if (draft.waitingFor.size === 0 || now > until) {
        this.#removed.delete(draft);
        this.#options.onDone(draft.finish(this.#options.source), draft.helpers);
      }
    }
  }
}

/** What changes nothing for any container where it happens outside of all, and in no invocation. */
const isPassing = ({ type }: ProcessRecord): boolean => type === 'fork' || type === 'exit';

/** Recordings of 0.1 have no instances: there runtimes distinguish containers of one id. */
const keyOf = ({ instance, runtime, id }: ContainerRef): string =>
  instance === undefined ? `${runtime}\0${id}` : String(instance);
