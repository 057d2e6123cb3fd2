import { type Namespaces, type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { Census } from './census.ts';
import { CgroupSet, renamed } from './cgroups.ts';
import { Container, type Identity, type Init, type Membership } from './container.ts';
import type { Process } from './process.ts';
import { parentOf, type Shape, Shapes } from './shapes.ts';

/**
 * Which containers there are, and what leads to them: their cgroups, pid namespaces and mount namespaces. What several
 * containers share leads to none of them by itself. A namespace leads nowhere once its last process has left: the kernel
 * gives its inode to the next one.
 */
export class Containers {
  readonly #host: Namespaces;
  readonly #live = new Set<Container>();
  readonly #byCgroup = new Map<string, Container[]>();
  /** Cgroups of containers that have ended. */
  readonly #left = new Map<string, Container[]>();
  readonly #shapes = new Shapes();
  readonly #byPidns = new Map<number, Container[]>();
  readonly #byMnt = new Map<number, Container[]>();
  /** Living processes by namespace, those of the host left out. */
  readonly #inPidns = new Census();
  readonly #inMnt = new Census();
  /** Mount namespaces of services and helpers: they make no container, whoever enters them. */
  readonly #hostMnts = new Set<number>();
  #version = 0;
  #instances = 0;

  constructor(host: Namespaces) {
    this.#host = host;
  }

  /** A container seen for the first time: it gets the next number. */
  make(identity: Identity): Container {
    this.#instances += 1;
    const container = new Container(identity, this.#instances);
    this.#live.add(container);
    return container;
  }

  get host(): Namespaces {
    return this.#host;
  }

  isHostPidns(pidns: number): boolean {
    return pidns === this.#host.pid;
  }

  /** Where a process stands by its namespaces and cgroups, the strongest first; a container inside that one goes before it. */
  of(process: Process): Membership | undefined {
    const { ns, cgroups, mntMoved, errand } = process;
    const sharing = this.#ofCgroups(cgroups);
    const made = errand?.action === 'start' ? errand.made : undefined;
    if (made !== undefined && made.init === undefined && sharing?.includes(made)) {
      // Sent by the runtime to be its init, maybe in the pid namespace of another one.
      return made.as.cgroup;
    }
    let found: Membership | undefined;
    if (ns.pid !== this.#host.pid) {
      const container = this.#narrow(this.#byPidns.get(ns.pid), process, ns.pid);
      found = container?.as.pidns;
    }
    if (sharing !== undefined) {
      const container = sharing.length === 1 ? sharing[0] : this.#narrow(sharing, process);
      if (container !== undefined && (found === undefined || container.isInside(found.container))) {
        found = container.as.cgroup;
      }
    }
    if (mntMoved && ns.mnt !== this.#host.mnt) {
      const container = this.#narrow(this.#byMnt.get(ns.mnt), process);
      if (container !== undefined && (found === undefined || container.isInside(found.container))) {
        found = container.as.mnt;
      }
    }
    return found;
  }

  /** The container that a cgroup is of, if it is of one only. */
  ofCgroup(hierarchy: string, path: string): Container | undefined {
    const sharing = this.#ofCgroups(new CgroupSet(new Map([[hierarchy, path]])));
    return sharing?.length === 1 ? sharing[0] : undefined;
  }

  /** Containers that have this pid namespace. */
  ofPidns(pidns: number): Container | undefined {
    const sharing = this.#byPidns.get(pidns);
    return sharing?.length === 1 ? sharing[0] : sharing?.find(({ init }) => isFirstIn(init, pidns));
  }

  hasPidns(pidns: number): boolean {
    return this.#byPidns.has(pidns);
  }

  /** Living containers of that id, whatever their runtime. */
  withId(id: string): Container[] {
    return [...this.#live].filter(({ ref, stopped }) => ref.id === id && !stopped);
  }

  /** The containers whose cgroup that is. */
  withCgroup(path: string): readonly Container[] {
    return this.#byCgroup.get(path) ?? [];
  }

  /** Whoever is in that cgroup stands by a container, and is not in it. */
  claimForMonitor(path: string): void {
    this.#shapes.noteMonitor(path);
    this.#version += 1;
  }

  noteShape(shape: Shape): void {
    this.#shapes.note(shape);
  }

  /** The innermost cgroup of a process that looks like a container's, and is none yet. */
  shapeOf(cgroups: CgroupSet): Shape | undefined {
    return this.#shapes.of(cgroups, (path) => this.#byCgroup.has(path));
  }

  /** What namespace of a process without a container makes one. */
  makesOne(process: Process): 'pid' | 'mnt' | undefined {
    const { ns } = process;
    if (ns.pid !== this.#host.pid && !this.#byPidns.has(ns.pid)) {
      return 'pid';
    }
    const own = process.mntMoved && ns.mnt !== this.#host.mnt && !this.#hostMnts.has(ns.mnt);
    return own && !this.#byMnt.has(ns.mnt) ? 'mnt' : undefined;
  }

  claimCgroup(hierarchy: string, path: string, container: Container): void {
    if (path === '/' || path === '') {
      return;
    }
    const hierarchies = container.cgroups.get(path) ?? new Set();
    container.cgroups.set(path, hierarchies.add(hierarchy));
    if (add(this.#byCgroup, path, container)) {
      this.#version += 1;
    }
  }

  /** A container's own namespaces lead to it; those that it has of the host, or of what is around it, do not. */
  claimNamespaces(ns: Namespaces, container: Container): void {
    this.claimPidns(ns.pid, container);
    const outer = container.outer?.ns;
    if (ns.mnt !== this.#host.mnt && ns.mnt !== outer?.mnt && !this.#hostMnts.has(ns.mnt)) {
      add(this.#byMnt, ns.mnt, container);
    }
  }

  claimPidns(pidns: number, container: Container): void {
    if (pidns !== this.#host.pid && pidns !== container.outer?.ns?.pid) {
      add(this.#byPidns, pidns, container);
    }
  }

  /** Counts a process in the namespaces that it is in now. */
  count(process: Process): void {
    const { ns } = process;
    const mnt = ns.mnt === this.#host.mnt ? 0 : ns.mnt;
    if (mnt !== process.countedMnt) {
      this.#uncountMnt(process.countedMnt);
      process.countedMnt = mnt;
      this.#inMnt.enter(mnt);
    }
    const pid = ns.pid === this.#host.pid ? 0 : ns.pid;
    if (pid !== process.countedPid) {
      this.#uncountPid(process.countedPid);
      process.countedPid = pid;
      this.#inPidns.enter(pid);
    }
    if (mnt !== 0 && !process.mntMoved && process.membership === undefined) {
      this.#hostMnts.add(mnt);
    }
  }

  uncount(process: Process): void {
    this.#uncountMnt(process.countedMnt);
    this.#uncountPid(process.countedPid);
    process.countedMnt = 0;
    process.countedPid = 0;
  }

  /** The namespaces that a container shares with the host, and with which others. */
  sharedBy(container: Container, ns: Namespaces): Partial<Record<NamespaceType, string[]>> {
    const shared: Partial<Record<NamespaceType, string[]>> = {};
    for (const type of namespaceTypes) {
      if (ns[type] === this.#host[type]) {
        shared[type] = ['host'];
        continue;
      }
      const others = [...this.#live].filter(
        (other) => other !== container && !other.stopped && other.ns?.[type] === ns[type],
      );
      if (others.length > 0) {
        shared[type] = others.map(({ ref }) => ref.id);
      }
    }
    return shared;
  }

  /** Forgets a removed cgroup; gives the containers that have ended and had none but that. */
  dropCgroup(hierarchy: string, path: string): Container[] {
    this.#shapes.forget(path);
    const owners = [...(this.#byCgroup.get(path) ?? []), ...(this.#left.get(path) ?? [])];
    for (const owner of owners) {
      owner.cgroups.get(path)?.delete(hierarchy);
    }
    if (owners.every(({ cgroups }) => !cgroups.get(path)?.size)) {
      if (this.#byCgroup.delete(path)) {
        this.#version += 1;
      }
      this.#left.delete(path);
    }
    return owners.filter(({ stopped, hasCgroup }) => stopped && !hasCgroup);
  }

  /** A cgroup, and what is below it, has another path from now on in one hierarchy. */
  renameCgroup(hierarchy: string, from: string, to: string): void {
    this.#shapes.rename(from, to);
    for (const container of this.#live) {
      for (const [path, hierarchies] of [...container.cgroups]) {
        const now = renamed(path, from, to);
        if (now !== path && hierarchies.delete(hierarchy)) {
          this.#leaveCgroup(path, container);
          const map = container.stopped ? this.#left : this.#byCgroup;
          container.cgroups.set(now, (container.cgroups.get(now) ?? new Set()).add(hierarchy));
          add(map, now, container);
        }
      }
    }
    this.#version += 1;
  }

  /** Containers that have ended and whose cgroup was left behind. */
  leftIn(path: string): readonly Container[] {
    return this.#left.get(path) ?? [];
  }

  /** Its last process has left: nothing leads to it any more. Its cgroups may stay a while. */
  release(container: Container): void {
    for (const [path, hierarchies] of container.cgroups) {
      dropFrom(this.#byCgroup, path, container);
      if (hierarchies.size > 0) {
        add(this.#left, path, container);
      }
    }
    for (const map of [this.#byPidns, this.#byMnt]) {
      for (const inode of map.keys()) {
        dropFrom(map, inode, container);
      }
    }
    this.#version += 1;
  }

  /** Forgets a container that is gone. */
  forget(container: Container): void {
    this.release(container);
    for (const path of container.cgroups.keys()) {
      dropFrom(this.#left, path, container);
    }
    this.#live.delete(container);
  }

  /** Those that are not gone. */
  all(): ReadonlySet<Container> {
    return this.#live;
  }

  /** The container that a cgroup is in, not the one that it is of. */
  around(path: string): Container | undefined {
    return this.ofCgroup('', parentOf(path));
  }

  /** It has a cgroup of that path in no hierarchy any more. */
  #leaveCgroup(path: string, container: Container): void {
    if (container.cgroups.get(path)?.size === 0) {
      container.cgroups.delete(path);
      dropFrom(this.#byCgroup, path, container);
      dropFrom(this.#left, path, container);
    }
  }

  #ofCgroups(cgroups: CgroupSet): readonly Container[] | undefined {
    const { memo } = cgroups;
    if (memo.version !== this.#version) {
      memo.version = this.#version;
      memo.containers = this.#innermost(cgroups);
    }
    return memo.containers;
  }

  /** Of containers that share a namespace or a cgroup, the one that a process is in by its others. */
  #narrow(sharing: readonly Container[] | undefined, process: Process, pidns?: number): Container | undefined {
    if (sharing === undefined || sharing.length <= 1) {
      return sharing?.[0];
    }
    let left = sharing;
    const { mnt, net } = process.ns;
    const keep = (is: (container: Container) => boolean): void => {
      const kept = left.filter(is);
      left = kept.length > 0 ? kept : left;
    };
    const own = process.errand?.made;
    keep((container) => container === own);
    keep((container) => this.#byMnt.get(mnt)?.includes(container) === true);
    if (left.length > 1) {
      keep(({ ns }) => ns?.net === net);
    }
    if (left.length > 1 && pidns !== undefined) {
      const inCgroup = this.#ofCgroups(process.cgroups);
      keep((container) => inCgroup?.includes(container) === true);
    }
    if (left.length > 1 && pidns !== undefined) {
      left = left.filter(({ init }) => isFirstIn(init, pidns));
    }
    return left.length === 1 ? left[0] : undefined;
  }

  /** The longest container cgroup that any of the paths is in, the unified hierarchy first. */
  #innermost(cgroups: CgroupSet): readonly Container[] | undefined {
    if (this.#byCgroup.size === 0) {
      return undefined;
    }
    let best: readonly Container[] | undefined;
    let length = 0;
    for (const path of cgroups.paths.values()) {
      for (let at = path; at.length > Math.max(length, 1); at = parentOf(at)) {
        const owners = this.#byCgroup.get(at);
        if (owners !== undefined) {
          best = owners;
          length = at.length;
        } else if (this.#shapes.isMonitor(at) && at.endsWith('/supervisor')) {
          // Of what is above it: nspawn has its own below the container's.
          at = parentOf(at);
        }
      }
    }
    return best;
  }

  #uncountMnt(mnt: number): void {
    if (this.#inMnt.leave(mnt)) {
      this.#byMnt.delete(mnt);
      this.#hostMnts.delete(mnt);
    }
  }

  #uncountPid(pidns: number): void {
    if (this.#inPidns.leave(pidns)) {
      this.#byPidns.delete(pidns);
    }
  }
}

const isFirstIn = (init: Init | undefined, pidns: number): boolean =>
  init !== undefined && init.ns.pid === pidns && init.nspid.at(-1) === 1;

const add = <Key>(map: Map<Key, Container[]>, key: Key, container: Container): boolean => {
  const owners = map.get(key);
  if (owners?.includes(container)) {
    return false;
  }
  // A new array: memos hold the one from before.
  map.set(key, owners === undefined ? [container] : [...owners, container]);
  return true;
};

const dropFrom = <Key>(map: Map<Key, Container[]>, key: Key, container: Container): void => {
  const owners = map.get(key);
  if (owners?.includes(container)) {
    const left = owners.filter((owner) => owner !== container);
    if (left.length === 0) {
      map.delete(key);
    } else {
      map.set(key, left);
    }
  }
};
