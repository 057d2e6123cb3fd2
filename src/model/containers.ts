import type { Namespaces } from '../probe/event.ts';
import type { CgroupSet } from './cgroups.ts';
import type { Container } from './container.ts';
import type { Process } from './process.ts';

/**
 * Which container a process is in: that of its innermost container cgroup, else that of its pid namespace, else that of
 * its mount namespace if it was put there. All the rest is the host.
 */
export class Containers {
  readonly #host: Namespaces;
  readonly #byCgroup = new Map<string, Container>();
  readonly #byPidns = new Map<number, Container>();
  readonly #byMnt = new Map<number, Container>();
  #version = 0;

  constructor(host: Namespaces) {
    this.#host = host;
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

  withId(id: string, runtime: string): Container | undefined {
    for (const container of this.all()) {
      if (container.ref.id === id && container.ref.runtime === runtime) {
        return container;
      }
    }
    return undefined;
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

  /** Forgets a removed cgroup; tells whose it was if that was the last one it had. */
  dropCgroup(hierarchy: string, path: string): Container | undefined {
    const container = this.#byCgroup.get(path);
    const hierarchies = container?.cgroups.get(path);
    if (container === undefined || hierarchies === undefined) {
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
    for (const map of [this.#byPidns, this.#byMnt]) {
      for (const [inode, owner] of map) {
        if (owner === container) {
          map.delete(inode);
        }
      }
    }
    this.#version += 1;
  }

  all(): Set<Container> {
    return new Set([...this.#byCgroup.values(), ...this.#byPidns.values(), ...this.#byMnt.values()]);
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
      for (let at = path; at.length > Math.max(length, 1); at = at.slice(0, at.lastIndexOf('/'))) {
        const container = this.#byCgroup.get(at);
        if (container !== undefined) {
          best = container;
          length = at.length;
        }
      }
    }
    return best;
  }
}
