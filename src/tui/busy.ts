import type { ViewProcess } from './event.ts';
import type { Family } from './families.ts';
import type { Store } from './store.ts';

/** The process of a container that starts most programs now, or that started most if none does. */
export const busiestOf = (family: Family, store: Store): ViewProcess | undefined => {
  let busiest: ViewProcess | undefined;
  let most = 0;
  for (const process of store.processes.values()) {
    if (process.group.nameKey === family.key) {
      const score = process.spawned.perSecond(store.now) + process.spawned.count / 1e9;
      if (score > most) {
        most = score;
        busiest = process;
      }
    }
  }
  return busiest;
};
