import type { Namespaces } from '../kernel/namespaces.ts';
import { type Text, textOf } from '../kernel/text.ts';
import { monoOfTicks, type Nanoseconds, ticksOf } from '../kernel/time.ts';
import type {
  CgroupEvent,
  ExecEvent,
  ExitEvent,
  FailedExecEvent,
  FoldedEvent,
  ForkEvent,
  HeldFork,
  KernelEvent,
  LostEvent,
  NamespaceEvent,
  Stamp,
  Who,
} from '../probe/event.ts';
import type { ProcProcess } from '../procfs/process.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { CgroupReading, ContainerState, RuntimeCommand } from '../runtimes/runtime.ts';
import { CgroupPaths, CgroupSet } from './cgroups.ts';
import type { WallClock } from './clock.ts';
import type { Container, Identity } from './container.ts';
import { Containers } from './containers.ts';
import { ContainerLives, type End } from './life.ts';
import { asksForNamespaces, signalName } from './names.ts';
import type { RuntimeKnowledge } from './naming.ts';
import { type Command, type Process, ProcessTable } from './process.ts';
import { RecentSet } from './recent.ts';
import { Records } from './records.ts';
import { requesterOf } from './requester.ts';

export interface ModelOptions {
  /** The host's own namespaces, those of its init. */
  readonly host: Namespaces;
  /** Names of cgroup hierarchies by the kernel's number; '' is the unified one. */
  readonly hierarchies: ReadonlyMap<number, string>;
  /** Paths of unified cgroups by id. */
  readonly cgroupPaths: ReadonlyMap<number, string>;
  readonly clock: WallClock;
  readonly readCommand: (args: readonly Text[], exe: Text) => RuntimeCommand | undefined;
  readonly runtimes: RuntimeKnowledge;
  /** Takes records without their number: `seq` is given where they are written. */
  readonly emit: (record: NstraceRecord) => void;
}

/** What was in the stream about a process before it was read from /proc. */
export type AlreadyTold = (pid: number, startTicks: number) => 'born' | 'ran' | undefined;

/** Of a command line so long only the beginning is remembered while its process lives: what a runtime is told is there. */
const maxKeptBytes = 64_000;
const maxKeptArguments = 256;
/** So many exits back a second one of the same process is known to be one. */
const maxRecentlyEnded = 1024;

/**
 * Makes records out of kernel events: knows the processes, their namespaces and cgroups, and the containers. Pure: no
 * files, no clock of its own.
 */
export class Model {
  readonly #options: ModelOptions;
  readonly #records: Records;
  readonly #emit: (record: NstraceRecord) => void;
  readonly #processes = new ProcessTable();
  readonly #containers: Containers;
  readonly #lives: ContainerLives;
  readonly #cgroupPaths = new CgroupPaths();
  readonly #ended = new RecentSet(maxRecentlyEnded);
  /** Chosen by the kernel, and not ended yet. */
  readonly #oomVictims = new Set<number>();
  /** The last failed exec of a process and how many were folded, for the record that tells of the folded ones. */
  readonly #failed = new Map<number, { record: RecordOf<'exec'>; folded: number }>();

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#records = new Records(options.clock);
    this.#emit = options.emit;
    this.#containers = new Containers(options.host);
    this.#lives = new ContainerLives(this.#containers, this.#processes, options.clock, options.runtimes, options.emit);
    for (const [id, path] of options.cgroupPaths) {
      this.#cgroupPaths.learn(id, path);
    }
  }

  /** Processes and containers that were there when tracing began, before the first event is given. */
  baseline(
    running: readonly ProcProcess[],
    states: readonly ContainerState[],
    time: Nanoseconds,
    alreadyTold: AlreadyTold = () => undefined,
  ): void {
    const known = this.#containers.all();
    this.#recall(states, running);
    const fresh = running.filter((process) => alreadyTold(process.pid, process.startTicks) !== 'born');
    const processes = fresh.map((process) => this.#known(process));
    const seen = new Set<Container>(known);
    for (const [index, process] of processes.entries()) {
      this.#lives.adopt(process, this.#processes.get(process.ppid), time);
      const { container } = process;
      if (container !== undefined && !seen.has(container)) {
        seen.add(container);
        this.#lives.seen(container, time);
      }
      if (alreadyTold(process.pid, process.startTicks) === undefined) {
        this.#emit(this.#records.process(process, fresh[index]!, time, this.#processes.get(process.ppid)));
      }
    }
  }

  /**
   * After a gap: processes that ended in it are dropped, without an exit that nobody saw, and those that are new are told as
   * those that were there before.
   */
  resume(running: readonly ProcProcess[], time: Nanoseconds, alreadyTold: AlreadyTold): void {
    const alive = new Set(running.map(({ pid, startTicks }) => `${pid} ${startTicks}`));
    for (const process of [...this.#processes.values()]) {
      if (!alive.has(`${process.pid} ${process.startTicks}`) && process.startAt < time.at) {
        this.#processes.remove(process);
        this.#lives.ended(process, time, {});
      }
    }
    const fresh = running.filter(({ pid, startTicks }) => this.#processes.find(pid, startTicks) === undefined);
    this.baseline(fresh, [], time, alreadyTold);
  }

  /** Ten times a second: what could be known by now, is asked for. */
  beat(time: Nanoseconds): void {
    this.#lives.naming.beat(time);
  }

  event(event: KernelEvent): void {
    switch (event.kind) {
      case 'exec':
        return this.#exec(event);
      case 'exit':
        return this.#exit(event);
      case 'fork':
        return this.#fork(event);
      case 'namespace':
        return this.#namespace(event);
      case 'cgroup':
        return this.#cgroup(event);
      case 'failed':
        return this.#failedExec(event);
      case 'folded':
        return this.#folded(event);
      case 'oom':
        return void this.#oomVictims.add(event.pid);
      case 'lost':
        return this.lost(event, 'kernel');
    }
  }

  lost(event: LostEvent, stage: RecordOf<'lost'>['stage']): void {
    this.#emit(this.#records.lost(event, stage));
  }

  #exec(event: ExecEvent): void {
    const process = this.#living(event, event, event.ppid);
    process.ppid = event.ppid;
    process.ns = event.ns;
    process.nspid = event.nspid;
    process.uid = event.uid;
    process.gid = event.gid;
    process.comm = event.comm;
    process.exe = event.exe;
    process.args = event.argsSent > maxKeptBytes ? event.args.slice(0, maxKeptArguments) : event.args;
    const path = this.#cgroupPaths.get(event.cgroupId);
    if (path !== undefined) {
      process.cgroups = process.cgroups.with('', path);
    }
    process.command = this.#commandOf(process, event.at);
    const action = process.command?.action;
    if (action === 'monitor') {
      this.#lives.naming.hint(process.command!, event);
    } else if (action === 'start' || action === 'enter') {
      process.errand = process.command;
    }
    this.#lives.place(process, event);
    this.#lives.ran(process, event);
    if (action === undefined || action === 'monitor') {
      // It runs something else now.
      process.errand = undefined;
    }
    this.#emit(this.#records.exec(event, process, this.#processes.get(event.ppid)));
  }

  /** What a program asks a runtime for. Runtimes execute themselves again, from a copy: they were called the first time. */
  #commandOf(process: Process, at: number): Command | undefined {
    const command = this.#options.readCommand(process.args, process.exe);
    if (command === undefined) {
      return undefined;
    }
    const before = process.command;
    const again = before?.action === command.action && before.id === command.id && before.by.pid === process.pid;
    return { ...command, by: again ? before.by : { ...requesterOf(process), at }, from: process.container };
  }

  #failedExec(event: FailedExecEvent): void {
    const process = this.#living(event, { vfork: 0 }, event.ppid);
    const record = this.#records.failedExec(event, process, this.#processes.get(event.ppid));
    this.#failed.set(event.pid, { record, folded: this.#failed.get(event.pid)?.folded ?? 0 });
    this.#emit(record);
  }

  /** Failed execs that were only counted are told with the last one that was not. */
  #folded(event: FoldedEvent): void {
    const last = this.#failed.get(event.pid);
    const told = last?.folded ?? 0;
    // A bpftrace that was started again counts from 0.
    const more = event.total - (event.total < told ? 0 : told);
    if (last !== undefined && more > 0) {
      last.folded = event.total;
      this.#emit(this.#records.folded(last.record, more, event));
    } else if (event.last && more > 0) {
      // The line of the one that they are like was lost.
      const { mono, at, cpu, seq } = event;
      this.lost({ kind: 'lost', count: more, exact: true, from: mono, to: mono, mono, at, cpu, seq }, 'kernel');
    }
    if (event.last) {
      this.#failed.delete(event.pid);
    }
  }

  #fork(event: ForkEvent): void {
    const parent = this.#processes.get(event.ppid);
    const maker = this.#processes.get(event.by) ?? parent;
    const process = this.#birth(event, event.ppid, maker, event.nspid, event.whole ? event.ns : undefined);
    process.uid = event.uid;
    process.gid = event.gid;
    const made = asksForNamespaces(event.flags);
    if (made && maker !== undefined && process.ns.mnt !== maker.ns.mnt) {
      process.mntMoved = true;
    }
    const path = this.#cgroupPaths.get(event.cgroupId);
    if (path !== undefined) {
      process.cgroups = process.cgroups.with('', path);
    }
    this.#admit(process, event);
    this.#lives.inherit(process, maker, event);
    this.#emit(this.#records.fork(process, event, event.flags, event.by));
    if (made) {
      if (process.container !== undefined) {
        process.container.namespacesAt ??= event.at;
      }
      this.#emit(this.#records.cloned(event, event.flags, process));
    }
  }

  #exit(event: ExitEvent): void {
    const startTicks = ticksOf(event.start);
    let process = this.#processes.find(event.pid, startTicks);
    if (process === undefined && this.#ended.has(`${event.pid} ${startTicks}`)) {
      // Two threads that left at once both told it (probes/exit.bt).
      return;
    }
    this.#ended.add(`${event.pid} ${startTicks}`);
    if (process === undefined && event.vfork !== 0) {
      process = this.#living(event, event, event.ppid);
      process.nspid = event.nspid;
    }
    const signal = event.status & 0x7f;
    const end: End = signal === 0 ? { code: (event.status >>> 8) & 0xff } : { signal: signalName(signal) };
    if (this.#oomVictims.delete(event.pid) && signal !== 0) {
      end.oom = true;
    }
    this.#emit(this.#records.exit(event, end, process, this.#containers.ofPidns(event.pidns)));
    this.#failed.delete(event.pid);
    if (process !== undefined) {
      this.#processes.remove(process);
      this.#lives.ended(process, event, end);
    }
  }

  #namespace(event: NamespaceEvent): void {
    const process = this.#living(event, event, event.ppid);
    if (event.tid === event.pid) {
      process.ns = { ...event.after, pid: process.ns.pid, time: process.ns.time };
      process.mntMoved ||= event.after.mnt !== event.before.mnt;
      if (event.op === 'setns') {
        process.enteredBy = requesterOf(process);
      }
      this.#lives.place(process, event);
    }
    if (process.container !== undefined) {
      process.container.namespacesAt ??= event.at;
    }
    this.#emit(this.#records.namespace(event, process));
  }

  #cgroup(event: CgroupEvent): void {
    const hierarchy = this.#options.hierarchies.get(event.root) ?? `${event.root}`;
    const path = textOf(event.path);
    const doer = this.#processes.get(event.by);
    if (event.op === 'mkdir' && event.root === 0) {
      this.#cgroupPaths.learn(event.id, path);
    }
    if (event.op !== 'rmdir') {
      if (doer !== undefined) {
        this.#claimForRuntime(event, path, doer, hierarchy);
      }
      this.#lives.recognisePath({ hierarchy, path }, event, doer);
    }
    const about = event.op === 'attach' ? this.#processes.get(event.pid) : doer;
    if (event.op === 'attach' && about !== undefined) {
      about.cgroups = about.cgroups.with(hierarchy, path);
      this.#lives.place(about, event, doer);
    }
    const owner = this.#containers.ofCgroups(new CgroupSet(new Map([[hierarchy, path]])));
    this.#emit(this.#records.cgroup(event, hierarchy, about, owner));
    if (event.op === 'rmdir') {
      this.#cgroupPaths.forget(event.root === 0 ? event.id : -1);
      const emptied = this.#containers.dropCgroup(hierarchy, path);
      if (emptied !== undefined) {
        this.#lives.remove(emptied, event);
      }
    }
  }

  /** A cgroup that a runtime makes for an id, or moves the container's first process into, is that container's. */
  #claimForRuntime(event: CgroupEvent, path: string, doer: Process, hierarchy: string): void {
    const { command } = doer;
    if (command?.action !== 'start' || command.id === undefined) {
      return;
    }
    const { owner, labels } = this.#options.runtimes.readCgroup(path);
    const name = path.slice(path.lastIndexOf('/') + 1);
    const named = name === command.id || name.endsWith(`-${command.id}.scope`);
    const moved = event.op === 'attach' && event.pid !== event.by && path !== doer.cgroups.paths.get(hierarchy);
    if (owner !== 'monitor' && (named || moved || owner !== undefined)) {
      const { id, runtime } = command;
      const identity = {
        id,
        name: id,
        runtime: owner !== undefined && owner.guessed !== true ? owner.runtime : runtime,
        labels,
      };
      this.#lives.claim({ hierarchy, path }, identity as Identity, event, command);
    }
  }

  /** The process an event is about. If its birth was held back, or lost, it is made up for now. */
  #living(event: Stamp & Who & { nspid?: number[]; pidns?: number }, held: HeldFork, ppid: number): Process {
    const known = this.#processes.find(event.pid, ticksOf(event.start));
    if (known !== undefined) {
      return known;
    }
    const parent = this.#processes.get(ppid);
    const process = this.#birth(event, ppid, parent, event.nspid ?? [event.pid], undefined);
    this.#admit(process, event);
    this.#lives.inherit(process, parent, event);
    if (held.vfork !== 0) {
      this.#emit(this.#records.fork(process, event.start, held.vfork, ppid));
    }
    return process;
  }

  /** A pid that is used again tells that its process before has ended, though that was lost. */
  #admit(process: Process, time: Nanoseconds): void {
    const before = this.#processes.add(process);
    if (before !== undefined) {
      this.#oomVictims.delete(before.pid);
      this.#lives.ended(before, time, {});
    }
  }

  #birth(event: Who, ppid: number, parent: Process | undefined, nspid: number[], ns: Namespaces | undefined): Process {
    return {
      pid: event.pid,
      startTicks: ticksOf(event.start),
      startAt: event.start.at,
      ppid,
      nspid,
      ns: ns ?? parent?.ns ?? this.#options.host,
      uid: parent?.uid ?? 0,
      gid: parent?.gid ?? 0,
      comm: parent?.comm ?? '',
      exe: parent?.exe ?? '',
      args: parent?.args ?? [],
      cgroups: parent?.cgroups ?? CgroupSet.none,
      mntMoved: parent?.mntMoved ?? false,
      container: undefined,
      origin: undefined,
      settled: false,
      command: parent?.command,
      errand: parent?.errand,
      enteredBy: parent?.enteredBy,
    };
  }

  /** Containers that run already, as their runtimes say: theirs are the cgroups that their init is in. */
  #recall(states: readonly ContainerState[], running: readonly ProcProcess[]): void {
    const byPid = new Map(running.map((process) => [process.pid, process]));
    for (const state of states) {
      const container = this.#containers.make(state);
      container.init = state.init;
      const init = byPid.get(state.init);
      for (const [hierarchy, path] of init?.cgroups ?? []) {
        if (state.cgroups.includes(path) || isOf(this.#options.runtimes.readCgroup(path), state.id)) {
          this.#containers.claimCgroup(hierarchy, path, container);
        }
      }
      if (init?.ns !== undefined) {
        this.#containers.claimNamespaces(init.ns, container);
      }
    }
  }

  #known(found: ProcProcess): Process {
    const process: Process = {
      pid: found.pid,
      startTicks: found.startTicks,
      startAt: Number(monoOfTicks(found.startTicks)),
      ppid: found.ppid,
      nspid: found.nspid,
      ns: found.ns ?? this.#options.host,
      uid: found.uid,
      gid: found.gid,
      comm: found.comm,
      exe: found.exe,
      args: found.args,
      cgroups: new CgroupSet(found.cgroups),
      mntMoved: false,
      container: undefined,
      origin: undefined,
      settled: false,
      command: undefined,
      errand: undefined,
      enteredBy: undefined,
    };
    process.command = this.#commandOf(process, process.startAt);
    if (process.command?.action === 'start' || process.command?.action === 'enter') {
      process.errand = process.command;
    }
    // The runtime's own process in a container that was created and not started yet has its program before it.
    process.settled = process.command?.action !== 'helper' && process.command?.action !== 'start';
    this.#processes.add(process);
    return process;
  }
}

/** Whether a cgroup is that of a container by its path. */
const isOf = ({ owner }: CgroupReading, id: string): boolean => owner !== 'monitor' && owner?.id === id;
