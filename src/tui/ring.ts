export interface RingOptions<Item> {
  /** How many are kept at most. */
  readonly capacity: number;
  /** How much they may weigh together; the newest is kept in any case. */
  readonly maxWeight: number;
  readonly weigh: (item: Item) => number;
}

/** The last items, each with a number that never changes: 0, 1, 2, ... */
export class Ring<Item> {
  readonly #items: (Item | undefined)[];
  readonly #maxWeight: number;
  readonly #weigh: (item: Item) => number;
  #first = 0;
  #next = 0;
  #weight = 0;

  constructor({ capacity, maxWeight, weigh }: RingOptions<Item>) {
    this.#items = new Array<Item | undefined>(capacity);
    this.#maxWeight = maxWeight;
    this.#weigh = weigh;
  }

  /** The number of the oldest that is kept. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next one gets. */
  get next(): number {
    return this.#next;
  }

  push(item: Item): number {
    const { length } = this.#items;
    const weight = this.#weigh(item);
    while (
      this.#first < this.#next &&
      (this.#next - this.#first === length || this.#weight + weight > this.#maxWeight)
    ) {
      this.#drop();
    }
    this.#items[this.#next % length] = item;
    this.#weight += weight;
    this.#next += 1;
    return this.#next - 1;
  }

  get(id: number): Item | undefined {
    return id >= this.#first && id < this.#next ? this.#items[id % this.#items.length] : undefined;
  }

  #drop(): void {
    const place = this.#first % this.#items.length;
    this.#weight -= this.#weigh(this.#items[place]!);
    this.#items[place] = undefined;
    this.#first += 1;
  }
}
