import { unitOf } from '../runtimes/systemd-unit.ts';
import type { Container } from './container.ts';

/** The cgroups of a process: path by hierarchy. Shared by all processes that are in the same ones, and never changed. */
export class CgroupSet {
  readonly paths: ReadonlyMap<string, string>;
  /** What Containers made of it, until it learns something new. */
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

  /** The same with another path in one hierarchy. */
  with(hierarchy: string, path: string): CgroupSet {
    return this.paths.get(hierarchy) === path ? this : new CgroupSet(new Map(this.paths).set(hierarchy, path));
  }
}

/** Paths of unified cgroups by the id that events carry; ids are not used again soon, so the oldest may go. */
export class CgroupPaths {
  readonly #byId = new Map<number, string>();

  learn(id: number, path: string): void {
    if (this.#byId.size >= maxPaths) {
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
}

const maxPaths = 65_536;
