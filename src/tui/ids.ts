import type { Query } from './query.ts';
import type { Group, Kind, Store, ViewEvent } from './store.ts';

/** What is shown of the events. */
export interface Wanted {
  readonly kinds: ReadonlySet<Kind>;
  readonly query: Query;
  /** Only this group's. */
  readonly group: Group | undefined;
}

export const isWanted = (event: ViewEvent, { kinds, query }: Wanted): boolean =>
  (event.kind === 'lost' || kinds.has(event.kind)) && (query.empty || query.matches(event));

/** Ids of the wanted events that are kept, in order. Each event is looked at once, not once a frame. */
export class WantedIds {
  readonly #store: Store;
  readonly #ids: number[] = [];
  #wanted: Wanted | undefined;
  #seen = 0;

  constructor(store: Store) {
    this.#store = store;
  }

  list(wanted: Wanted): readonly number[] {
    const { events } = this.#store;
    const last = this.#wanted;
    if (last?.kinds !== wanted.kinds || last.query !== wanted.query || last.group !== wanted.group) {
      this.#wanted = wanted;
      this.#ids.length = 0;
      this.#seen = events.first;
    }
    if (wanted.group === undefined) {
      for (let id = Math.max(this.#seen, events.first); id < events.next; id += 1) {
        this.#take(id, wanted);
      }
    } else {
      const all = this.#store.idsOf(wanted.group);
      for (let index = firstFrom(all, this.#seen); index < all.length; index += 1) {
        this.#take(all[index]!, wanted);
      }
    }
    this.#seen = events.next;
    const gone = firstFrom(this.#ids, events.first);
    if (gone > 0) {
      this.#ids.splice(0, gone);
    }
    return this.#ids;
  }

  #take(id: number, wanted: Wanted): void {
    const event = this.#store.events.get(id);
    if (event !== undefined && isWanted(event, wanted)) {
      this.#ids.push(id);
    }
  }
}

/** Place of the first of these rising numbers that is not below `least`. */
export const firstFrom = (ids: readonly number[], least: number): number => {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! < least) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};
