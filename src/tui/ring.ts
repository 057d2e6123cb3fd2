/** The last so many items, each with a number that never changes: 0, 1, 2, ... */
export class Ring<Item> {
  readonly #items: (Item | undefined)[];
  #next = 0;

  constructor(capacity: number) {
    this.#items = new Array<Item | undefined>(capacity);
  }

  /** The number of the oldest that is kept. */
  get first(): number {
    return Math.max(0, this.#next - this.#items.length);
  }

  /** The number that the next one gets. */
  get next(): number {
    return this.#next;
  }

  push(item: Item): number {
    this.#items[this.#next % this.#items.length] = item;
    this.#next += 1;
    return this.#next - 1;
  }

  get(id: number): Item | undefined {
    return id >= this.first && id < this.#next ? this.#items[id % this.#items.length] : undefined;
  }
}
