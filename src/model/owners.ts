import type { Container } from './container.ts';

/** The containers that a key leads to: a cgroup's path, or a namespace's inode. */
export class Owners<Key> {
  readonly #byKey = new Map<Key, readonly Container[]>();

  get size(): number {
    return this.#byKey.size;
  }

  has(key: Key): boolean {
    return this.#byKey.has(key);
  }

  get(key: Key): readonly Container[] | undefined {
    return this.#byKey.get(key);
  }

  /** @returns false if it leads there already */
  add(key: Key, container: Container): boolean {
    const owners = this.#byKey.get(key);
    if (owners?.includes(container)) {
      return false;
    }
    // A new array: memos hold the one from before.
    this.#byKey.set(key, owners === undefined ? [container] : [...owners, container]);
    return true;
  }

  /** It does not lead to that one any more. */
  drop(key: Key, container: Container): void {
    const owners = this.#byKey.get(key);
    if (owners?.includes(container)) {
      const left = owners.filter((owner) => owner !== container);
      if (left.length === 0) {
        this.#byKey.delete(key);
      } else {
        this.#byKey.set(key, left);
      }
    }
  }

  /** Nothing leads to that one any more. */
  dropAll(container: Container): void {
    for (const key of this.#byKey.keys()) {
      this.drop(key, container);
    }
  }

  /** @returns whether it led anywhere */
  delete(key: Key): boolean {
    return this.#byKey.delete(key);
  }
}
