import type { NamespaceSet, RecordOf } from '../../record/schema.ts';
import { Activity, type ViewProcess } from './event.ts';
import { FairLog, Shares } from './fair-log.ts';
import type { Group } from './group.ts';
import type { Source } from './source.ts';
import type { Trace, Traces } from './traces.ts';

/** Processes that have ended and are still drawn as lanes. */
export const maxEndedProcesses = 4000;
/** Marks of one process that are drawn. */
const maxMarks = 20;

export interface About {
  readonly pid: number;
  readonly ppid: number;
  readonly nspid: number[];
  readonly ns: NamespaceSet;
}

/** Processes that live, and the last that have ended. A process is (source, pid, start): pids are used again. */
export class Processes {
  readonly #traces: Traces;
  readonly ended = new FairLog<ViewProcess>({
    ...{ capacity: maxEndedProcesses, maxWeight: maxEndedProcesses },
    weigh: () => 1,
    // Chains of parents that are gone would grow for ever.
    onDrop: (process) => {
      process.parent = undefined;
    },
  });
  readonly #shares = new Shares(this.ended);

  constructor(traces: Traces) {
    this.#traces = traces;
  }

  get size(): number {
    return this.#traces.all.reduce((sum, { processes }) => sum + processes.size, 0);
  }

  /** Those that live. */
  *values(): Generator<ViewProcess> {
    for (const { processes } of this.#traces.all) {
      yield* processes.values();
    }
  }

  /** @param source the first one where there are several */
  get(pid: number, source: Source = this.#traces.first.source): ViewProcess | undefined {
    return this.#traces.of(source)?.processes.get(pid);
  }

  /** The process that had that pid at that time: it may have another one now. */
  at(pid: number, source: Source, at: number): ViewProcess | undefined {
    const was = ({ startAt, endAt = Number.POSITIVE_INFINITY }: ViewProcess): boolean => startAt <= at && at <= endAt;
    const living = this.get(pid, source);
    return living !== undefined && was(living)
      ? living
      : this.ended.all.findLast((process) => process.pid === pid && process.group.source === source && was(process));
  }

  /**
   * The process that a record is about; undefined where the one that had its pid is known to be another one, whose end was
   * lost: a process never gets other pids, and has one start.
   *
   * @param startedAt its start, if the record says that
   */
  current(
    { processes }: Trace,
    { pid, nspid }: { pid: number; nspid: readonly number[] },
    startedAt?: number,
  ): ViewProcess | undefined {
    const known = processes.get(pid);
    if (known === undefined) {
      return undefined;
    }
    const began = startedAt !== undefined && !known.before && known.startAt < startedAt - birthNs;
    if (began || isOther(known.nspid, nspid)) {
      this.#forget(known);
      return undefined;
    }
    return known;
  }

  begin(
    { processes }: Trace,
    { pid, ppid, nspid, ns }: About,
    { group, startAt, before }: Pick<ViewProcess, 'group' | 'startAt' | 'before'>,
  ): ViewProcess {
    const last = processes.get(pid);
    if (last !== undefined) {
      this.#forget(last);
    }
    const process: ViewProcess = {
      pid,
      ppid,
      nspid,
      ns,
      group,
      startAt,
      before,
      parent: processes.get(ppid),
      spawned: new Activity(),
      program: undefined,
      comm: '',
      runs: undefined,
      endAt: undefined,
      end: undefined,
      exit: undefined,
      marks: [],
      came: undefined,
      changes: undefined,
      entry: undefined,
      invocation: undefined,
      dropped: false,
    };
    group.alive += 1;
    group.ns ??= ns;
    processes.set(pid, process);
    return process;
  }

  /** It executed a program. */
  runs(process: ViewProcess, record: RecordOf<'exec'>, at: number, kind: ViewProcess['marks'][number]['kind']): void {
    process.program = record;
    process.comm = record.comm;
    process.ns = record.ns;
    if (process.ppid !== record.ppid || process.parent === undefined) {
      process.ppid = record.ppid;
      process.parent = this.get(record.ppid, process.group.source);
    }
    process.parent?.spawned.add(at);
    if (process.marks.length < maxMarks) {
      process.marks.push({ at, kind });
    }
  }

  end(process: ViewProcess, at: number, end: string): void {
    process.endAt = at;
    process.end = end;
    this.#forget(process);
    this.#shares.push(process.group, process);
  }

  move(process: ViewProcess, group: Group): void {
    if (process.group !== group) {
      process.group.alive -= 1;
      group.alive += 1;
      process.group = group;
    }
  }

  /** What a container had is the container's no more. */
  abandon(group: Group): void {
    this.#shares.abandon(group);
  }

  /** All that live in a trace do not, as far as is known. */
  clear({ processes }: Trace): void {
    for (const process of processes.values()) {
      process.group.alive -= 1;
    }
    processes.clear();
  }

  #forget(process: ViewProcess): void {
    process.group.alive -= 1;
    this.#traces.of(process.group.source)?.processes.delete(process.pid);
  }
}

/** Where it is not known how deep a process is, nothing can be said. */
const isOther = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.some((pid, index) => pid !== b[index]);

/** A pid comes again after all others: starts that are nearer to each other are of one process. */
const birthNs = 5e9;
