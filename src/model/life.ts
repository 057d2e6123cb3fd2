import type { Namespaces } from '../kernel/namespaces.ts';
import { textOf } from '../kernel/text.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { RecordOf } from '../record/schema.ts';
import type { Asked, AskedFor } from './asked/asked.ts';
import type { CgroupSet } from './cgroups.ts';
import type { WallClock } from './clock.ts';
import type { Container, End, Identity, Init, Membership, NameRank, Requester } from './container.ts';
import type { Containers, Shape } from './containers.ts';
import { Naming, type RuntimeKnowledge } from './naming.ts';
import type { Command, Process } from './process.ts';
import { requesterOf, requesterRecord, startupParts } from './requester.ts';

type ContainerRecord = RecordOf<'container'>;
type Op = ContainerRecord['op'];

/** So far up the ancestry the command is looked for that asked for a container: runc init is 3 below runc run. */
const maxAncestors = 8;
/** Statuses of a program that could not be executed, by the shell's convention. */
const cannotExecute: ReadonlySet<number | undefined> = new Set([126, 127]);

/** What a process is called: by its comm, or by how it was called where that says only `exe`, as of busybox' applets. */
const toolName = ({ comm, args }: Process): string => {
  const name = textOf(comm);
  const called = textOf(args[0] ?? '');
  return name === 'exe' && called !== '' ? called.slice(called.lastIndexOf('/') + 1) : name;
};

/**
 * The lives of containers: puts processes into them by evidence, and reports when one is created, starts, is joined, stops
 * and is removed.
 */
export class ContainerLives {
  readonly #containers: Containers;
  readonly #clock: WallClock;
  readonly #emit: (record: ContainerRecord) => void;
  readonly #runtimes: RuntimeKnowledge;
  readonly #asked: AskedFor;
  readonly naming: Naming;

  constructor(
    containers: Containers,
    clock: WallClock,
    runtimes: RuntimeKnowledge,
    asked: AskedFor,
    emit: (record: ContainerRecord) => void,
  ) {
    this.#runtimes = runtimes;
    this.#asked = asked;
    this.#containers = containers;
    this.#clock = clock;
    this.#emit = emit;
    this.naming = new Naming(runtimes.describe, containers, (container, time, reason) =>
      this.#emit({ ...this.#record('named', container, time), reason }),
    );
  }

  /**
   * Finds the container of a process anew, after it was born or went somewhere.
   *
   * @param maker who made the namespaces it is in, if that is not itself
   */
  place(process: Process, time: Nanoseconds, maker: Process = process): void {
    const before = process.membership;
    const now = this.#find(process, time, maker);
    if (now !== before) {
      process.membership = now;
      if (now?.container !== before?.container) {
        this.#moved(process, before?.container, time);
      }
    }
    this.#containers.count(process);
  }

  /** A child stands where its parent does, unless it was put elsewhere. */
  inherit(child: Process, parent: Process | undefined, time: Nanoseconds): void {
    const above = parent?.membership;
    if (parent !== undefined && above !== undefined) {
      const isInit = above.evidence === 'init';
      child.membership = isInit ? above.container.as.lineage : above;
      child.origin = isInit || parent.settled ? 'born' : parent.origin;
      child.settled = child.origin === 'born';
      above.container.alive += 1;
    }
    this.place(child, time, parent);
  }

  /** A process that was there before tracing began. Its parent was adopted before. */
  adopt(process: Process, parent: Process | undefined, time: Nanoseconds): void {
    const above = parent?.membership;
    if (process.membership !== undefined) {
      // A runtime's file names it as the init of its container.
      const { container } = process.membership;
      container.outer ??= above?.container;
      this.settleNamespaces(container, process.ns);
    } else if (above !== undefined) {
      process.membership = above.evidence === 'init' ? above.container.as.lineage : above;
    }
    const { settled } = process;
    process.membership = this.#find(process, time, process, 'seen');
    const container = process.membership?.container;
    if (container !== undefined) {
      container.alive += 1;
      if (
        container.init === undefined &&
        process.membership?.evidence !== 'lineage' &&
        this.#canBeInit(process, container)
      ) {
        process.membership = this.#becomesInit(process, container);
      }
      process.settled = settled;
      container.started ||= settled;
      process.origin =
        container.init === process ? 'init' : parent?.membership?.container === container ? 'born' : 'joined';
    }
    this.#containers.count(process);
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
    const { owner, labels, pod } = this.#runtimes.readCgroup(path);
    if (owner === 'monitor') {
      this.#containers.claimForMonitor(path);
    } else if (owner !== undefined) {
      this.#containers.noteShape({ path, owner, labels, pod });
    }
  }

  /** A runtime's command made a cgroup for its container, or moves its first process there. */
  claim(hierarchy: string, path: string, command: Command, time: Nanoseconds): void {
    const { owner, labels, pod } = this.#runtimes.readCgroup(path);
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
      this.#containers.claimCgroup(hierarchy, path, made);
      this.naming.begin(made);
      this.#tell('created', made, time);
      return;
    }
    if (container.stopped) {
      return;
    }
    container.cgroupAt ??= time.at;
    this.#containers.claimCgroup(hierarchy, path, container);
    container.learn({ labels, pod } as Partial<Identity>, 'shape');
  }

  /** A process in a container runs a program. */
  ran(process: Process, time: Nanoseconds): void {
    const container = process.membership?.container;
    if (container === undefined || process.command?.action === 'helper') {
      return;
    }
    if (!container.started) {
      if (container.init === undefined && process.origin === 'init' && this.#canBeInit(process, container)) {
        process.membership = this.#becomesInit(process, container);
      }
      const { init } = container;
      if (init === process) {
        process.settled = true;
        this.#start(container, process, time, 'exec', process);
      } else if (init !== undefined && process.origin === 'born' && !this.#isOci(container)) {
        // A pid 1 that runs nothing itself, as that of bubblewrap. OCI runtimes have hooks there.
        this.#start(container, init, time, 'birth');
      }
    }
    if (!process.settled && process.origin === 'joined') {
      const by = this.#requester(process, 'enter')?.by ?? process.enteredBy;
      this.#tell('joined', container, time, process, by ?? requesterOf(process));
    }
    process.settled ||= container.started || process.origin === 'joined';
  }

  /** A runtime's command was executed: what it says of names, and whom it works for. */
  noteCommand(command: Command): void {
    this.naming.note(command);
    const { action, id, root, sure } = command;
    if (sure && id !== undefined && command.made === undefined && (action === 'enter' || action === 'monitor')) {
      const found = this.#containers.withId(id).filter((container) => container.root === root);
      command.made = found.length === 1 ? found[0] : undefined;
    }
  }

  /** A process ended. */
  ended(process: Process, time: Nanoseconds, end: End): void {
    this.#containers.uncount(process);
    const container = process.membership?.container;
    if (container !== undefined) {
      if (container.init === process) {
        container.initEnd = end;
      }
      this.#left(container, time);
    }
    const made = process.command?.owner === process ? process.command.made : undefined;
    if (made !== undefined && made.alive === 0 && !made.stopped && made.command === process.command) {
      // Its runtime has ended without a process in it.
      this.#stop(made, time);
    }
    this.naming.ended(process);
  }

  remove(container: Container, time: Nanoseconds): void {
    this.#containers.forget(container);
    this.naming.forget(container);
    this.#tell('removed', container, time);
  }

  seen(container: Container, time: Nanoseconds): void {
    this.#tell('seen', container, time);
  }

  /** Its init is in these namespaces: they are its own, or shared. */
  settleNamespaces(container: Container, ns: Namespaces): void {
    container.pidns = ns.pid;
    container.ns = ns;
    this.#containers.claimNamespaces(ns, container);
    container.shared = this.#containers.sharedBy(container, ns);
  }

  /** The evidence for a process, the strongest first. What is inside the container that it comes from goes before that. */
  #find(
    process: Process,
    time: Nanoseconds,
    maker: Process,
    how: 'created' | 'seen' = 'created',
  ): Membership | undefined {
    this.recognise(process.cgroups);
    const now = process.membership;
    const found = this.#containers.of(process);
    // Who a runtime sends into another container (`runc exec`) leaves the one that it was called in.
    const isSent = found !== undefined && process.errand?.action === 'enter';
    const stays = now !== undefined && (now.evidence === 'init' || now.evidence === 'lineage') && !isSent;
    if (stays && !(found?.container.isInside(now.container) ?? false)) {
      return now.evidence === 'init' ? now : (this.#make(process, time, maker, how, now.container) ?? now);
    }
    return this.#make(process, time, maker, how, found?.container) ?? found;
  }

  /** A container that a namespace makes, with a cgroup or a command that names it; or the init of one that waits for it. */
  #make(
    process: Process,
    time: Nanoseconds,
    maker: Process,
    how: 'created' | 'seen',
    around: Container | undefined,
  ): Membership | undefined {
    const type = this.#containers.makesOne(process);
    const shape = around === undefined || type === 'pid' ? this.#shapeOf(process, around) : undefined;
    if (type === undefined && shape === undefined) {
      return undefined;
    }
    const command = this.#commandFor(process, maker, how);
    if (type === 'pid') {
      const waiting = [command?.made, around].find((made) => made?.init === undefined && made?.stopped === false);
      if (waiting !== undefined) {
        return this.#becomesInit(process, waiting);
      }
    }
    const asked = command?.id !== undefined && command.made === undefined ? command : undefined;
    if (shape !== undefined) {
      return this.#makeOfShape(process, time, shape, how, asked, type);
    }
    if (around !== undefined && (type === 'mnt' || (asked === undefined && this.#isPartOf(process, around)))) {
      // Sandboxes inside a container are part of it.
      this.#containers.claimPidns(process.ns.pid, around);
      return undefined;
    }
    if (type === undefined || (type === 'mnt' && this.#waitsForChild(process, asked))) {
      return undefined;
    }
    return this.#makeOfNamespace(process, time, maker, how, type, asked, around);
  }

  /** Who was there before may have called a runtime in the namespace that it is in: that was not made for it then. */
  #commandFor(process: Process, maker: Process, how: 'created' | 'seen'): Command | undefined {
    const command = this.#requester(process, 'start') ?? this.#requester(maker, 'start');
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
  #shapeOf(process: Process, around: Container | undefined): Shape | undefined {
    const { host } = this.#containers;
    const outer = around?.ns ?? host;
    const { ns } = process;
    if (ns.mnt === outer.mnt && ns.pid === outer.pid) {
      return undefined;
    }
    return this.#containers.shapeOf(process.cgroups);
  }

  #makeOfShape(
    process: Process,
    time: Nanoseconds,
    { path, owner, labels, pod }: Shape,
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
        this.#containers.claimCgroup(hierarchy, path, container);
      }
    }
    this.naming.begin(container);
    if (how === 'created') {
      this.#tell('created', container, time);
    }
    if (type === 'pid' && process.nspid.at(-1) === 1) {
      return this.#becomesInit(process, container);
    }
    this.#containers.claimNamespaces(process.ns, container);
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
    container.requester ??= requesterOf(maker);
    container.namespacesAt = time.at;
    container.madeBy = inode;
    const isInit = type === 'mnt' || process.nspid.at(-1) === 1;
    const membership = isInit ? this.#becomesInit(process, container) : container.as[type === 'pid' ? 'pidns' : 'mnt'];
    if (!isInit) {
      this.#containers.claimNamespaces(process.ns, container);
    }
    this.naming.begin(container);
    if (how === 'created') {
      this.#tell('created', container, time);
    }
    return membership;
  }

  /** A cgroup that a container left behind is used again. */
  #removeLeft(path: string, time: Nanoseconds): void {
    if (this.#containers.withCgroup(path).length === 0) {
      for (const before of this.#containers.leftIn(path)) {
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
      const monitor = this.#monitorOf(command);
      if (monitor !== undefined) {
        monitor.made = container;
        container.bundle ??= monitor.bundle === undefined ? undefined : { path: monitor.bundle, uid: monitor.by.uid };
        if (monitor.sure || monitor.by.uid === command.by.uid) {
          container.learn(nameOf(monitor), 'monitor');
        }
      }
    }
    return container;
  }

  /** The monitor of a container is the parent of its runtime: conmon. */
  #monitorOf(command: Command): Command | undefined {
    let at: Process | undefined = command.owner;
    for (let up = 0; at !== undefined && up < maxAncestors; up += 1) {
      if (at.command?.action === 'monitor' && at.command.id === command.id) {
        return at.command;
      }
      at = at.parent;
    }
    return undefined;
  }

  #becomesInit(process: Process, container: Container): Membership {
    container.init = process;
    process.origin = 'init';
    process.settled = false;
    this.settleNamespaces(container, process.ns);
    return container.as.init;
  }

  /** pid 1 of a pid namespace of the container's own; where it has none, who its runtime sent, or the first in it. */
  #canBeInit(process: Process, container: Container): boolean {
    if (!this.#containers.isHostPidns(process.ns.pid) && process.ns.pid !== container.outer?.ns?.pid) {
      const other = this.#containers.ofPidns(process.ns.pid);
      if (other === undefined || other === container) {
        return process.nspid.at(-1) === 1;
      }
    }
    return container.command === undefined || process.errand === container.command || container.command.owner.ended;
  }

  #moved(process: Process, before: Container | undefined, time: Nanoseconds): void {
    const { membership } = process;
    process.settled = false;
    if (membership === undefined) {
      process.origin = undefined;
    } else {
      const { container, evidence } = membership;
      container.alive += 1;
      const isOwn =
        container.init === undefined && process.errand !== undefined && process.errand === container.command;
      process.origin = evidence === 'init' || isOwn ? 'init' : 'joined';
    }
    if (before !== undefined) {
      this.#left(before, time);
    }
  }

  #left(container: Container, time: Nanoseconds): void {
    container.alive -= 1;
    if (container.alive > 0 || container.stopped) {
      return;
    }
    const waits = !container.started && container.initEnd === undefined && container.command?.owner.ended === false;
    if (!waits) {
      this.#stop(container, time);
    }
  }

  /** @param process init, where its program is known */
  #start(container: Container, init: Init, time: Nanoseconds, seen: 'exec' | 'birth', process?: Process): void {
    container.started = true;
    this.settleNamespaces(container, init.ns);
    const news = this.naming.again(container);
    if (news !== undefined) {
      this.#emit({ ...this.#record('named', container, time), reason: news });
    }
    const { requester } = container;
    const record = this.#record('started', container, time, init);
    record.start_seen = seen;
    record.evidence = this.#evidenceOf(container);
    if (requester !== undefined) {
      const at = seen === 'exec' ? time.at : Math.max(init.startAt, container.namespacesAt ?? 0);
      const asked = this.#asked.started(container, requester, process);
      putAskedBy(record, asked);
      record.by = requesterRecord(requester);
      record.startup_ns = Math.max(0, Math.round(at - requester.at));
      record.startup = startupParts(container, requester, init, { mono: time.mono, at }, asked?.clientAt);
    }
    this.#emit(record);
  }

  #stop(container: Container, time: Nanoseconds): void {
    const { init, initEnd } = container;
    if (!container.started && init !== undefined && initEnd !== undefined && !this.#neverRan(container, initEnd)) {
      this.#start(container, init, time, 'birth');
    }
    container.stopped = true;
    this.#containers.release(container);
    this.#emit({ ...this.#record('stopped', container, time), ...initEnd });
    if (!container.hasCgroup) {
      this.remove(container, time);
    }
  }

  #neverRan(container: Container, end: End): boolean {
    return this.#isOci(container) || cannotExecute.has(end.code);
  }

  #isOci(container: Container): boolean {
    return container.command?.oci === true;
  }

  /** The runtime's command that a process comes from. */
  #requester(process: Process, action: 'start' | 'enter'): Command | undefined {
    let at: Process | undefined = process;
    for (let up = 0; at !== undefined && up < maxAncestors; up += 1) {
      const command: Command | undefined = at.errand ?? at.command;
      if (command?.action === action) {
        return command;
      }
      at = at.parent;
    }
    return undefined;
  }

  #tell(
    op: Op,
    container: Container,
    time: Nanoseconds,
    process?: Process,
    by: Requester | undefined = container.requester,
  ): void {
    const record = this.#record(op, container, time, process);
    if (by !== undefined && (op === 'created' || op === 'joined')) {
      record.by = requesterRecord(by);
      putAskedBy(
        record,
        op === 'joined' && process !== undefined
          ? this.#asked.joined(container, by, process)
          : this.#asked.created(container, by),
      );
    }
    if (op === 'created' || op === 'seen') {
      record.evidence = this.#evidenceOf(container);
    } else if (op === 'joined' && process?.membership !== undefined) {
      record.evidence = [process.membership.evidence];
    }
    this.#emit(record);
  }

  /** Why it is a container, and where its name comes from. */
  #evidenceOf(container: Container): string[] {
    const { madeBy, command, rank, init } = container;
    return [
      ...(madeBy === undefined ? [] : [madeBy]),
      ...(init === undefined ? [] : [`init ${init.pid}`]),
      ...(command === undefined ? [] : [`command ${command.runtime} ${command.id ?? command.name ?? ''}`.trimEnd()]),
      `name from ${rank === 'command' && command === undefined ? 'its namespace' : nameSources[rank]}`,
    ];
  }

  #record(
    op: Op,
    container: Container,
    time: Nanoseconds,
    process?: Pick<Process, 'pid'> & { readonly nspid: readonly number[] },
  ): ContainerRecord {
    const { init } = container;
    const started = init === undefined ? undefined : this.#clock.time(String(Math.max(0, Math.round(init.startAt))));
    return {
      type: 'container',
      seq: 0,
      time: this.#clock.time(time.mono),
      mono: time.mono,
      ...(process === undefined ? {} : { pid: process.pid, nspid: [...process.nspid] }),
      op,
      container: container.info(started),
    };
  }
}

const putAskedBy = (record: ContainerRecord, asked: Asked | undefined): void => {
  if (asked?.record !== undefined) {
    record.asked_by = asked.record;
  }
};

const nameSources: Readonly<Record<NameRank, string>> = {
  shape: 'the path of its cgroup',
  command: 'the command of its runtime',
  monitor: 'what stands by it',
  file: 'a file of its runtime',
};

/** What names the namespaces that a process makes, once. */
const sandboxOf = (process: Process, how: 'created' | 'seen'): Command | undefined => {
  const { errand } = process;
  const isOwn = how === 'seen' && errand?.owner === process;
  return errand?.action === 'sandbox' && errand.made === undefined && !isOwn ? errand : undefined;
};

/** @param id of a container whose runtime has none */
const identityOf = (command: Command, id = ''): Identity => ({
  id: command.id ?? id,
  name: command.name ?? command.id ?? id,
  runtime: command.runtime,
  ...(command.root === undefined ? {} : { root: command.root }),
  ...(command.image === undefined ? {} : { image: command.image }),
});

const nameOf = ({ name, image }: Command): { name?: string; image?: string } => ({
  ...(name === undefined ? {} : { name }),
  ...(image === undefined ? {} : { image }),
});
