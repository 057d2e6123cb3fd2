import { type Namespaces, namespaceTypes } from '../kernel/namespaces.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type {
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
import { isDaemon } from '../runtimes/client/index.ts';
import type { ContainerState } from '../runtimes/runtime.ts';
import { engineIn, isItselfAgain } from '../runtimes/trust.ts';
import { AskedFor } from './asked/asked.ts';
import { type AlreadyTold, Baseline } from './baseline.ts';
import { born } from './birth.ts';
import { CgroupEvents } from './cgroup-events.ts';
import type { WallClock } from './clock.ts';
import { goesOn, isErrand, type ReadCommand, readCommand } from './command.ts';
import type { End } from './container.ts';
import { ContainerRecords } from './container-records.ts';
import { Containers } from './containers.ts';
import { FailedExecs } from './failed.ts';
import { ContainerLives } from './life.ts';
import { asksForNamespaces, signalName } from './names.ts';
import type { RuntimeKnowledge } from './naming.ts';
import { type Process, ProcessTable } from './process.ts';
import { RecentSet } from './recent.ts';
import { Records } from './records.ts';
import { requesterOf } from './requester.ts';
import { isOfHost, roleOf } from './roles.ts';

export interface ModelOptions {
  /** The host's own namespaces, those of its init. */
  readonly host: Namespaces;
  /** Names of cgroup hierarchies by the kernel's number; '' is the unified one. */
  readonly hierarchies: ReadonlyMap<number, string>;
  /** Paths of cgroups by hierarchy, and by id in it. */
  readonly cgroupPaths: ReadonlyMap<number, ReadonlyMap<number, string>>;
  readonly clock: WallClock;
  readonly readCommand: ReadCommand;
  readonly runtimes: RuntimeKnowledge;
  /** Of the host's users. */
  readonly userName?: ((uid: number) => string | undefined) | undefined;
  /** Takes records without their number: `seq` is given where they are written. */
  readonly emit: (record: NstraceRecord) => void;
}

/** Of a longer command line only the beginning is kept while its process lives: what a runtime is asked for is there. */
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
  readonly #asked: AskedFor;
  readonly #cgroups: CgroupEvents;
  readonly #baseline: Baseline;
  readonly #ended = new RecentSet(maxRecentlyEnded);
  readonly #failed = new FailedExecs();

  constructor(options: ModelOptions) {
    this.#options = options;
    this.#records = new Records(options.clock);
    this.#emit = options.emit;
    this.#containers = new Containers(options.host);
    this.#asked = new AskedFor({ live: () => this.#containers.all(), userName: options.userName ?? (() => undefined) });
    const containerRecords = new ContainerRecords(options.clock, this.#asked, options.emit);
    this.#lives = new ContainerLives(this.#containers, containerRecords, options.runtimes);
    const known = {
      processes: this.#processes,
      containers: this.#containers,
      lives: this.#lives,
      records: this.#records,
      readCgroup: options.runtimes.readCgroup,
      emit: options.emit,
    };
    this.#cgroups = new CgroupEvents({ ...known, hierarchies: options.hierarchies, paths: options.cgroupPaths });
    this.#baseline = new Baseline({
      ...known,
      containerRecords,
      asked: this.#asked,
      readCommand: options.readCommand,
    });
  }

  /** Processes and containers that were there when tracing began, before the first event is given. */
  baseline(
    running: readonly ProcProcess[],
    states: readonly ContainerState[],
    time: Nanoseconds,
    alreadyTold: AlreadyTold = () => undefined,
  ): void {
    this.#baseline.take(running, states, time, alreadyTold);
  }

  /** After a gap, from which no events came. */
  resume(running: readonly ProcProcess[], time: Nanoseconds, alreadyTold: AlreadyTold): void {
    this.#baseline.resume(running, time, alreadyTold);
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
        return this.#cgroups.event(event);
      case 'failed':
        return this.#failedExec(event);
      case 'folded':
        return this.#folded(event);
      case 'oom':
        // Noted with the exit (probe/order.ts).
        return;
      case 'lost':
        return this.lost(event, 'kernel');
    }
  }

  lost(event: LostEvent, stage: RecordOf<'lost'>['stage']): void {
    this.#asked.lost(event.at);
    this.#emit(this.#records.lost(event, stage));
  }

  #exec(event: ExecEvent): void {
    const process = this.#living(event, event, event.ppid, event.ns);
    this.#sayUnchanged(process, event);
    process.ppid = event.ppid;
    if (event.ns.mnt !== process.ns.mnt) {
      // By a thread that was not the leader: it was the program before this one.
      process.mntMoved = !isOfHost(process);
      process.ns = event.ns;
      this.#lives.place(process, event);
    }
    process.ns = event.ns;
    process.nspid = event.nspid;
    process.uid = event.uid;
    process.gid = event.gid;
    process.auid = event.auid;
    process.session = event.session;
    process.tty = event.tty;
    process.comm = event.comm;
    process.exe = event.exe;
    process.args = event.argsSent > maxKeptBytes ? event.args.slice(0, maxKeptArguments) : event.args;
    process.argsCut = event.argsSent < event.argsBytes || process.args.length < event.args.length;
    const path = this.#cgroups.pathOf(event.cgroupId);
    if (path !== undefined) {
      process.cgroups = process.cgroups.with('', path);
    }
    process.execAt = event.at;
    process.unshared = false;
    const engine = isItselfAgain(process.exe) ? process.engine : engineIn(process.exe);
    process.engine = engine;
    process.daemon ||= isDaemon(process.exe, process.args);
    this.#asked.executed(process, event.at);
    process.command = readCommand(process, this.#options.readCommand);
    const action = process.command?.action;
    if (isErrand(action)) {
      process.errand = process.command;
    }
    this.#lives.place(process, event);
    this.#lives.ran(process, event);
    if (action !== undefined && action !== 'helper') {
      this.#lives.noteCommand(process.command!);
    }
    if (!isErrand(action) && action !== 'helper' && !goesOn(process)) {
      // It runs something else now.
      process.errand = undefined;
    }
    process.role = roleOf(process);
    this.#emit(this.#records.exec(event, process, this.#processes.get(event.ppid)));
  }

  #failedExec(event: FailedExecEvent): void {
    const process = this.#living(event, event, event.ppid, undefined);
    if (event.comm !== undefined) {
      process.comm = event.comm;
    }
    const record = this.#records.failedExec(event, process, this.#processes.get(event.ppid));
    this.#failed.note(event.pid, record);
    this.#emit(record);
  }

  /** Failed execs that were only counted are reported with the last one that was not. */
  #folded(event: FoldedEvent): void {
    const { more, record } = this.#failed.count(event);
    if (more > 0 && record !== undefined) {
      this.#emit(this.#records.folded(record, more, event));
    } else if (more > 0) {
      // The line of the one that they are like was lost.
      const { mono, at, cpu, seq } = event;
      this.lost({ kind: 'lost', count: more, exact: true, from: mono, to: mono, mono, at, cpu, seq }, 'kernel');
    }
  }

  #fork(event: ForkEvent): void {
    const parent = this.#processes.get(event.ppid);
    const maker = this.#processes.get(event.by) ?? parent;
    const process = this.#birth(event, event.ppid, maker, event.nspid, event.whole ? event.ns : undefined);
    process.uid = event.uid;
    process.gid = event.gid;
    if (event.comm !== undefined && event.comm !== '') {
      process.comm = event.comm;
    }
    const made = asksForNamespaces(event.flags);
    if (maker !== undefined && process.ns.mnt !== maker.ns.mnt) {
      process.mntMoved = !isOfHost(maker);
    }
    this.#cgroups.born(process, event, maker);
    this.#admit(process, event);
    this.#lives.inherit(process, maker, event);
    this.#emit(this.#records.fork(process, event, event.flags, event.by));
    this.#cgroups.reportBirth(process, event);
    if (made) {
      if (process.membership !== undefined) {
        process.membership.container.namespacesAt ??= event.at;
      }
      this.#emit(this.#records.cloned(event, event.flags, process));
    }
  }

  #exit(event: ExitEvent): void {
    const key = `${event.pid} ${event.start.mono}`;
    let process = this.#processes.of(event);
    if (process === undefined && this.#ended.has(key)) {
      // Two threads that left at once both reported it (probes/exit.bt).
      return;
    }
    this.#ended.add(key);
    if (process === undefined && event.vfork !== 0) {
      process = this.#living(event, event, event.ppid, undefined);
    }
    const signal = event.status & 0x7f;
    const end: End = signal === 0 ? { code: (event.status >>> 8) & 0xff } : { signal: signalName(signal) };
    if (event.oom === true && signal !== 0) {
      end.oom = true;
    }
    if (process !== undefined) {
      this.#sayUnchanged(process, event);
    }
    this.#emit(this.#records.exit(event, end, process, this.#containers.ofPidns(event.pidns)));
    this.#failed.forget(event.pid);
    if (process !== undefined) {
      this.#processes.remove(process);
      this.#asked.ended(process, event, end);
      this.#lives.ended(process, event, end);
    }
  }

  #namespace(event: NamespaceEvent): void {
    const process = this.#living(event, event, event.ppid, undefined);
    process.childPidns = event.after.pid;
    process.unshared = true;
    if (event.op === 'setns') {
      process.enteredBy = requesterOf(process);
    }
    if (event.tid === event.pid) {
      process.ns = { ...event.after, pid: process.ns.pid, time: process.ns.time };
      if (event.after.mnt !== event.before.mnt) {
        process.mntMoved = !isOfHost(process);
        if (!process.mntMoved && process.engine !== undefined) {
          process.role = 'helper';
        }
      }
      this.#lives.place(process, event);
    }
    if (process.membership !== undefined) {
      process.membership.container.namespacesAt ??= event.at;
    }
    if (changesNothing(event)) {
      process.unchanged ??= { op: event.op, count: 0 };
      process.unchanged.count += 1;
    } else {
      this.#emit(this.#records.namespace(event, process));
    }
  }

  /** Calls that changed nothing are one record for each process and exec: a runtime makes many. */
  #sayUnchanged(process: Process, time: Nanoseconds): void {
    if (process.unchanged !== undefined) {
      const { op, count } = process.unchanged;
      process.unchanged = undefined;
      this.#emit(this.#records.unchanged(time, op, count, process));
    }
  }

  /** Nothing more will come. */
  finish(time: Nanoseconds): void {
    for (const process of this.#processes.values()) {
      this.#sayUnchanged(process, time);
    }
  }

  /** The process an event is about. If its birth was held back, or lost, it is made up for now. */
  #living(
    event: Stamp & Who & { nspid?: number[]; pidns?: number },
    held: Partial<HeldFork>,
    ppid: number,
    ns: Namespaces | undefined,
  ): Process {
    const known = this.#processes.of(event);
    if (known !== undefined) {
      return known;
    }
    const parent = this.#processes.get(ppid);
    // A pid namespace is for life; a vforked child has changed none of the others, or a line of that came before.
    const above = parent?.ns ?? this.#options.host;
    const born = ns ?? { ...above, pid: event.pidns ?? above.pid };
    const process = this.#birth(event, ppid, parent, event.nspid ?? [event.pid], born);
    if (parent !== undefined && born.mnt !== parent.ns.mnt) {
      process.mntMoved = !isOfHost(parent);
    }
    this.#admit(process, event);
    this.#lives.inherit(process, parent, event);
    if (held.vfork !== undefined && held.vfork !== 0) {
      this.#emit(this.#records.fork(process, event.start, held.vfork, ppid));
    }
    return process;
  }

  /** A pid that is used again shows that its process before has ended, though that was lost. */
  #admit(process: Process, time: Nanoseconds): void {
    const before = this.#processes.add(process);
    if (before !== undefined) {
      this.#asked.ended(before, time, {});
      this.#lives.ended(before, time, {});
    }
  }

  #birth(event: Who, ppid: number, parent: Process | undefined, nspid: number[], ns: Namespaces | undefined): Process {
    return born(event, ppid, parent, nspid, ns ?? parent?.ns ?? this.#options.host);
  }
}

const changesNothing = ({ before, after }: NamespaceEvent): boolean =>
  namespaceTypes.every((type) => before[type] === after[type]);
