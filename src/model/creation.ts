import type { Namespaces } from '../kernel/namespaces.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { CgroupShape } from './cgroup-shapes.ts';
import type { CgroupSet } from './cgroups.ts';
import { commandAbove, monitorOf, sandboxOf } from './command.ts';
import type { Container, Identity, Membership } from './container.ts';
import type { ContainerRecords } from './container-records.ts';
import type { Containers } from './containers.ts';
import { identityOf, imageAskedOf, namesOf, toolName } from './identity.ts';
import type { Naming, RuntimeKnowledge } from './naming.ts';
import type { Command, Process } from './process.ts';
import { calledBy, requesterOf } from './requester.ts';

/** Makes containers: of a runtime's command and its cgroup, or of namespaces that somebody makes. */
export class Creation {
  readonly #containers: Containers;
  readonly #records: ContainerRecords;
  readonly #readCgroup: RuntimeKnowledge['readCgroup'];
  readonly #naming: Naming;

  constructor(
    containers: Containers,
    records: ContainerRecords,
    readCgroup: RuntimeKnowledge['readCgroup'],
    naming: Naming,
  ) {
    this.#containers = containers;
    this.#records = records;
    this.#readCgroup = readCgroup;
    this.#naming = naming;
  }

  /**
   * Finds containers by the paths of their cgroups.
   *
   * A path alone makes none: only what is noted here together with a namespace of its own, or a runtime's command.
   */
  recognise(cgroups: CgroupSet): void {
    if (cgroups.read) {
      return;
    }
    cgroups.read = true;
    for (const path of cgroups.paths.values()) {
      for (let end = path.indexOf('/', 1); end > 0 || path.length > 1; end = path.indexOf('/', end + 1)) {
        this.recognisePath(end > 0 ? path.slice(0, end) : path);
        if (end < 0) {
          break;
        }
      }
    }
  }

  recognisePath(path: string): void {
    const { owner, labels, pod } = this.#readCgroup(path);
    if (owner === 'monitor') {
      this.#containers.cgroups.claimForMonitor(path);
    } else if (owner !== undefined) {
      this.#containers.cgroups.noteShape({ path, owner, labels, pod });
    }
  }

  /** A runtime's command made a cgroup for its container, or moves its first process there. */
  claim(hierarchy: string, path: string, command: Command, time: Nanoseconds): void {
    const { owner, labels, pod } = this.#readCgroup(path);
    if (owner === 'monitor') {
      return;
    }
    const container = command.made;
    this.#removeLeft(path, time);
    if (container === undefined) {
      const runtime = owner !== undefined && owner.guessed !== true ? owner.runtime : command.runtime;
      const made = this.#open({ ...identityOf(command), runtime, labels, pod } as Identity, command);
      made.outer = this.#containers.around(path) ?? command.from;
      made.cgroupAt = time.at;
      made.madeBy = `cgroup ${path}`;
      this.#containers.cgroups.claim(hierarchy, path, made);
      this.#naming.begin(made);
      this.#records.created(made, time);
      return;
    }
    if (container.stopped) {
      return;
    }
    container.cgroupAt ??= time.at;
    this.#containers.cgroups.claim(hierarchy, path, container);
    container.learn({ labels, pod } as Partial<Identity>, 'shape');
  }

  /** A container that a namespace makes, with a cgroup or a command that names it; or the init of one that waits for it. */
  make(
    process: Process,
    time: Nanoseconds,
    maker: Process,
    how: 'created' | 'seen',
    around: Container | undefined,
  ): Membership | undefined {
    const type = this.#containers.namespaces.makesOne(process);
    const shape = around === undefined || type === 'pid' ? this.#shapeOf(process, around) : undefined;
    if (type === undefined && shape === undefined) {
      return undefined;
    }
    const command = this.#commandFor(process, maker, how);
    if (type === 'pid') {
      const waiting = [command?.made, around].find((made) => made?.init === undefined && made?.stopped === false);
      if (waiting !== undefined) {
        return this.becomesInit(process, waiting);
      }
    }
    const asked = command?.id !== undefined && command.made === undefined ? command : undefined;
    if (shape !== undefined) {
      return this.#makeOfShape(process, time, shape, how, asked, type);
    }
    if (around !== undefined && (type === 'mnt' || (asked === undefined && this.#isPartOf(process, around)))) {
      // Sandboxes inside a container are part of it.
      this.#containers.namespaces.claimPidns(process.ns.pid, around);
      return undefined;
    }
    if (type === undefined || (type === 'mnt' && this.#waitsForChild(process, asked))) {
      return undefined;
    }
    return this.#makeOfNamespace(process, time, maker, how, type, asked, around);
  }

  /** Who was there before may have called a runtime in the namespace that it is in: that was not made for it then. */
  #commandFor(process: Process, maker: Process, how: 'created' | 'seen'): Command | undefined {
    const command = commandAbove(process, 'start') ?? commandAbove(maker, 'start');
    return how === 'seen' && command?.owner === process ? undefined : command;
  }

  /** A pid namespace that is no container of its own: in one of a runtime, or made with the mount namespace that is one. */
  #isPartOf(process: Process, around: Container): boolean {
    const hasNoPidns = around.ns?.pid === (around.outer?.ns?.pid ?? this.#containers.host.pid);
    return around.cgroups.size > 0 || (around.init === process.parent && hasNoPidns);
  }

  /** A runtime, or `unshare -pf`, unshares mounts before it makes the child whose container that is. */
  #waitsForChild({ command, unshared, childPidns, ns }: Process, asked: Command | undefined): boolean {
    return (asked !== undefined && command !== undefined) || (unshared && childPidns !== ns.pid);
  }

  /** A cgroup that looks like a container's, with a process in a namespace that is not that of what is around it. */
  #shapeOf(process: Process, around: Container | undefined): CgroupShape | undefined {
    const { host } = this.#containers;
    const outer = around?.ns ?? host;
    const { ns } = process;
    if (ns.mnt === outer.mnt && ns.pid === outer.pid) {
      return undefined;
    }
    return this.#containers.cgroups.shapeOf(process.cgroups);
  }

  #makeOfShape(
    process: Process,
    time: Nanoseconds,
    { path, owner, labels, pod }: CgroupShape,
    how: 'created' | 'seen',
    command: Command | undefined,
    type: 'pid' | 'mnt' | undefined,
  ): Membership {
    const asked = command !== undefined && (command.id === owner.id || owner.guessed !== true) ? command : undefined;
    const { id, name = id } = owner;
    const runtime = owner.guessed && asked ? asked.runtime : owner.runtime;
    const guessed = owner.guessed === true && asked === undefined;
    this.#removeLeft(path, time);
    const container = this.#open({ id, name, runtime, labels, pod, guessed, root: asked?.root } as Identity, asked);
    container.outer = this.#containers.around(path) ?? asked?.from ?? process.membership?.container;
    container.cgroupAt = time.at;
    container.madeBy = `cgroup ${path}`;
    for (const [hierarchy, place] of process.cgroups.paths) {
      if (place === path || place.startsWith(`${path}/`)) {
        this.#containers.cgroups.claim(hierarchy, path, container);
      }
    }
    this.#naming.begin(container);
    if (how === 'created') {
      this.#records.created(container, time);
    }
    if (type === 'pid' && process.nspid.at(-1) === 1) {
      return this.becomesInit(process, container);
    }
    this.#containers.namespaces.claim(process.ns, container);
    return container.as.cgroup;
  }

  #makeOfNamespace(
    process: Process,
    time: Nanoseconds,
    maker: Process,
    how: 'created' | 'seen',
    type: 'pid' | 'mnt',
    command: Command | undefined,
    around: Container | undefined,
  ): Membership {
    const inode = `${type}:[${process.ns[type]}]`;
    const tool = toolName(maker) || toolName(process) || 'unknown';
    const named = command ?? sandboxOf(process, how) ?? sandboxOf(maker, how);
    const identity =
      named === undefined ? { id: inode, name: `${tool} ${inode}`, runtime: tool } : identityOf(named, inode);
    const container = this.#open(identity, named);
    container.outer = around;
    container.requester ??= requesterOf(calledBy(maker));
    container.namespacesAt = time.at;
    container.madeBy = inode;
    const isInit = type === 'mnt' || process.nspid.at(-1) === 1;
    const membership = isInit ? this.becomesInit(process, container) : container.as.pidns;
    this.#containers.namespaces.claim(process.ns, container);
    this.#naming.begin(container);
    if (how === 'created') {
      this.#records.created(container, time);
    }
    return membership;
  }

  /** A cgroup that a container left behind is used again. */
  #removeLeft(path: string, time: Nanoseconds): void {
    if (this.#containers.cgroups.at(path).length === 0) {
      for (const before of this.#containers.cgroups.endedAt(path)) {
        this.remove(before, time);
      }
    }
  }

  #open(identity: Identity, command: Command | undefined): Container {
    const container = this.#containers.make(identity);
    if (command !== undefined) {
      command.made = container;
      container.command = command;
      container.requester = command.by;
      if (command.bundle !== undefined) {
        container.bundle = { path: command.bundle, uid: command.by.uid };
      }
      const monitor = monitorOf(command);
      if (monitor !== undefined) {
        monitor.made = container;
        container.bundle ??= monitor.bundle === undefined ? undefined : { path: monitor.bundle, uid: monitor.by.uid };
        if (monitor.sure || monitor.by.uid === command.by.uid) {
          container.learn(namesOf(monitor), 'monitor');
          container.image ??= imageAskedOf(monitor);
        }
      }
    }
    return container;
  }

  becomesInit(process: Process, container: Container): Membership {
    container.init = process;
    process.origin = 'init';
    process.settled = false;
    this.settleNamespaces(container, process.ns);
    return container.as.init;
  }

  /** Its init is in these namespaces: they are its own, or shared. */
  settleNamespaces(container: Container, ns: Namespaces): void {
    container.pidns = ns.pid;
    container.ns = ns;
    this.#containers.namespaces.claim(ns, container);
    container.shared = this.#containers.sharedBy(container, ns);
  }

  remove(container: Container, time: Nanoseconds): void {
    this.#containers.forget(container);
    this.#naming.forget(container);
    this.#records.removed(container, time);
  }
}
