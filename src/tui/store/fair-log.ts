/** An item that is kept until others need its room. */
export interface Droppable {
  /** It is no longer kept: lists that still hold it leave it out. */
  dropped: boolean;
}

/** Places of dropped items at the beginning of a share. */
const maxGone = 16;

/** What one owner has in a FairLog, the oldest first. */
export class Share<Item extends Droppable> {
  /** Dropped ones are undefined, for a while: taking them out each time would cost more than all the rest. */
  #items: (Item | undefined)[] = [];
  #head = 0;
  weight = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  get items(): readonly Item[] {
    this.#tidy();
    return this.#items as Item[];
  }

  get oldest(): Item | undefined {
    return this.#items[this.#head];
  }

  push(item: Item, weight: number): void {
    this.#items.push(item);
    this.weight += weight;
  }

  shift(): Item | undefined {
    const item = this.#items[this.#head];
    if (item !== undefined) {
      this.#items[this.#head] = undefined;
      this.#head += 1;
      if (this.#head > maxGone && this.#head * 2 > this.#items.length) {
        this.#tidy();
      }
    }
    return item;
  }

  #tidy(): void {
    this.#items.splice(0, this.#head);
    this.#head = 0;
  }
}

export interface FairLogOptions<Item> {
  /** At most this many items. */
  readonly capacity: number;
  /** At most this weight of all together. */
  readonly maxWeight: number;
  readonly weigh: (item: Item) => number;
  readonly onDrop?: (item: Item) => void;
}

/** This part of all is dropped at once: looking for those who have most costs a look at each. */
const partAtOnce = 1 / 64;

/**
 * The last items of several owners, in the order in which they came. Where there are too many, the oldest of whoever has most
 * are dropped: one owner with very many does not push out those of the others.
 */
export class FairLog<Item extends Droppable> {
  readonly #options: FairLogOptions<Item>;
  readonly #shares = new Set<Share<Item>>();
  readonly #orphans = new Share<Item>();
  #all: Item[] = [];
  #count = 0;
  #weight = 0;
  #newest: Item | undefined;
  /** Grows with every item that is dropped. */
  dropped = 0;

  constructor(options: FairLogOptions<Item>) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** In order; some may be dropped already. */
  get all(): readonly Item[] {
    return this.#all;
  }

  push(share: Share<Item>, item: Item): void {
    const weight = this.#options.weigh(item);
    this.#shares.add(share);
    share.push(item, weight);
    this.#all.push(item);
    this.#newest = item;
    this.#count += 1;
    this.#weight += weight;
    const { capacity, maxWeight } = this.#options;
    while ((this.#count > capacity || this.#weight > maxWeight) && this.#count > 1) {
      const tooMany = Math.max(this.#count - capacity, this.#count * partAtOnce) / this.#count;
      this.#trim(Math.max(this.#weight - maxWeight, this.#weight * tooMany));
    }
    if (this.#all.length > 1.5 * capacity) {
      this.#all = this.#all.filter((kept) => !kept.dropped);
    }
  }

  /** The owner of a share is forgotten: its items belong to nobody, and are dropped as if to one owner. */
  abandon(share: Share<Item>): void {
    if (this.#shares.delete(share)) {
      for (const item of share.items) {
        this.#orphans.push(item, this.#options.weigh(item));
      }
      this.#shares.add(this.#orphans);
    }
  }

  /** Brings those who have most down to a level, so that so much is dropped in all. */
  #trim(weight: number): void {
    const shares: Share<Item>[] = [];
    for (const share of this.#shares) {
      // The newest item stays in any case.
      if (share.oldest !== this.#newest) {
        shares.push(share);
      }
    }
    shares.sort((a, b) => b.weight - a.weight);
    let sum = 0;
    let level = 0;
    let most = 0;
    while (most < shares.length) {
      sum += shares[most]!.weight;
      most += 1;
      level = Math.max(0, (sum - weight) / most);
      if (most === shares.length || shares[most]!.weight <= level) {
        break;
      }
    }
    for (let index = 0; index < most; index += 1) {
      this.#dropOf(shares[index]!, level);
    }
  }

  /** The oldest, until a share has that weight at most. */
  #dropOf(share: Share<Item>, level: number): void {
    while (share.weight > level && share.oldest !== undefined && share.oldest !== this.#newest) {
      const item = share.shift()!;
      const weight = this.#options.weigh(item);
      item.dropped = true;
      this.#options.onDrop?.(item);
      share.weight -= weight;
      this.#weight -= weight;
      this.#count -= 1;
      this.dropped += 1;
    }
    if (share.length === 0) {
      this.#shares.delete(share);
    }
  }
}

/** The shares of owners in a FairLog. */
export class Shares<Owner extends object, Item extends Droppable> {
  readonly #log: FairLog<Item>;
  readonly #byOwner = new Map<Owner, Share<Item>>();

  constructor(log: FairLog<Item>) {
    this.#log = log;
  }

  push(owner: Owner, item: Item): void {
    let share = this.#byOwner.get(owner);
    if (share === undefined) {
      share = new Share();
      this.#byOwner.set(owner, share);
    }
    this.#log.push(share, item);
  }

  abandon(owner: Owner): void {
    const share = this.#byOwner.get(owner);
    if (share !== undefined) {
      this.#byOwner.delete(owner);
      this.#log.abandon(share);
    }
  }
}
