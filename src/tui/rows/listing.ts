import type { ViewEvent, ViewKind } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import { type GroupKind, keyOfEvent } from './grouping.ts';
import type { Query } from './query.ts';

/** Which events are listed, and by what they stand together. */
export interface Wanted {
  readonly kinds: ReadonlySet<ViewKind>;
  readonly query: Query;
  readonly by: GroupKind;
  /** Only those with this key. */
  readonly only: string | undefined;
  /** Lists by key are made, too. */
  readonly grouped: boolean;
}

const isWanted = (event: ViewEvent, { kinds, query }: Wanted): boolean =>
  (event.kind === 'lost' || kinds.has(event.kind)) && (query.empty || query.matches(event));

/** Losses stand with their host: what is looked at alone can have lost something there. */
const isLossOf = ({ kind }: ViewEvent, key: string, { by, only = '' }: Wanted): boolean =>
  kind === 'lost' && (by !== 'container' || only.startsWith(key));

/** Whether it has a line: not where another stands for it. */
const isListed = (event: ViewEvent, wanted: Wanted): boolean =>
  isWanted(event, wanted) && (event.foldedInto === undefined || !isWanted(event.foldedInto, wanted));

/** Events that are no longer kept and still in lists: looking for each at once would cost more than all the rest. */
const maxGone = 5000;
/** Events at the end of a list among which those are that were folded since the last frame. */
const foldedBack = 2000;

/** Events looked at in one go; more are looked at in the next one, so that keys are answered meanwhile. */
const atOnce = 20_000;

/** The listed events, in order. Each is looked at once, not once a frame. */
export class Listing {
  readonly #store: Store;
  #wanted: Wanted | undefined;
  #renames = -1;
  #next = 0;
  #dropped = 0;
  #folds = 0;
  #all: ViewEvent[] = [];
  readonly #byKey = new Map<string, ViewEvent[]>();
  /** Not all events have been looked at yet. */
  behind = false;

  constructor(store: Store) {
    this.#store = store;
  }

  get all(): readonly ViewEvent[] {
    return this.#all;
  }

  get byKey(): ReadonlyMap<string, readonly ViewEvent[]> {
    return this.#byKey;
  }

  /** Takes what came since the last time; all anew where something else is wanted. */
  update(wanted: Wanted): void {
    const { events, folds, renames } = this.#store;
    if (!isSame(this.#wanted, wanted) || (this.#renames !== renames && (wanted.grouped || wanted.only !== undefined))) {
      this.#all = [];
      this.#byKey.clear();
      this.#next = 0;
      this.#folds = folds;
      this.#dropped = events.dropped;
    }
    this.#wanted = wanted;
    this.#renames = renames;
    if (events.dropped - this.#dropped > maxGone) {
      this.#thin(wanted, Number.POSITIVE_INFINITY);
      this.#dropped = events.dropped;
    } else if (this.#folds !== folds) {
      // What is folded came a short while ago.
      this.#thin(wanted, foldedBack);
    }
    this.#folds = folds;
    const { all } = events;
    const from = firstFrom(all, this.#next);
    const end = wanted.query.empty ? all.length : Math.min(all.length, from + atOnce);
    for (let index = from; index < end; index += 1) {
      this.#take(all[index]!, wanted);
    }
    this.behind = end < all.length;
    this.#next = this.behind ? all[end]!.id : this.#store.nextId;
  }

  #take(event: ViewEvent, wanted: Wanted): void {
    if (event.dropped || !isListed(event, wanted)) {
      return;
    }
    const key = wanted.grouped || wanted.only !== undefined ? keyOfEvent(wanted.by, event) : '';
    if (wanted.only !== undefined && key !== wanted.only && !isLossOf(event, key, wanted)) {
      return;
    }
    this.#all.push(event);
    if (wanted.grouped) {
      const list = this.#byKey.get(key);
      if (list === undefined) {
        this.#byKey.set(key, [event]);
      } else {
        list.push(event);
      }
    }
  }

  /** Leaves out of the ends of lists what was dropped, or folded into others, since the last time. */
  #thin(wanted: Wanted, last: number): void {
    const stays = (event: ViewEvent): boolean =>
      !event.dropped && (event.foldedInto === undefined || !isWanted(event.foldedInto, wanted));
    thin(this.#all, last, stays);
    for (const [key, list] of this.#byKey) {
      thin(list, last, stays);
      if (list.length === 0) {
        this.#byKey.delete(key);
      }
    }
  }
}

/** Takes items out of the end of a list, in place. */
const thin = (list: ViewEvent[], last: number, stays: (event: ViewEvent) => boolean): void => {
  const from = Math.max(0, list.length - last);
  let to = from;
  for (let index = from; index < list.length; index += 1) {
    const event = list[index]!;
    if (stays(event)) {
      list[to] = event;
      to += 1;
    }
  }
  list.length = to;
};

const isSame = (a: Wanted | undefined, b: Wanted): boolean =>
  a?.kinds === b.kinds && a.query === b.query && a.by === b.by && a.only === b.only && a.grouped === b.grouped;

/** Place of the first event that has at least this id. */
export const firstFrom = (events: readonly ViewEvent[], least: number): number => {
  let low = 0;
  let high = events.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (events[middle]!.id < least) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};
