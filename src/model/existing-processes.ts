import type { Nanoseconds } from '../kernel/time.ts';
import type { ProcProcess } from '../procfs/process.ts';
import type { ContainerState } from '../runtimes/runtime.ts';
import { inheritCommand, readCommand, startsInvocation } from './command.ts';
import type { Container } from './container.ts';
import { addExistingContainers } from './existing-containers.ts';
import { running as runningAs } from './new-process.ts';
import type { Process } from './process.ts';
import { hasOwnMnt, roleOf } from './roles.ts';
import type { ModelState } from './state.ts';

/** What was in the stream about a process before it was read from /proc. */
export type AlreadyReported = (pid: number, startTicks: number) => 'born' | 'ran' | undefined;

/** What was there when tracing began, or after a gap. */
export class ExistingProcesses {
  readonly #known: ModelState;

  constructor(known: ModelState) {
    this.#known = known;
  }

  /** @param running in the order in which they started */
  take(
    running: readonly ProcProcess[],
    states: readonly ContainerState[],
    time: Nanoseconds,
    alreadyReported: AlreadyReported,
  ): void {
    const { processes: table, containers, lives, containerRecords, records, readCgroup, emit } = this.#known;
    const before = new Set<Container>(containers.all());
    const seen = new Set<Container>();
    const fresh = running.filter((process) => alreadyReported(process.pid, process.startTicks) !== 'born');
    const processes = fresh.map((process) => this.#add(process));
    addExistingContainers(states, running, containers, table, readCgroup);
    for (const process of processes) {
      const parent = table.get(process.ppid);
      process.parent = parent;
      process.daemon ||= parent?.daemon === true;
      inheritCommand(process, parent);
      process.mntMoved = hasOwnMnt(process, parent, containers.host);
      lives.adopt(process, parent, time);
      const container = process.membership?.container;
      if (container !== undefined && !before.has(container)) {
        seen.add(container);
      }
    }
    // In the order of their numbers: those that files name come before those that began before them.
    for (const container of containers.all()) {
      if (seen.has(container)) {
        containerRecords.seen(container, time);
      }
    }
    for (const [index, process] of processes.entries()) {
      if (alreadyReported(process.pid, process.startTicks) === undefined) {
        emit(records.process(process, fresh[index]!, time, table.get(process.ppid)));
      }
    }
  }

  /**
   * After a gap: processes that ended in it are dropped, without an exit that nobody saw, and those that are new are reported as
   * those that were there before.
   */
  resume(running: readonly ProcProcess[], time: Nanoseconds, alreadyReported: AlreadyReported): void {
    const { processes, asked, lives } = this.#known;
    const alive = new Set(running.map(({ pid, startTicks }) => `${pid} ${startTicks}`));
    for (const process of [...processes.values()]) {
      if (!alive.has(`${process.pid} ${process.startTicks}`) && process.startAt < time.at) {
        processes.remove(process);
        asked.ended(process, time, {});
        lives.ended(process, time, {});
      }
    }
    const fresh = running.filter(({ pid, startTicks }) => processes.find(pid, startTicks) === undefined);
    this.take(fresh, [], time, alreadyReported);
  }

  #add(found: ProcProcess): Process {
    const { processes, containers, lives, asked } = this.#known;
    const process = runningAs(found, containers.host);
    process.command = readCommand(process, this.#known.readCommand);
    if (process.command !== undefined && found.elsewhere !== true) {
      lives.noteCommand(process.command);
    }
    process.role = roleOf(process);
    if (startsInvocation(process.command?.action)) {
      process.invocation = process.command;
    }
    // The runtime's own process in a container that was created and not started yet has its program before it.
    process.settled = process.command?.action !== 'helper' && process.command?.action !== 'start';
    processes.add(process);
    asked.executed(process, process.startAt, true);
    return process;
  }
}
