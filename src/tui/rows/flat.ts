import type { ViewEvent } from '../store/event.ts';
import { firstFrom } from './listing.ts';
import { eventRow, type RowList } from './rows.ts';

/**
 * One event after the other.
 *
 * @param until the id of the last one that is shown, while the view is paused
 */
export const flatRows = (events: readonly ViewEvent[], until: number | undefined, inGroup: boolean): RowList => {
  const length = until === undefined ? events.length : firstFrom(events, until + 1);
  return {
    length,
    at: (index) => {
      const event = index >= 0 && index < length ? events[index] : undefined;
      return event === undefined ? undefined : eventRow(event, inGroup);
    },
    // An event that is gone by now: what came after it takes its place.
    indexOf: (key) => (key.startsWith('e') ? Math.min(firstFrom(events, Number(key.slice(1))), length - 1) : -1),
  };
};
