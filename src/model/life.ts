import type { Namespaces } from '../kernel/namespaces.ts';
import { textOf } from '../kernel/text.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { RecordOf } from '../record/schema.ts';
import type { CgroupSet } from './cgroups.ts';
import type { WallClock } from './clock.ts';
import type { Container, Identity, Requester } from './container.ts';
import type { Containers } from './containers.ts';
import { Naming, type RuntimeKnowledge } from './naming.ts';
import type { Command, Process, ProcessTable } from './process.ts';
import { requesterOf, startupParts, tellRequester } from './requester.ts';

type ContainerRecord = RecordOf<'container'>;

/** So far up the ancestry the command is looked for that asked for a container: runc init is 3 below runc run. */
const maxAncestors = 8;
/** What a process is called: by its comm, or by how it was called where that says only `exe`, as of busybox' applets. */
const toolName = ({ comm, args }: Process): string => {
  const name = textOf(comm);
  const called = textOf(args[0] ?? '');
  return name === 'exe' && called !== '' ? called.slice(called.lastIndexOf('/') + 1) : name;
};

/** How a process ended; nothing is known of it if that was lost. */
export interface End {
  code?: number;
  signal?: string;
  oom?: true;
}

/**
 * The lives of containers: puts processes into them, and tells when one is created, starts, is joined, stops and is
 * removed.
 */
export class ContainerLives {
  readonly #containers: Containers;
  readonly #processes: ProcessTable;
  readonly #clock: WallClock;
  readonly #emit: (record: ContainerRecord) => void;
  readonly #runtimes: RuntimeKnowledge;
  readonly naming: Naming;

  constructor(
    containers: Containers,
    processes: ProcessTable,
    clock: WallClock,
    runtimes: RuntimeKnowledge,
    emit: (record: ContainerRecord) => void,
  ) {
    this.#runtimes = runtimes;
    this.naming = new Naming(runtimes.describe, (container, time) => this.#tell('named', container, time));
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
    this.recognise(process.cgroups, time, maker);
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
    this.recognise(process.cgroups, time, undefined);
    const container = this.#containers.of(process) ?? this.#make(process, time, parent ?? process, 'seen');
    if (container === undefined) {
      return;
    }
    process.container = container;
    container.alive += 1;
    // Created and not started yet: init is still the runtime's.
    container.started ||= process.command?.action !== 'helper' && process.command?.action !== 'start';
    if (process.nspid.at(-1) === 1 || this.#containers.isHostPidns(process.ns.pid)) {
      container.init ??= process.pid;
    }
    if (container.isInit(process)) {
      this.settleNamespaces(container, process.ns);
      process.origin = 'init';
    } else {
      process.origin = parent !== undefined && this.#containers.of(parent) === container ? 'born' : 'joined';
    }
  }

  /**
   * Finds containers by the paths of their cgroups alone.
   *
   * @param maker who made the cgroups or went into them; undefined for those that were there before
   */
  recognise(cgroups: CgroupSet, time: Nanoseconds, maker: Process | undefined, isNew = maker !== undefined): void {
    if (cgroups.read) {
      return;
    }
    cgroups.read = true;
    for (const [hierarchy, path] of cgroups.paths) {
      for (let end = path.indexOf('/', 1); end > 0 || path.length > 1; end = path.indexOf('/', end + 1)) {
        this.recognisePath({ hierarchy, path: end > 0 ? path.slice(0, end) : path }, time, maker, isNew);
        if (end < 0) {
          break;
        }
      }
    }
  }

  recognisePath(
    { hierarchy, path }: { hierarchy: string; path: string },
    time: Nanoseconds,
    maker: Process | undefined,
    isNew = true,
  ): void {
    if (this.#containers.isClaimed(hierarchy, path)) {
      return;
    }
    const { owner, labels } = this.#runtimes.readCgroup(path);
    if (owner === 'monitor') {
      this.#containers.claimForMonitor(path);
    } else if (owner !== undefined) {
      const requester = maker && this.#requester(maker, 'start');
      const asked = requester?.id === owner.id || owner.guessed !== true ? requester : undefined;
      const runtime = owner.guessed && asked ? asked.runtime : owner.runtime;
      const { id, name = id, guessed = false } = owner;
      const identity = { id, name, runtime, labels, guessed: guessed && asked === undefined };
      this.claim({ hierarchy, path }, identity as Identity, time, asked, isNew);
    }
  }

  /** The runtime made a cgroup, or moved a process into one: that is the container's. */
  claim(
    { hierarchy, path }: { hierarchy: string; path: string },
    identity: Identity,
    time: Nanoseconds,
    requester: Command | undefined,
    isNew = true,
  ): void {
    // Mostly the same cgroup in one more hierarchy: then nobody has to be looked for.
    const owner = this.#containers.withCgroup(path);
    let container =
      owner?.ref.id === identity.id ? owner : this.#containers.withId(identity.id, identity.runtime, identity.guessed);
    if (container?.stopped) {
      // Its cgroup was left behind, and the same name is used again.
      this.remove(container, time);
      container = undefined;
    }
    if (container !== undefined) {
      this.#containers.claimCgroup(hierarchy, path, container);
      const before = container.ref;
      if (container.guessed && !identity.guessed) {
        container.guessed = false;
        container.learn({ runtime: identity.runtime });
      }
      if (this.#foundRequester(container, requester) || container.ref !== before) {
        this.#tell('named', container, time);
      }
      return;
    }
    container = this.#containers.make(identity);
    container.outer = this.#containers.around(path) ?? requester?.from;
    this.#ask(container, requester?.by, requester);
    container.cgroupAt = time.at;
    this.#containers.claimCgroup(hierarchy, path, container);
    if (isNew) {
      this.#tell('created', container, time);
    }
  }

  /** Notes who asked for a new container, and looks up what is known of it. */
  #ask(container: Container, by: Requester | undefined, command: Command | undefined): void {
    container.requester = by;
    if (command?.bundle !== undefined && by !== undefined) {
      container.bundle = { path: command.bundle, uid: by.uid };
    }
    this.naming.begin(container);
  }

  /**
   * Systemd made its cgroup: who asked for it is known when its command's process comes into it.
   *
   * @returns whether its name is known now, and was not before
   */
  #foundRequester(container: Container, requester: Command | undefined): boolean {
    if (container.requester !== undefined || requester?.id !== container.ref.id) {
      return false;
    }
    const before = container.ref;
    this.#ask(container, requester.by, requester);
    return container.ref !== before;
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
        const by = this.#requester(process, 'enter')?.by ?? process.enteredBy;
        this.#tell('joined', container, time, process, by ?? requesterOf(process));
      }
    }
  }

  /** A process ended. */
  ended(process: Process, time: Nanoseconds, end: End): void {
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
    this.naming.forget(container);
    this.#tell('removed', container, time);
  }

  seen(container: Container, time: Nanoseconds): void {
    this.#tell('seen', container, time);
  }

  #left(container: Container, time: Nanoseconds, end: End = {}): void {
    container.alive -= 1;
    if (container.alive > 0) {
      return;
    }
    this.#containers.forgetNamespaces(container);
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
    this.settleNamespaces(container, process.ns);
    const found = this.#foundRequester(container, this.#requester(process, 'start'));
    if (found || this.naming.again(container)) {
      this.#tell('named', container, time);
    }
    const { requester } = container;
    const record = this.#record('started', container, time, process);
    if (requester !== undefined) {
      record.by = tellRequester(requester);
      record.startup_ns = Math.max(0, Math.round(time.at - requester.at));
      record.startup = startupParts(container, requester, process, time);
    }
    this.#emit(record);
  }

  /** Its init is in these namespaces: they are its own, or shared. */
  settleNamespaces(container: Container, ns: Namespaces): void {
    this.#containers.claimNamespaces(ns, container);
    container.ns = ns;
    container.shared = this.#containers.sharedBy(container, ns);
  }

  #stop(container: Container, time: Nanoseconds, end: End): void {
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
    const tool = toolName(maker) || toolName(process) || 'unknown';
    const { id, runtime } = requester ?? {};
    const identity =
      id === undefined || runtime === undefined
        ? { id: inode, name: `${tool} ${inode}`, runtime: tool }
        : { id, name: id, runtime };
    const known = this.#containers.withId(identity.id, identity.runtime);
    const container = known ?? this.#containers.make(identity);
    this.#containers.claimNamespaces(process.ns, container);
    if (known === undefined) {
      container.outer = maker.container === container ? undefined : maker.container;
      this.#ask(container, requester?.by ?? requesterOf(maker), requester);
      container.namespacesAt = time.at;
      if (how === 'created') {
        this.#tell('created', container, time);
      }
    }
    return container;
  }

  /** The runtime's command that a process comes from. */
  #requester(process: Process, action: 'start' | 'enter'): Command | undefined {
    let at: Process | undefined = process;
    for (let up = 0; at !== undefined && up < maxAncestors; up += 1) {
      const command: Command | undefined = at.errand ?? at.command;
      if (command?.action === action) {
        return command;
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
      record.by = tellRequester(by);
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
