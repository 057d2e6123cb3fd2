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

/** Flags of a vfork whose own line was held back and that this event therefore reports too; 0 if there is none. */
export interface HeldFork {
  vfork: number;
}

/** Rights that an exec has beside those of its user. */
export interface Credentials {
  euid: number;
  egid: number;
  /** A mask of the capabilities that its caller had not. */
  gained: bigint;
}

/** The file that an exec runs, where it was written since the image was made or has no name any more. */
export interface ExecFile {
  /** 12 bits major, 20 bits minor. */
  device: number;
  inode: number;
  /** It is in the upper layer of an overlay. */
  upper: boolean;
  deleted: boolean;
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
  /** Set if it acts with other rights than its user or its caller has. */
  credentials?: Credentials | undefined;
  file?: ExecFile | undefined;
  /** Login user and session of the audit system; 2^32 - 1 where there is none. */
  auid?: number;
  session?: number;
  /** Number of its terminal: 12 bits major, 20 bits minor; 0 without one. */
  terminal?: number;
  tty?: string | undefined;
  /**
   * Its working directory: device (12 bits major, 20 bits minor), inode, and the lower 32 bits of the inode of the root that it is
   * seen from, 0 if it is that root. Its name is found in /proc.
   */
  cwdDevice?: number;
  cwdInode?: number;
  cwdRoot?: number;
  cwd?: Text | undefined;
  exe: Text;
  /** False if the path was longer than what was sent. */
  exeWhole: boolean;
  comm: Text;
  args: Text[];
  /** The true length of the argument area in bytes, with a NUL after each argument, and how much of it was sent. */
  argsBytes: number;
  argsSent: number;
  /** Of an argv that is longer than what was sent: a keyed sum of what is behind `tailOffset`, up to `end`. */
  tail?: { end: number; sum: bigint } | undefined;
}

export interface FailedExecEvent extends Stamp, Who, Partial<HeldFork> {
  kind: 'failed';
  tid: number;
  ppid: number;
  nspid?: number[];
  pidns?: number;
  uid: number;
  gid: number;
  /** Negative errno. */
  ret: number;
  /** Set where the kernel had named the process after the new program when it failed. */
  comm?: Text | undefined;
  exe: Text;
  /** False if the path could not be read, or not all of it. */
  exeWhole?: boolean;
  args: Text[];
  truncated: boolean;
}

/** How many failed execs of a process were only counted, since tracing began. */
export interface FoldedEvent extends Stamp {
  kind: 'folded';
  pid: number;
  total: number;
  /** Reported at the process's end: no more follow. */
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
  /** Of who called clone, and so of the child. */
  comm?: Text;
}

export interface ExitEvent extends Stamp, Who, HeldFork {
  kind: 'exit';
  ppid: number;
  nspid: number[];
  pidns: number;
  /** The thread that left last. */
  tid?: number;
  /** As wait(2) gives it: code << 8, or signal and 0x80 for a core. */
  status: number;
  /** Of its first thread, at that moment. */
  comm?: Text;
  /** The kernel chose it to make room in memory. */
  oom?: boolean;
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
  op: 'mkdir' | 'attach' | 'rename' | 'rmdir';
  /** Who did it. */
  by: number;
  /** Who was moved, for attach; else 0. Where one thread was moved, this is its tid until `tid` is known. */
  pid: number;
  /** The thread that was moved alone. */
  tid?: number;
  /** The kernel's number of the hierarchy, 0 is the unified one. */
  root: number;
  id: number;
  path: Text;
  /** The path may be longer. */
  pathCut?: true;
}

/** The kernel chose a process to kill because memory ran out. */
export interface OomEvent extends Stamp {
  kind: 'oom';
  pid: number;
}

/** Lines that the kernel made and that never came. */
export interface LostEvent extends Stamp {
  kind: 'lost';
  /** How many; a lower bound if bpftrace itself died. */
  count: number;
  exact: boolean;
  from: string;
  to: string;
}

/** What the lines of the probes report one by one. */
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
