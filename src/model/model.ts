import type { Namespaces } from '../kernel/namespaces.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { KernelEvent, LostEvent } from '../probe/event.ts';
import type { ProcProcess } from '../procfs/process.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import type { ContainerState } from '../runtimes/runtime.ts';
import { AskedFor } from './asked/asked.ts';
import type { ReadCommand } from './command.ts';
import { ContainerRecords } from './container-records.ts';
import { Containers } from './containers.ts';
import { CgroupEvents } from './events/cgroup.ts';
import { ExecEvents } from './events/exec.ts';
import { ExitEvents } from './events/exit.ts';
import { ForkEvents } from './events/fork.ts';
import { NamespaceEvents } from './events/namespace.ts';
import { type AlreadyReported, ExistingProcesses } from './existing-processes.ts';
import { ContainerLives } from './lifecycle.ts';
import type { RuntimeKnowledge } from './naming.ts';
import { ProcessTable } from './process.ts';
import type { Untraced } from './record-fields.ts';
import { Records } from './records.ts';
import type { ModelState } from './state.ts';
import type { WallClock } from './wall-clock.ts';

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
  /** The process that traces, which is not traced itself. */
  readonly tracer?: Untraced | undefined;
  /** Of the host's users. */
  readonly userName?: ((uid: number) => string | undefined) | undefined;
  /** Takes records without their number: `seq` is given where they are written. */
  readonly emit: (record: NstraceRecord) => void;
}

/**
 * Makes records out of kernel events (events/): knows the processes, their namespaces and cgroups, and the containers. Pure: no
 * files, no clock of its own.
 */
export class Model {
  readonly #known: ModelState;
  readonly #existing: ExistingProcesses;
  readonly #cgroups: CgroupEvents;
  readonly #forks: ForkEvents;
  readonly #namespaces: NamespaceEvents;
  readonly #execs: ExecEvents;
  readonly #exits: ExitEvents;

  constructor(options: ModelOptions) {
    const known = learn(options);
    this.#known = known;
    this.#existing = new ExistingProcesses(known);
    const cgroups = new CgroupEvents(known, options.hierarchies, options.cgroupPaths);
    const forks = new ForkEvents(known, cgroups);
    const namespaces = new NamespaceEvents(known, forks);
    const execs = new ExecEvents(known, { forks, cgroups, namespaces, lost: (event) => this.lost(event, 'kernel') });
    this.#cgroups = cgroups;
    this.#forks = forks;
    this.#namespaces = namespaces;
    this.#execs = execs;
    this.#exits = new ExitEvents(known, { forks, execs, namespaces });
  }

  /** Processes and containers that were there when tracing began, before the first event is given. */
  existing(
    running: readonly ProcProcess[],
    states: readonly ContainerState[],
    time: Nanoseconds,
    alreadyReported: AlreadyReported = () => undefined,
  ): void {
    this.#existing.take(running, states, time, alreadyReported);
  }

  /** After a gap, from which no events came. */
  resume(running: readonly ProcProcess[], time: Nanoseconds, alreadyReported: AlreadyReported): void {
    this.#existing.resume(running, time, alreadyReported);
  }

  /** Ten times a second: what could be known by now, is asked for. */
  beat(time: Nanoseconds): void {
    this.#known.lives.naming.beat(time);
  }

  event(event: KernelEvent): void {
    switch (event.kind) {
      case 'exec':
        return this.#execs.event(event);
      case 'exit':
        return this.#exits.event(event);
      case 'fork':
        return this.#forks.event(event);
      case 'namespace':
        return this.#namespaces.event(event);
      case 'cgroup':
        return this.#cgroups.event(event);
      case 'failed':
        return this.#execs.failed(event);
      case 'folded':
        return this.#execs.folded(event);
      case 'oom':
        // Noted with the exit (probe/order.ts).
        return;
      case 'lost':
        return this.lost(event, 'kernel');
    }
  }

  lost(event: LostEvent, stage: RecordOf<'lost'>['stage']): void {
    const { asked, records, emit } = this.#known;
    asked.lost(event.at);
    emit(records.lost(event, stage));
  }

  /** Nothing more will come. */
  finish(time: Nanoseconds): void {
    this.#namespaces.finish(time);
  }
}

const learn = ({ host, clock, runtimes, readCommand, tracer, userName, emit }: ModelOptions): ModelState => {
  const containers = new Containers(host);
  const asked = new AskedFor({ live: () => containers.all(), userName: userName ?? (() => undefined) });
  const containerRecords = new ContainerRecords(clock, asked, emit);
  return {
    processes: new ProcessTable(),
    containers,
    lives: new ContainerLives(containers, containerRecords, runtimes),
    asked,
    records: new Records(clock, tracer),
    containerRecords,
    readCommand,
    readCgroup: runtimes.readCgroup,
    emit,
  };
};
