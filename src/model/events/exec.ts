import type { ExecEvent, FailedExecEvent, FoldedEvent, LostEvent } from '../../probe/event.ts';
import { isDaemon } from '../../runtimes/client/index.ts';
import { engineIn, isItselfAgain } from '../../runtimes/trust.ts';
import { keepsInvocation, readCommand, startsInvocation } from '../command.ts';
import { FailedExecs } from '../failed-execs.ts';
import type { Process } from '../process.ts';
import { isOfHost, roleOf } from '../roles.ts';
import type { ModelState } from '../state.ts';
import type { CgroupEvents } from './cgroup.ts';
import type { ForkEvents } from './fork.ts';
import type { NamespaceEvents } from './namespace.ts';

/** Of a longer command line only the beginning is kept while its process lives: what a runtime is asked for is there. */
const maxKeptBytes = 64_000;
const maxKeptArguments = 256;

interface Others {
  readonly forks: ForkEvents;
  readonly cgroups: CgroupEvents;
  readonly namespaces: NamespaceEvents;
  readonly lost: (event: LostEvent) => void;
}

/** What programs processes run, and fail to run. */
export class ExecEvents {
  readonly #known: ModelState;
  readonly #others: Others;
  readonly #failed = new FailedExecs();

  constructor(known: ModelState, others: Others) {
    this.#known = known;
    this.#others = others;
  }

  event(event: ExecEvent): void {
    const { processes, lives, asked, records, emit } = this.#known;
    // A child that was held back began where its parent is.
    const before = event.vfork === 0 ? processes.of(event) : processes.get(event.ppid);
    const process = this.#others.forks.living(event, event, event.ppid, event.ns);
    this.#others.namespaces.reportUnchanged(process, event);
    process.ppid = event.ppid;
    if (before !== undefined && event.oldTid === event.pid) {
      this.#others.namespaces.reportUnseen(process, before, event.ns, event);
    }
    if (event.ns.mnt !== process.ns.mnt) {
      // By a thread that was not the leader: it was the program before this one.
      process.mntMoved = !isOfHost(process);
      process.ns = event.ns;
      lives.place(process, event);
    }
    this.#take(event, process);
    const engine = isItselfAgain(process.exe) ? process.engine : engineIn(process.exe);
    process.engine = engine;
    process.daemon ||= isDaemon(process.exe, process.args);
    asked.executed(process, event.at);
    const call = process.invocation;
    process.command = readCommand(process, this.#known.readCommand);
    const action = process.command?.action;
    if (startsInvocation(action)) {
      process.invocation = process.command;
    }
    lives.place(process, event);
    lives.ran(process, event, call);
    if (action !== undefined && action !== 'helper') {
      lives.noteCommand(process.command!);
    }
    if (!startsInvocation(action) && action !== 'helper' && !keepsInvocation(process)) {
      // It runs something else now.
      process.invocation = undefined;
    }
    process.role = roleOf(process);
    emit(records.exec(event, process, processes.get(event.ppid)));
  }

  failed(event: FailedExecEvent): void {
    const { processes, records, emit } = this.#known;
    const process = this.#others.forks.living(event, event, event.ppid);
    if (event.comm !== undefined) {
      process.comm = event.comm;
    }
    const record = records.failedExec(event, process, processes.get(event.ppid));
    this.#failed.note(event.pid, record);
    emit(record);
  }

  /** Failed execs that were only counted are reported with the last one that was not. */
  folded(event: FoldedEvent): void {
    const { records, emit } = this.#known;
    const { more, record } = this.#failed.count(event);
    if (more > 0 && record !== undefined) {
      emit(records.folded(record, more, event));
    } else if (more > 0) {
      // The line of the one that they are like was lost.
      const { mono, at, cpu, seq } = event;
      this.#others.lost({ kind: 'lost', count: more, exact: true, from: mono, to: mono, mono, at, cpu, seq });
    }
  }

  /** A process ended. */
  forget(pid: number): void {
    this.#failed.forget(pid);
  }

  /** The process is what its exec says. */
  #take(event: ExecEvent, process: Process): void {
    process.ns = event.ns;
    process.nsGuessed = false;
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
    const path = this.#others.cgroups.pathOf(event.cgroupId);
    if (path !== undefined) {
      process.cgroups = process.cgroups.with('', path);
    }
    process.execAt = event.at;
    process.unshared = false;
  }
}
