import type { Namespaces } from '../kernel/namespaces.ts';
import type { Text } from '../kernel/text.ts';
import type { Origin } from '../record/schema.ts';
import type { RuntimeCommand } from '../runtimes/runtime.ts';
import type { CgroupSet } from './cgroups.ts';
import type { Container, Requester } from './container.ts';

/** A process that lives, as far as nstrace knows it. */
export interface Process {
  readonly pid: number;
  /** Clock ticks since boot: with the pid its identity. */
  startTicks: number;
  startAt: number;
  ppid: number;
  /** Never changed, only replaced: records share it. */
  nspid: number[];
  ns: Namespaces;
  uid: number;
  gid: number;
  comm: Text;
  exe: Text;
  args: readonly Text[];
  cgroups: CgroupSet;
  /** Whether it, or who it comes from, was seen to enter its mount namespace. */
  mntMoved: boolean;
  container: Container | undefined;
  origin: Origin | undefined;
  /** Whether it ran a program of its own since it came into its container. */
  settled: boolean;
  /** What it asks a runtime for, if it is one, or a child of one that runs nothing else yet. */
  command: Command | undefined;
  /** What it was sent for: the command of a runtime that it, or who it comes from, was before it ran anything else. */
  errand: Command | undefined;
  /** Who brought it into its container with setns: itself, or who it comes from. */
  enteredBy: Requester | undefined;
}

/** A command line of a runtime, and who called it. */
export interface Command extends RuntimeCommand {
  readonly by: Requester;
  /** The container that it was called in. */
  readonly from: Container | undefined;
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
  }

  values(): IterableIterator<Process> {
    return this.#byPid.values();
  }
}
