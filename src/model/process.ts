import type { Namespaces } from '../kernel/namespaces.ts';
import type { Text } from '../kernel/text.ts';
import { type Nanoseconds, ticksOf } from '../kernel/time.ts';
import type { Origin, Role } from '../record/schema.ts';
import type { RuntimeCommand } from '../runtimes/runtime.ts';
import type { CgroupSet } from './cgroups.ts';
import type { Container, Membership, Requester } from './container.ts';

/** A process that lives, as far as nstrace knows it. */
export interface Process {
  /** Calls of setns and unshare since its exec that changed nothing: they become one record. */
  unchanged?: { readonly op: 'setns' | 'unshare'; count: number } | undefined;
  readonly pid: number;
  /** Clock ticks since boot: with the pid its identity. */
  startTicks: number;
  startAt: number;
  /** CLOCK_BOOTTIME of its start in ns: exact, or in ticks where only /proc said it. */
  start: string;
  /** When it was executed last, or born. */
  execAt: number;
  ppid: number;
  /** Who made it, also when that has ended: pids are used again. */
  parent: Process | undefined;
  ended: boolean;
  /** Never changed, only replaced: records share it. */
  nspid: number[];
  ns: Namespaces;
  /** They are those of its parent, or of the host, since nobody said them. */
  nsGuessed: boolean;
  uid: number;
  gid: number;
  /** Login user and session of the audit system, 2^32 - 1 where there is none, and the terminal: of its last exec. */
  auid?: number | undefined;
  session?: number | undefined;
  tty?: string | undefined;
  comm: Text;
  exe: Text;
  args: readonly Text[];
  /** Not all of them are kept, or known. */
  argsCut: boolean;
  cgroups: CgroupSet;
  /** Whether it, or who it comes from, was seen to enter its mount namespace. */
  mntMoved: boolean;
  /** The pid namespace of its children. */
  childPidns: number;
  /** It changed its namespaces since it was executed last. */
  unshared: boolean;
  /** The mount namespace in which it is counted; 0 for the host's. */
  countedMnt: number;
  /** The pid namespace in which it is counted; 0 for the host's. */
  countedPid: number;
  /** Its container and the evidence for that; undefined on the host. */
  membership: Membership | undefined;
  origin: Origin | undefined;
  /** Whether it ran a program of its own since it came into its container. */
  settled: boolean;
  /** What it asks a runtime for, if it is one, or a child of one that runs nothing else yet. */
  command: Command | undefined;
  /** The call of a runtime that it is part of: its own command, or that of who it comes from, until it runs something else. */
  invocation: Command | undefined;
  /** It runs a program of a container engine, and is no container for that: `podman`, `dockerd`. */
  engine: string | undefined;
  /** It is a daemon that starts containers for others, or comes from one. */
  daemon: boolean;
  /** How it works for a container from outside. */
  role: Role | undefined;
  /** Who brought it into its container with setns, or moved it into its cgroup: itself, or who it comes from. */
  enteredBy: Requester | undefined;
}

/** A command line of a runtime, and who called it. */
export interface Command extends RuntimeCommand {
  readonly by: Requester;
  readonly owner: Process;
  /** The container that it was called in. */
  readonly from: Container | undefined;
  /** It is root's, and a program of the system: what it says of names and images counts. */
  readonly sure: boolean;
  /** The container that it made, or monitors. */
  made: Container | undefined;
}

/** Processes by pid. An entry whose exit was lost is replaced when its pid is used again. */
export class ProcessTable {
  readonly #byPid = new Map<number, Process>();

  get size(): number {
    return this.#byPid.size;
  }

  get(pid: number): Process | undefined {
    return this.#byPid.get(pid);
  }

  /** The process of that identity, not another one that had its pid before. */
  find(pid: number, startTicks: number): Process | undefined {
    const process = this.#byPid.get(pid);
    return process?.startTicks === startTicks ? process : undefined;
  }

  /** The process that an event is about. Two can have one pid within one tick: the start in ns distinguishes them. */
  of({ pid, start }: { readonly pid: number; readonly start: Nanoseconds }): Process | undefined {
    const process = this.find(pid, ticksOf(start));
    if (process === undefined || process.start === start.mono || isInTicks(start.mono)) {
      return process;
    }
    if (!isInTicks(process.start)) {
      return undefined;
    }
    process.start = start.mono;
    return process;
  }

  /** Adds a process; gives the one that had its pid before, if its end was not seen. */
  add(process: Process): Process | undefined {
    const before = this.#byPid.get(process.pid);
    this.#byPid.set(process.pid, process);
    return before;
  }

  remove(process: Process): void {
    if (this.#byPid.get(process.pid) === process) {
      this.#byPid.delete(process.pid);
    }
    process.ended = true;
    // What has ended itself is not kept for the sake of its children's children.
    if (process.parent?.ended) {
      process.parent = undefined;
    }
  }

  values(): IterableIterator<Process> {
    return this.#byPid.values();
  }
}

/** As /proc gives it; of exact times one in ten million looks so. */
const isInTicks = (start: string): boolean => start.endsWith('0000000');
