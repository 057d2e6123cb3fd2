import type { Family } from '../rows/families.ts';
import type { ViewProcess } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import { maxMetered } from './cpu-meter.ts';
import type { TableContext } from './table.ts';

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

/** A process and its share of one core. */
interface Running {
  readonly process: ViewProcess;
  readonly cpuPercent: number;
}

/** Of one core, measured now or as the last reading of its container has it; undefined where nobody knows. */
export const cpuOf = ({ pid, group }: ViewProcess, context: Pick<TableContext, 'cpuOf'>): number | undefined =>
  context.cpuOf?.(pid) ?? group.usage?.busiest.find((busy) => busy.pid === pid)?.cpuPercent;

/** Processes that are shown as the busiest. */
const mostBusy = 3;
/** Less of a core is not busy. */
const leastPercent = 1;

/** Those that use most CPU and still live: as the last reading of a container has them, on the host as measured now. */
export const busiestRunning = (family: Family, context: TableContext): Running[] => {
  const { store } = context;
  const { usage, source } = family.latest;
  if (!family.isHost) {
    return (usage?.busiest ?? []).flatMap(({ pid, cpuPercent }) => {
      const process = cpuPercent < leastPercent ? undefined : store.processes.get(pid, source);
      return process === undefined ? [] : [{ process, cpuPercent }];
    });
  }
  const running: Running[] = [];
  if (context.cpuOf === undefined || family.alive > maxMetered) {
    return running;
  }
  for (const process of store.processes.values()) {
    const cpuPercent = process.group.nameKey === family.key ? context.cpuOf(process.pid) : undefined;
    if (cpuPercent !== undefined && cpuPercent >= leastPercent) {
      running.push({ process, cpuPercent });
    }
  }
  return running.sort((a, b) => b.cpuPercent - a.cpuPercent).slice(0, mostBusy);
};
