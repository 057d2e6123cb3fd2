import type { Nanoseconds } from '../probe/event.ts';
import { textOf } from '../probe/text.ts';
import type { RecordOf } from '../recording/schema.ts';
import type { WallClock } from './clock.ts';
import { Container, type Identity, type Requester } from './container.ts';
import type { Containers } from './containers.ts';
import type { Process, ProcessTable } from './process.ts';

type ContainerRecord = RecordOf<'container'>;

/** So far up the ancestry the command is looked for that asked for a container: runc init is 3 below runc run. */
const maxAncestors = 8;

/**
 * The lives of containers: puts processes into them, and tells when one is created, starts, is joined, stops and is
 * removed.
 */
export class ContainerLives {
  readonly #containers: Containers;
  readonly #processes: ProcessTable;
  readonly #clock: WallClock;
  readonly #emit: (record: ContainerRecord) => void;

  constructor(
    containers: Containers,
    processes: ProcessTable,
    clock: WallClock,
    emit: (record: ContainerRecord) => void,
  ) {
    this.#containers = containers;
    this.#processes = processes;
    this.#clock = clock;
    this.#emit = emit;
  }

  /**
   * Finds the container of a process anew, after it was born or went somewhere.
   *
   * @param maker who made the namespaces it is in, if that is not itself
   */
  place(process: Process, time: Nanoseconds, maker: Process = process): void {
    const container = this.#containers.of(process) ?? this.#make(process, time, maker);
    if (container === process.container) {
      return;
    }
    const before = process.container;
    process.container = container;
    process.settled = false;
    if (container === undefined) {
      process.origin = undefined;
    } else {
      container.alive += 1;
      process.origin = this.#isTaken(container, process) ? 'joined' : 'init';
    }
    if (before !== undefined) {
      this.#left(before, time);
    }
  }

  /** A child comes into its parent's container unless it was put elsewhere. */
  inherit(child: Process, parent: Process | undefined, time: Nanoseconds): void {
    child.container = parent?.container;
    child.origin = parent?.settled === false ? parent.origin : child.container && 'born';
    child.settled = child.origin === 'born';
    if (child.container !== undefined) {
      child.container.alive += 1;
    }
    this.place(child, time, parent);
    if (child.container?.started === false && this.#isFirst(child, child.container)) {
      this.#expect(child, child.container);
    }
  }

  /** Its init is born, and will run its program. Who comes in now, and is not it, joins. */
  #expect(child: Process, container: Container): void {
    if (!this.#containers.isHostPidns(child.ns.pid)) {
      container.init ??= child.pid;
      this.#containers.claimNamespaces(child.ns, container);
    }
  }

  /** Whether somebody else is, or is about to be, the init of a container. */
  #isTaken(container: Container, process: Process): boolean {
    return container.started || (container.init !== undefined && container.init !== process.pid);
  }

  /** A process that was there before tracing: in its container it is the init, a child of it, or one that joined. */
  adopt(process: Process, parent: Process | undefined, time: Nanoseconds): void {
    const container = this.#containers.of(process) ?? this.#make(process, time, parent ?? process, 'seen');
    if (container === undefined) {
      return;
    }
    process.container = container;
    container.alive += 1;
    container.started ||= container.cgroups.size === 0;
    if (process.nspid.at(-1) === 1) {
      container.init ??= process.pid;
    }
    if (container.isInit(process)) {
      process.origin = 'init';
    } else {
      process.origin = parent !== undefined && this.#containers.of(parent) === container ? 'born' : 'joined';
    }
  }

  /** The runtime made a cgroup, or moved a process into one: that is the container's. */
  claim(
    { hierarchy, path }: { hierarchy: string; path: string },
    identity: Identity,
    time: Nanoseconds,
    requester: Process,
  ): void {
    let container = this.#containers.withId(identity.id, identity.runtime);
    if (container?.stopped) {
      // Its cgroup was left behind, and the same name is used again.
      this.remove(container, time);
      container = undefined;
    }
    if (container !== undefined) {
      this.#containers.claimCgroup(hierarchy, path, container);
      return;
    }
    container = new Container(identity);
    container.requester = requesterOf(requester);
    container.cgroupAt = time.at;
    this.#containers.claimCgroup(hierarchy, path, container);
    this.#tell('created', container, time);
  }

  /** A process in a container runs a program. */
  ran(process: Process, time: Nanoseconds): void {
    const { container } = process;
    if (container === undefined || process.settled || process.command?.action === 'helper') {
      return;
    }
    if (!container.started && this.#isFirst(process, container)) {
      process.settled = true;
      process.origin = 'init';
      this.#start(container, process, time);
      return;
    }
    const idle = this.#idleInit(process, container);
    if (idle !== undefined) {
      this.#start(container, idle, time);
      process.settled = true;
      process.origin = 'born';
    } else if (container.started || process.origin === 'joined') {
      process.settled = true;
      if (process.origin === 'joined') {
        this.#tell('joined', container, time, process, requesterOf(this.#requester(process, 'enter')));
      }
    }
  }

  /** A process ended. */
  ended(process: Process, time: Nanoseconds, end: { code?: number; signal?: string }): void {
    const { container } = process;
    if (container === undefined) {
      return;
    }
    if (container.isInit(process) && !container.stopped) {
      this.#stop(container, time, end);
    }
    this.#left(container, time, end);
  }

  remove(container: Container, time: Nanoseconds): void {
    this.#containers.forget(container);
    this.#tell('removed', container, time);
  }

  seen(container: Container, time: Nanoseconds): void {
    this.#tell('seen', container, time);
  }

  #left(container: Container, time: Nanoseconds, end: { code?: number; signal?: string } = {}): void {
    container.alive -= 1;
    if (container.alive > 0) {
      return;
    }
    if (container.started && !container.stopped) {
      this.#stop(container, time, end);
    }
    if (container.cgroups.size === 0) {
      this.remove(container, time);
    }
  }

  /** A pid 1 that runs nothing itself, as that of bubblewrap: its child's program is the first. Runtimes have hooks there. */
  #idleInit(process: Process, container: Container): Process | undefined {
    if (
      container.started ||
      container.init === undefined ||
      container.cgroups.size > 0 ||
      process.origin === 'joined'
    ) {
      return undefined;
    }
    return this.#processes.get(container.init);
  }

  /** pid 1 of the container's own pid namespace; where it has none, the first to run anything. */
  #isFirst(process: Process, container: Container): boolean {
    const { pid } = process.ns;
    const own = !this.#containers.isHostPidns(pid) && (this.#containers.ofPidns(pid) ?? container) === container;
    return !own || process.nspid.at(-1) === 1;
  }

  #start(container: Container, process: Process, time: Nanoseconds): void {
    container.started = true;
    container.init = process.pid;
    this.#containers.claimNamespaces(process.ns, container);
    const { requester } = container;
    const record = this.#record('started', container, time, process);
    if (requester !== undefined) {
      record.by = tell(requester);
      record.startup_ns = Math.max(0, Math.round(time.at - requester.at));
      record.startup = startupParts(container, requester, process, time);
    }
    this.#emit(record);
  }

  #stop(container: Container, time: Nanoseconds, end: { code?: number; signal?: string }): void {
    container.stopped = true;
    this.#emit({ ...this.#record('stopped', container, time), ...end });
  }

  /** A container without a cgroup of its own: its namespace makes it. */
  #make(
    process: Process,
    time: Nanoseconds,
    maker: Process,
    how: 'created' | 'seen' = 'created',
  ): Container | undefined {
    const type = this.#containers.makesOne(process);
    if (type === undefined) {
      return undefined;
    }
    const requester = this.#requester(process, 'start') ?? this.#requester(maker, 'start');
    const inode = `${type}:[${process.ns[type]}]`;
    const tool = textOf(maker.comm) || textOf(process.comm) || 'unknown';
    const { id, runtime } = requester?.command ?? {};
    const identity =
      id === undefined || runtime === undefined
        ? { id: inode, name: `${tool} ${inode}`, runtime: tool }
        : { id, name: id, runtime };
    const known = this.#containers.withId(identity.id, identity.runtime);
    const container = known ?? new Container(identity);
    this.#containers.claimNamespaces(process.ns, container);
    if (known === undefined) {
      container.requester = requesterOf(requester ?? maker);
      container.namespacesAt = time.at;
      if (how === 'created') {
        this.#tell('created', container, time);
      }
    }
    return container;
  }

  /** The runtime's command that a process comes from. */
  #requester(process: Process, action: 'start' | 'enter'): Process | undefined {
    let at: Process | undefined = process;
    for (let up = 0; at !== undefined && up < maxAncestors; up += 1) {
      if (at.command?.action === action) {
        return at;
      }
      at = this.#processes.get(at.ppid);
    }
    return undefined;
  }

  #tell(
    op: ContainerRecord['op'],
    container: Container,
    time: Nanoseconds,
    process?: Process,
    by: Requester | undefined = container.requester,
  ): void {
    const record = this.#record(op, container, time, process);
    if (by !== undefined && (op === 'created' || op === 'joined')) {
      record.by = tell(by);
    }
    this.#emit(record);
  }

  #record(op: ContainerRecord['op'], container: Container, time: Nanoseconds, process?: Process): ContainerRecord {
    return {
      type: 'container',
      seq: 0,
      time: this.#clock.time(time.mono),
      mono: time.mono,
      ...(process === undefined ? {} : { pid: process.pid, nspid: [...process.nspid] }),
      op,
      container: container.info(),
    };
  }
}

const requesterOf = (process: Process | undefined): Requester | undefined =>
  process === undefined
    ? undefined
    : {
        pid: process.pid,
        uid: process.uid,
        comm: textOf(process.comm),
        args: process.args.slice(0, 64).map(textOf),
        at: process.command?.at ?? process.startAt,
      };

const tell = ({ pid, uid, comm, args }: Requester): NonNullable<ContainerRecord['by']> => ({
  pid,
  uid,
  comm,
  args: [...args],
});

/**
 * The stretches of a start, each from the mark before it: until the first cgroup, until the first namespace, until init's
 * birth in all of them, until its exec.
 */
const startupParts = (
  container: Container,
  requester: Requester,
  init: Process,
  time: Nanoseconds,
): NonNullable<ContainerRecord['startup']> => {
  const marks = [
    ['runtime_ns', container.cgroupAt ?? container.namespacesAt],
    ['cgroup_ns', container.cgroupAt === undefined ? undefined : container.namespacesAt],
    ['namespaces_ns', init.startAt],
    ['rest_ns', time.at],
  ] as const;
  const parts: NonNullable<ContainerRecord['startup']> = {};
  let from = requester.at;
  for (const [name, at] of marks) {
    if (at !== undefined && at >= from) {
      parts[name] = Math.round(at - from);
      from = at;
    }
  }
  return parts;
};
