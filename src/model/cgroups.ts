import { unitOf } from '../runtimes/systemd-unit.ts';
import type { Container } from './container.ts';

/** The cgroups of a process: path by hierarchy. Shared by all processes that are in the same ones, and never changed. */
export class CgroupSet {
  readonly paths: ReadonlyMap<string, string>;
  /** The containers that they lead to, as long as nothing new was learnt. */
  readonly memo: { version: number; containers: readonly Container[] | undefined } = {
    version: -1,
    containers: undefined,
  };

  /** Whether its paths were looked at for containers. */
  read = false;

  constructor(paths: ReadonlyMap<string, string>) {
    this.paths = paths;
  }

  static readonly none = new CgroupSet(new Map());

  #unit: string | null | undefined;

  /** The systemd unit that it belongs to: by systemd's own hierarchy, or the unified one. Asked for each exec on the host. */
  get unit(): string | undefined {
    this.#unit ??= unitOf(this.paths.get('name=systemd') ?? this.paths.get('') ?? '') ?? null;
    return this.#unit ?? undefined;
  }

  /** What was made of the empty set last: processes whose parent is not known come one after the other. */
  static #first: CgroupSet | undefined;

  /** The same with another path in one hierarchy. */
  with(hierarchy: string, path: string): CgroupSet {
    if (this.paths.get(hierarchy) === path) {
      return this;
    }
    const first = CgroupSet.#first;
    if (this === CgroupSet.none && first?.paths.get(hierarchy) === path) {
      return first;
    }
    const made = new CgroupSet(new Map(this.paths).set(hierarchy, path));
    if (this === CgroupSet.none) {
      CgroupSet.#first = made;
    }
    return made;
  }
}

/** Paths of the cgroups of one hierarchy by the id that events carry; ids are not used again soon, so the oldest may go. */
export class CgroupPaths {
  readonly #byId: Map<number, string>;

  constructor(paths: ReadonlyMap<number, string> = new Map()) {
    this.#byId = new Map(paths);
  }

  learn(id: number, path: string): void {
    if (this.#byId.size >= maxPaths && !this.#byId.has(id)) {
      this.#byId.delete(this.#byId.keys().next().value!);
    }
    this.#byId.set(id, path);
  }

  get(id: number): string | undefined {
    return this.#byId.get(id);
  }

  forget(id: number): void {
    this.#byId.delete(id);
  }

  /** A cgroup and those below it have other paths from now on. */
  rename(from: string, to: string): void {
    for (const [id, path] of this.#byId) {
      this.#byId.set(id, renamed(path, from, to));
    }
  }
}

const maxPaths = 65_536;

/** What a path is called once a cgroup that it is in, or is, has another name. */
export const renamed = (path: string, from: string, to: string): string =>
  path === from || path.startsWith(`${from}/`) ? to + path.slice(from.length) : path;
