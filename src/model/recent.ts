/** The last N keys. */
export class RecentSet {
  readonly #keys = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size > this.#most) {
      this.#keys.delete(this.#keys.values().next().value!);
    }
  }
}
