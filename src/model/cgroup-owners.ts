import { type CgroupShape, CgroupShapes, parentOf } from './cgroup-shapes.ts';
import { type CgroupSet, renamed } from './cgroups.ts';
import type { Container } from './container.ts';
import { Owners } from './owners.ts';

/** Which containers cgroups lead to, by their paths in any hierarchy, and which paths look as if they should. */
export class CgroupOwners {
  readonly #living = new Owners<string>();
  /** Of containers that have ended. */
  readonly #ended = new Owners<string>();
  readonly #shapes = new CgroupShapes();
  /** Counts what was learnt: answers from before are looked up again. */
  #version = 0;

  /** The containers that the innermost one of these cgroups is of, or is in. */
  of(cgroups: CgroupSet): readonly Container[] | undefined {
    const { memo } = cgroups;
    if (memo.version !== this.#version) {
      memo.version = this.#version;
      memo.containers = this.#innermost(cgroups);
    }
    return memo.containers;
  }

  /** The containers whose cgroup that is. */
  at(path: string): readonly Container[] {
    return this.#living.get(path) ?? [];
  }

  /** Containers that have ended and whose cgroup was left behind. */
  endedAt(path: string): readonly Container[] {
    return this.#ended.get(path) ?? [];
  }

  claim(hierarchy: string, path: string, container: Container): void {
    if (path === '/' || path === '') {
      return;
    }
    const hierarchies = container.cgroups.get(path) ?? new Set();
    container.cgroups.set(path, hierarchies.add(hierarchy));
    if (this.#living.add(path, container)) {
      this.#version += 1;
    }
  }

  /** The processes in that cgroup monitor a container, and are not in it. */
  claimForMonitor(path: string): void {
    this.#shapes.noteMonitor(path);
    this.#version += 1;
  }

  noteShape(shape: CgroupShape): void {
    this.#shapes.note(shape);
  }

  /** The innermost cgroup of a process that looks like a container's, and is none yet. */
  shapeOf(cgroups: CgroupSet): CgroupShape | undefined {
    return this.#shapes.of(cgroups, (path) => this.#living.has(path));
  }

  /** Forgets a removed cgroup; gives the containers that have ended and had none but that. */
  remove(hierarchy: string, path: string): Container[] {
    this.#shapes.forget(path);
    const owners = [...this.at(path), ...this.endedAt(path)];
    for (const owner of owners) {
      owner.cgroups.get(path)?.delete(hierarchy);
    }
    if (owners.every(({ cgroups }) => !cgroups.get(path)?.size)) {
      if (this.#living.delete(path)) {
        this.#version += 1;
      }
      this.#ended.delete(path);
    }
    return owners.filter(({ stopped, hasCgroup }) => stopped && !hasCgroup);
  }

  /** A cgroup, and what is below it, has another path from now on in one hierarchy. */
  rename(hierarchy: string, from: string, to: string, containers: Iterable<Container>): void {
    this.#shapes.rename(from, to);
    for (const container of containers) {
      for (const [path, hierarchies] of [...container.cgroups]) {
        const now = renamed(path, from, to);
        if (now !== path && hierarchies.delete(hierarchy)) {
          this.#leave(path, container);
          container.cgroups.set(now, (container.cgroups.get(now) ?? new Set()).add(hierarchy));
          (container.stopped ? this.#ended : this.#living).add(now, container);
        }
      }
    }
    this.#version += 1;
  }

  /** The last process of a container has left. Its cgroups may stay a while. */
  release(container: Container): void {
    for (const [path, hierarchies] of container.cgroups) {
      this.#living.drop(path, container);
      if (hierarchies.size > 0) {
        this.#ended.add(path, container);
      }
    }
    this.#version += 1;
  }

  /** A container is gone. */
  forget(container: Container): void {
    for (const path of container.cgroups.keys()) {
      this.#ended.drop(path, container);
    }
  }

  /** It has a cgroup of that path in no hierarchy any more. */
  #leave(path: string, container: Container): void {
    if (container.cgroups.get(path)?.size === 0) {
      container.cgroups.delete(path);
      this.#living.drop(path, container);
      this.#ended.drop(path, container);
    }
  }

  /** The longest container cgroup that any of the paths is in, the unified hierarchy first. */
  #innermost(cgroups: CgroupSet): readonly Container[] | undefined {
    if (this.#living.size === 0) {
      return undefined;
    }
    let best: readonly Container[] | undefined;
    let length = 0;
    for (const path of cgroups.paths.values()) {
      for (let at = path; at.length > Math.max(length, 1); at = parentOf(at)) {
        const owners = this.#living.get(at);
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
}
