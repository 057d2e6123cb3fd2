import { errnoName } from '../kernel/errno.ts';
import { changedNamespaces } from '../kernel/namespaces.ts';
import { textOf } from '../kernel/text.ts';
import { monoOfTicks, type Nanoseconds } from '../kernel/time.ts';
import type { CgroupEvent, ExecEvent, ExitEvent, FailedExecEvent, LostEvent, NamespaceEvent } from '../probe/event.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { spanOf } from '../record/clock.ts';
import type { RecordOf } from '../record/schema.ts';
import { putArguments, putText } from '../record/text.ts';
import { askedNamespaces, flagNames } from './clone-flags.ts';
import type { Container, End } from './container.ts';
import type { Process } from './process.ts';
import {
  bytesOf,
  containerOf,
  deepNested,
  isOutside,
  putCredentials,
  putEffective,
  putEvidence,
  putFile,
  putLogin,
  putOrigin,
  putParent,
  putRole,
  putUnit,
  type Untraced,
} from './record-fields.ts';
import type { Unseen } from './unseen-namespaces.ts';
import type { WallClock } from './wall-clock.ts';

type RecordAbout = Pick<
  RecordOf<'exec'>,
  'seq' | 'time' | 'mono' | 'pid' | 'nspid' | 'nspid_truncated' | 'ns' | 'container' | 'role' | 'for'
>;

/** Puts records together out of an event and what is known of its process. `seq` is given where they are written. */
export class Records {
  readonly #clock: WallClock;
  readonly #tracer: Untraced | undefined;

  /** @param tracer is the parent of what `record -- CMD` runs */
  constructor(clock: WallClock, tracer?: Untraced) {
    this.#clock = clock;
    this.#tracer = tracer;
  }

  exec(event: ExecEvent, process: Process, parent: Process | undefined): RecordOf<'exec'> {
    const record: RecordOf<'exec'> = {
      type: 'exec',
      seq: 0,
      time: this.#clock.time(event.mono),
      mono: event.mono,
      pid: event.pid,
      nspid: event.nspid,
      ns: event.ns,
      container: containerOf(process)?.ref ?? null,
      ppid: event.ppid,
      uid: event.uid,
      gid: event.gid,
      comm: '',
      exe: '',
      args: [],
      args_bytes: event.argsBytes,
      args_truncated: event.argsSent < event.argsBytes,
      ret: 0,
    };
    putParent(record, parent, this.#tracer);
    putText(record, 'comm', event.comm);
    putText(record, 'exe', event.exe);
    putArguments(record, event.args);
    if (!event.exeWhole) {
      record.exe_truncated = true;
    }
    putLogin(record, process);
    putCredentials(record, event);
    putFile(record, event);
    if (event.cwd !== undefined) {
      putText(record, 'cwd', event.cwd);
    }
    if (isOutside(process)) {
      putRole(record, process);
    } else {
      putOrigin(record, process);
      putEvidence(record, process);
    }
    if (event.oldTid !== event.pid) {
      record.old_tid = event.oldTid;
    }
    putUnit(record, process);
    return deepNested(record);
  }

  failedExec(event: FailedExecEvent, process: Process, parent: Process | undefined): RecordOf<'exec'> {
    const record: RecordOf<'exec'> = {
      type: 'exec',
      ...this.#about(event, process),
      ppid: event.ppid,
      uid: event.uid,
      gid: event.gid,
      comm: '',
      exe: '',
      args: [],
      args_bytes: bytesOf(event.args),
      args_truncated: event.truncated,
      ret: event.ret,
      errno: errnoName(-event.ret),
    };
    putParent(record, parent, this.#tracer);
    putText(record, 'comm', event.comm ?? process.comm);
    putText(record, 'exe', event.exe);
    putArguments(record, event.args);
    if (event.exeWhole === false) {
      record.exe_truncated = true;
    }
    putLogin(record, process);
    putOrigin(record, process);
    if (event.tid !== event.pid) {
      record.old_tid = event.tid;
    }
    return record;
  }

  /** The same failure again, `count` times, of which only the number is known. */
  folded(last: RecordOf<'exec'>, count: number, { mono }: Nanoseconds): RecordOf<'exec'> {
    return { ...last, time: this.#clock.time(mono), mono, folded: count };
  }

  /** @param by the pid that called fork, which is not the parent's with CLONE_PARENT */
  fork(process: Process, time: Nanoseconds, flags: number, by: number): RecordOf<'fork'> {
    const record: RecordOf<'fork'> = {
      type: 'fork',
      ...this.#about(time, process),
      ppid: process.ppid,
      comm: textOf(process.comm),
      flags: flagNames(flags),
    };
    if (by !== process.ppid) {
      record.by_pid = by;
    }
    // Which of a runtime's stages becomes init shows later.
    if (process.origin !== 'init' || process.membership?.evidence === 'init') {
      putOrigin(record, process);
    }
    return record;
  }

  /** @param container of a process whose birth is not known, by its pid namespace */
  exit(event: ExitEvent, end: End, process: Process | undefined, container: Container | undefined): RecordOf<'exit'> {
    const record: RecordOf<'exit'> = {
      type: 'exit',
      seq: 0,
      time: this.#clock.time(event.mono),
      mono: event.mono,
      pid: event.pid,
      nspid: process?.nspid ?? event.nspid,
      ns: process?.ns ?? { pid: event.pidns },
      container: (process?.membership?.container ?? container)?.ref ?? null,
      ppid: event.ppid,
      ...end,
      core: (event.status & 0x80) !== 0,
      duration_ns: Math.max(0, event.at - event.start.at),
    };
    const comm = event.comm ?? process?.comm;
    if (comm !== undefined) {
      putText(record, 'comm', comm);
    }
    if (process !== undefined) {
      putText(record, 'exe', process.exe);
      putRole(record, process);
    }
    return deepNested(record);
  }

  /** Namespaces that a new process was made in. */
  cloned(time: Nanoseconds, flags: number, process: Process): RecordOf<'namespace'> {
    return {
      type: 'namespace',
      ...this.#about(time, process),
      op: 'clone',
      comm: textOf(process.comm),
      created: askedNamespaces(flags, process.ns),
    };
  }

  namespace(event: NamespaceEvent, process: Process): RecordOf<'namespace'> {
    const changed = changedNamespaces(event.before, event.after);
    return {
      type: 'namespace',
      ...this.#about(event, process),
      op: event.op,
      ...(event.tid === event.pid ? {} : { tid: event.tid }),
      comm: textOf(process.comm),
      ...(event.op === 'setns' ? { joined: changed } : { created: changed }),
    };
  }

  /** Namespaces that a process came into by calls that were not seen. */
  unseen(time: Nanoseconds, process: Process, { joined, created }: Unseen): RecordOf<'namespace'>[] {
    const about = { type: 'namespace', ...this.#about(time, process), comm: textOf(process.comm) } as const;
    const isAny = (inodes: object): boolean => Object.keys(inodes).length > 0;
    return [
      ...(isAny(joined) ? [{ ...about, op: 'setns' as const, joined }] : []),
      ...(isAny(created) ? [{ ...about, op: 'unshare' as const, created }] : []),
    ];
  }

  /** Calls of a process that changed nothing, all since its exec. */
  unchanged(time: Nanoseconds, op: 'setns' | 'unshare', repeated: number, process: Process): RecordOf<'namespace'> {
    return {
      type: 'namespace',
      ...this.#about(time, process),
      op,
      comm: textOf(process.comm),
      joined: {},
      repeated,
    };
  }

  /**
   * @param about who is moved, or who makes or removes it
   * @param owner the container that the cgroup belongs to
   * @param before its path until it was renamed, if that is known
   */
  cgroup(
    event: CgroupEvent,
    hierarchy: string,
    about: Process | undefined,
    owner: Container | undefined,
    before: string | undefined,
  ): RecordOf<'cgroup'> {
    const moves = event.op === 'attach';
    const record: RecordOf<'cgroup'> = {
      type: 'cgroup',
      ...this.#about(event, about, moves ? event.pid : event.by),
      op: event.op,
      ...(moves ? { by_pid: event.by } : {}),
      ...(event.tid === undefined ? {} : { tid: event.tid }),
      path: '',
      hierarchy: hierarchy === '' ? 'unified' : hierarchy,
      id: event.id,
    };
    if (event.op === 'rename') {
      putText(record, 'path', before ?? '');
      putText(record, 'new_path', event.path);
    } else {
      putText(record, 'path', event.path);
    }
    if (event.pathCut) {
      record.path_truncated = true;
    }
    if (!moves && owner !== undefined) {
      record.container = owner.ref;
      // A role is said only where `container` is null.
      delete record.role;
      delete record.for;
    }
    return record;
  }

  /** A process that was there before tracing began. */
  process(process: Process, found: ProcProcess, time: Nanoseconds, parent: Process | undefined): RecordOf<'process'> {
    const record: RecordOf<'process'> = {
      type: 'process',
      ...this.#about(time, process),
      started: this.#clock.time(monoOfTicks(process.startTicks)),
      ppid: process.ppid,
      uid: process.uid,
      gid: process.gid,
      comm: '',
      exe: '',
      args: [],
      args_bytes: found.argsBytes,
      args_truncated: found.argsBytes > bytesOf(found.args),
    };
    putParent(record, parent, this.#tracer);
    putText(record, 'comm', process.comm);
    putText(record, 'exe', process.exe);
    if (found.cwd !== undefined) {
      putText(record, 'cwd', found.cwd);
    }
    putArguments(record, process.args);
    putLogin(record, process);
    putEffective(record, found.euid, found.egid);
    putOrigin(record, process);
    putEvidence(record, process);
    putUnit(record, process);
    return record;
  }

  /** Lines of one CPU can be a little out of order: what is missing between two of them is missing between their times. */
  lost(event: LostEvent, stage: RecordOf<'lost'>['stage']): RecordOf<'lost'> {
    return {
      type: 'lost',
      seq: 0,
      time: this.#clock.time(event.mono),
      mono: event.mono,
      count: event.count,
      exact: event.exact,
      ...spanOf(this.#clock.time(event.from), this.#clock.time(event.to)),
      ...(event.cpu >= 0 ? { cpu: event.cpu } : {}),
      stage,
    };
  }

  #about(time: Nanoseconds, process: Process | undefined, pid = process?.pid ?? 0) {
    const about = deepNested<RecordAbout>({
      seq: 0,
      time: this.#clock.time(time.mono),
      mono: time.mono,
      pid,
      nspid: process?.nspid ?? [pid],
      ns: process?.ns ?? {},
      container: process?.membership?.container.ref ?? null,
    });
    if (process !== undefined) {
      putRole(about, process);
    }
    return about;
  }
}
