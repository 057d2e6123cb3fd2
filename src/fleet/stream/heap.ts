/** A binary heap: the first of many, which change one at a time. */
export class Heap<Item> {
  readonly #items: Item[] = [];
  readonly #isBefore: (one: Item, other: Item) => boolean;

  constructor(isBefore: (one: Item, other: Item) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#items.length;
  }

  get first(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!this.#isBefore(item, items[above]!)) {
        break;
      }
      items[at] = items[above]!;
      at = above;
    }
    items[at] = item;
  }

  /** Removes the first one. */
  pop(): void {
    const last = this.#items.pop();
    if (last !== undefined && this.#items.length > 0) {
      this.#items[0] = last;
      this.sink();
    }
  }

  /** Puts the first one where it belongs, after it became later. */
  sink(): void {
    const items = this.#items;
    const item = items[0]!;
    let at = 0;
    for (;;) {
      let next = 2 * at + 1;
      if (next >= items.length) {
        break;
      }
      if (next + 1 < items.length && this.#isBefore(items[next + 1]!, items[next]!)) {
        next += 1;
      }
      if (!this.#isBefore(items[next]!, item)) {
        break;
      }
      items[at] = items[next]!;
      at = next;
    }
    items[at] = item;
  }
}
