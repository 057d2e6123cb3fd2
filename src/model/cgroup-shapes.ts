import type { CgroupOwner, Labels, Pod } from '../runtimes/runtime.ts';
import { type CgroupSet, renamed } from './cgroups.ts';

/** A cgroup whose path looks like one that a runtime makes. That alone makes no container. */
export interface CgroupShape {
  readonly path: string;
  readonly owner: Extract<CgroupOwner, object>;
  readonly labels: Labels | undefined;
  readonly pod?: Pod | undefined;
}

/** What cgroups look like by their paths: like a container's, or like those of a monitor. */
export class CgroupShapes {
  readonly #byPath = new Map<string, CgroupShape>();
  readonly #monitors = new Set<string>();

  note(shape: CgroupShape): void {
    this.#byPath.set(shape.path, shape);
  }

  noteMonitor(path: string): void {
    this.#monitors.add(path);
  }

  isMonitor(path: string): boolean {
    return this.#monitors.has(path);
  }

  /** In one hierarchy: in others it may have the old path still. */
  rename(from: string, to: string): void {
    for (const path of [...this.#monitors]) {
      this.#monitors.add(renamed(path, from, to));
    }
  }

  forget(path: string): void {
    this.#monitors.delete(path);
    this.#byPath.delete(path);
  }

  /** The innermost cgroup that looks like a container's, and is not inside one that is taken. */
  of({ paths }: CgroupSet, isTaken: (path: string) => boolean): CgroupShape | undefined {
    if (this.#byPath.size === 0) {
      return undefined;
    }
    let best: CgroupShape | undefined;
    for (const path of paths.values()) {
      for (let at = path; at.length > Math.max(best?.path.length ?? 1, 1) && !isTaken(at); at = parentOf(at)) {
        const shape = this.#byPath.get(at);
        if (shape !== undefined) {
          best = shape;
          break;
        }
      }
    }
    return best;
  }
}

export const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
