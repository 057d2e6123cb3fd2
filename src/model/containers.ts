import { type Namespaces, type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { CgroupSet } from './cgroups.ts';
import { Container, type Identity } from './container.ts';
import type { Process } from './process.ts';

/**
 * Which container a process is in: that of its innermost container cgroup, else that of its pid namespace, else that of
 * its mount namespace if it was put there. All the rest is the host.
 */
export class Containers {
  readonly #host: Namespaces;
  /** null: the cgroup of what stands by a container, and is not in it. */
  readonly #byCgroup = new Map<string, Container | null>();
  readonly #byPidns = new Map<number, Container>();
  readonly #byMnt = new Map<number, Container>();
  #version = 0;
  #instances = 0;

  constructor(host: Namespaces) {
    this.#host = host;
  }

  /** A container seen for the first time: it gets the next number. */
  make(identity: Identity): Container {
    this.#instances += 1;
    return new Container(identity, this.#instances);
  }

  isHostPidns(pidns: number): boolean {
    return pidns === this.#host.pid;
  }

  of(process: Process): Container | undefined {
    const container = this.ofCgroups(process.cgroups);
    if (container !== undefined) {
      return container;
    }
    return this.isHostPidns(process.ns.pid) ? this.#ofMnt(process) : this.#byPidns.get(process.ns.pid);
  }

  ofCgroups(cgroups: CgroupSet): Container | undefined {
    const { memo } = cgroups;
    if (memo.version !== this.#version) {
      memo.version = this.#version;
      memo.container = this.#innermost(cgroups);
    }
    return memo.container as Container | undefined;
  }

  ofPidns(pidns: number): Container | undefined {
    return this.#byPidns.get(pidns);
  }

  /** The container with that id; of several runtimes' that of `runtime`, unless it is only guessed which it is. */
  withId(id: string, runtime: string, guessed = false): Container | undefined {
    for (const container of this.all()) {
      if (container.ref.id === id && (container.ref.runtime === runtime || container.guessed || guessed)) {
        return container;
      }
    }
    return undefined;
  }

  /** The container whose cgroup that is. */
  withCgroup(path: string): Container | undefined {
    return this.#byCgroup.get(path) ?? undefined;
  }

  /** Whether it is known whose cgroup that is. */
  isClaimed(hierarchy: string, path: string): boolean {
    const container = this.#byCgroup.get(path);
    return container === null || container?.cgroups.get(path)?.has(hierarchy) === true;
  }

  /** Whoever is in that cgroup stands by a container, and is not in it. */
  claimForMonitor(path: string): void {
    this.#byCgroup.set(path, null);
    this.#version += 1;
  }

  /** Whether a process without a known container is in namespaces that make one. */
  makesOne(process: Process): 'pid' | 'mnt' | undefined {
    if (!this.isHostPidns(process.ns.pid)) {
      return 'pid';
    }
    return process.mntMoved && process.ns.mnt !== this.#host.mnt ? 'mnt' : undefined;
  }

  claimCgroup(hierarchy: string, path: string, container: Container): void {
    if (path === '/' || path === '') {
      return;
    }
    const hierarchies = container.cgroups.get(path) ?? new Set();
    container.cgroups.set(path, hierarchies.add(hierarchy));
    if (this.#byCgroup.get(path) !== container) {
      this.#byCgroup.set(path, container);
      this.#version += 1;
    }
  }

  /** The container that a cgroup is in, not the one that it is of. */
  around(path: string): Container | undefined {
    return this.ofCgroups(new CgroupSet(new Map([['', parentOf(path)]])));
  }

  /** The namespaces that a container shares with the host, and with which others. */
  sharedBy(container: Container, ns: Namespaces): Partial<Record<NamespaceType, string[]>> {
    const shared: Partial<Record<NamespaceType, string[]>> = {};
    for (const type of namespaceTypes) {
      if (ns[type] === this.#host[type]) {
        shared[type] = ['host'];
        continue;
      }
      const others = [...this.all()].filter((other) => other !== container && other.ns?.[type] === ns[type]);
      if (others.length > 0) {
        shared[type] = others.map(({ ref }) => ref.id);
      }
    }
    return shared;
  }

  /** Forgets a removed cgroup; tells whose it was if that was the last one it had. */
  dropCgroup(hierarchy: string, path: string): Container | undefined {
    const container = this.#byCgroup.get(path);
    if (container === null) {
      this.#byCgroup.delete(path);
    }
    const hierarchies = container?.cgroups.get(path);
    if (!container || hierarchies === undefined) {
      return undefined;
    }
    hierarchies.delete(hierarchy);
    if (hierarchies.size === 0) {
      this.#byCgroup.delete(path);
      this.#version += 1;
    }
    return [...container.cgroups.values()].every(({ size }) => size === 0) ? container : undefined;
  }

  /** A container's own namespaces lead to it; those that it shares with the host do not. */
  claimNamespaces(ns: Namespaces, container: Container): void {
    if (!this.isHostPidns(ns.pid) && !this.#byPidns.has(ns.pid)) {
      this.#byPidns.set(ns.pid, container);
    }
    if (ns.mnt !== this.#host.mnt && !this.#byMnt.has(ns.mnt)) {
      this.#byMnt.set(ns.mnt, container);
    }
    container.pidns ??= ns.pid;
    container.mnt ??= ns.mnt;
  }

  /** Forgets a container that is gone. */
  forget(container: Container): void {
    for (const path of container.cgroups.keys()) {
      if (this.#byCgroup.get(path) === container) {
        this.#byCgroup.delete(path);
      }
    }
    this.forgetNamespaces(container);
    this.#version += 1;
  }

  /** Nobody is in them any more: the kernel gives their inodes to new ones. */
  forgetNamespaces(container: Container): void {
    for (const map of [this.#byPidns, this.#byMnt]) {
      for (const [inode, owner] of map) {
        if (owner === container) {
          map.delete(inode);
        }
      }
    }
  }

  all(): Set<Container> {
    const all = new Set([...this.#byCgroup.values(), ...this.#byPidns.values(), ...this.#byMnt.values()]);
    all.delete(null);
    return all as Set<Container>;
  }

  #ofMnt(process: Process): Container | undefined {
    return process.mntMoved ? this.#byMnt.get(process.ns.mnt) : undefined;
  }

  /** The longest container cgroup that any of the paths is in, the unified hierarchy first. */
  #innermost(cgroups: CgroupSet): Container | undefined {
    if (this.#byCgroup.size === 0) {
      return undefined;
    }
    let best: Container | undefined;
    let length = 0;
    for (const path of cgroups.paths.values()) {
      for (let at = path; at.length > Math.max(length, 1); at = parentOf(at)) {
        const container = this.#byCgroup.get(at);
        if (container) {
          best = container;
          length = at.length;
        } else if (container === null && at.endsWith('/supervisor')) {
          // Of what is above it: nspawn has its own below the container's.
          at = parentOf(at);
        }
      }
    }
    return best;
  }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
