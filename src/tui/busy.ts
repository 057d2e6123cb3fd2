import type { ViewProcess } from './event.ts';
import type { Family } from './families.ts';
import type { Store } from './store.ts';

/** The process of a container that starts most programs now, or that started most if none does. */
export const busiestStarter = (family: Family, store: Store): ViewProcess | undefined => {
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

/** The processes of a container that use most CPU and still live, as its last reading has them. */
export const busiestRunning = (
  { latest: { usage, source } }: Family,
  store: Store,
): { process: ViewProcess; cpuPercent: number }[] =>
  (usage?.busiest ?? []).flatMap(({ pid, cpuPercent }) => {
    const process = store.processes.get(pid, source);
    return process === undefined ? [] : [{ process, cpuPercent }];
  });
