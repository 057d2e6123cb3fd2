import type { Namespaces } from '../kernel/namespaces.ts';
import type { Text } from '../kernel/text.ts';
import type { Nanoseconds } from '../kernel/time.ts';

/** What the probes emit, decoded: one object for each event, before anything is known about containers. */

/** When and where an event was made. */
export interface Stamp {
  /** The kernel's CLOCK_BOOTTIME in ns, exact. */
  mono: string;
  /** The same as a number, for ordering: exact to 2 ns after 104 days of uptime. */
  at: number;
  cpu: number;
  /** Place among the lines of this CPU, from 1. */
  seq: number;
}

/** Which process: (pid, start) is its identity, because pids are reused. */
export interface Who {
  pid: number;
  /** CLOCK_BOOTTIME of its start in ns. */
  start: Nanoseconds;
}

/** Flags of a vfork whose own line was held back and that this event therefore tells too; 0 if there is none. */
export interface HeldFork {
  vfork: number;
}

export interface ExecEvent extends Stamp, Who, HeldFork {
  kind: 'exec';
  /** The thread that called exec, when it was not the leader; else equal to pid. */
  oldTid: number;
  ppid: number;
  uid: number;
  gid: number;
  /** Pids from the host's namespace to the innermost. */
  nspid: number[];
  ns: Namespaces;
  /** Id of its cgroup in the unified hierarchy (the inode of the directory); 1 is the root. */
  cgroupId: number;
  exe: Text;
  /** False if the path was longer than what was sent. */
  exeWhole: boolean;
  comm: Text;
  args: Text[];
  /** The true length of the argument area in bytes, with a NUL after each argument, and how much of it was sent. */
  argsBytes: number;
  argsSent: number;
}

export interface FailedExecEvent extends Stamp, Who {
  kind: 'failed';
  tid: number;
  ppid: number;
  uid: number;
  gid: number;
  /** Negative errno. */
  ret: number;
  exe: Text;
  args: Text[];
  truncated: boolean;
}

/** How many failed execs of a process were only counted, since tracing began. */
export interface FoldedEvent extends Stamp {
  kind: 'folded';
  pid: number;
  total: number;
  /** Told at the process's end: there is no more to come. */
  last: boolean;
}

export interface ForkEvent extends Stamp, Who {
  kind: 'fork';
  ppid: number;
  /** Who called clone: not the parent with CLONE_PARENT. */
  by: number;
  flags: number;
  /** False if the child was not found in the kernel's list: then only pid, by and flags hold. */
  whole: boolean;
  uid: number;
  gid: number;
  nspid: number[];
  ns: Namespaces;
  cgroupId: number;
}

export interface ExitEvent extends Stamp, Who, HeldFork {
  kind: 'exit';
  ppid: number;
  nspid: number[];
  pidns: number;
  /** As wait(2) tells it: code << 8, or signal and 0x80 for a core. */
  status: number;
}

/** The namespaces of a thread: `pid` and `time` are those for its children. */
export interface NamespaceEvent extends Stamp, Who, HeldFork {
  kind: 'namespace';
  op: 'setns' | 'unshare';
  tid: number;
  ppid: number;
  nspid: number[];
  pidns: number;
  before: Namespaces;
  after: Namespaces;
}

/** A thread is about to call setns or unshare, from these namespaces. */
export interface LeaveEvent extends Stamp, Who, HeldFork {
  kind: 'leave';
  tid: number;
  ppid: number;
  nspid: number[];
  pidns: number;
  before: Namespaces;
}

/** That call succeeded, and the thread is in these. */
export interface EnterEvent extends Stamp {
  kind: 'enter';
  op: NamespaceEvent['op'];
  tid: number;
  after: Namespaces;
}

export interface CgroupEvent extends Stamp {
  kind: 'cgroup';
  op: 'mkdir' | 'attach' | 'rmdir';
  /** Who did it. */
  by: number;
  /** Who was moved, for attach; else 0. */
  pid: number;
  /** The kernel's number of the hierarchy, 0 is the unified one. */
  root: number;
  id: number;
  path: Text;
}

/** The kernel chose a process to kill because memory ran out. */
export interface OomEvent extends Stamp {
  kind: 'oom';
  pid: number;
}

/** Lines that the kernel made and that never came. */
export interface LostEvent extends Stamp {
  kind: 'lost';
  /** How many; at least so many if bpftrace itself died. */
  count: number;
  exact: boolean;
  from: string;
  to: string;
}

/** What the lines of the probes tell one by one. */
export type LineEvent = Exclude<KernelEvent, NamespaceEvent> | LeaveEvent | EnterEvent;

export type KernelEvent =
  | ExecEvent
  | FailedExecEvent
  | FoldedEvent
  | ForkEvent
  | ExitEvent
  | NamespaceEvent
  | CgroupEvent
  | OomEvent
  | LostEvent;
