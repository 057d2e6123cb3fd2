import { containerKey } from '../../record/key.ts';
import { isKernelThread } from '../../view/ps.ts';
import { type TreeRow, treeOf } from '../../view/tree.ts';
import type { ViewProcess } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import { keyOfProcess } from './grouping.ts';
import { type Heading, type Row, type RowList, sectionsOf, titleRows } from './rows.ts';

/** More lines of processes than these are not laid out. */
const maxRows = 5000;

export interface ProcessRowOptions {
  readonly headings: readonly Heading[];
  readonly lists: ReadonlyMap<string, readonly ViewProcess[]>;
  /** One group alone needs no line above it. */
  readonly titled: boolean;
  readonly store: Store;
}

export interface ProcessWanted {
  readonly by: Heading['by'];
  /** Only those with this key. */
  readonly only: string | undefined;
  readonly matches: (process: ViewProcess) => boolean;
}

/** The processes that live, by the key that they stand under. */
export const livingByKey = (store: Store, wanted: ProcessWanted): Map<string, ViewProcess[]> =>
  byKey(store, store.processes.values(), wanted);

/** Those that live, and those that lived since a kernel time; on the host only those that did something. */
export const lanesByKey = (store: Store, from: number, wanted: ProcessWanted): Map<string, ViewProcess[]> => {
  const lists = byKey(store, store.processes.values(), wanted);
  const ended = store.endedProcesses.all.filter(({ endAt = 0, dropped }) => !dropped && endAt >= from);
  for (const [key, list] of byKey(store, ended, wanted)) {
    lists.set(key, [...(lists.get(key) ?? []), ...list]);
  }
  for (const [key, list] of lists) {
    lists.set(
      key,
      list.filter(({ group, before, marks }) => group.ref !== null || !before || marks.length > 0),
    );
  }
  return lists;
};

/**
 * The container that a process on the host works for: as records say it, or the one that all children of a monitor are in.
 * Undefined for a monitor of several.
 */
const servedBy = (store: Store): Map<ViewProcess, string | undefined> => {
  const served = new Map<ViewProcess, string | undefined>();
  for (const process of store.processes.values()) {
    const { program, group } = process;
    if (group.ref === null) {
      const whom = program?.for && store.groups.get(containerKey(program.for, program));
      if (whom !== undefined) {
        served.set(process, whom.nameKey);
      }
      continue;
    }
    const parent = store.processes.get(process.ppid, group.source);
    if (parent?.group.ref === null && parent.program?.role === 'monitor') {
      served.set(parent, served.has(parent) && served.get(parent) !== group.nameKey ? undefined : group.nameKey);
    }
  }
  return served;
};

const none: ReadonlyMap<ViewProcess, string | undefined> = new Map();

const byKey = (
  store: Store,
  processes: Iterable<ViewProcess>,
  { by, only, matches }: ProcessWanted,
): Map<string, ViewProcess[]> => {
  const lists = new Map<string, ViewProcess[]>();
  const served = by === 'container' ? servedBy(store) : none;
  for (const process of processes) {
    if (isKernelThread(process) && (process.program?.args ?? []).length === 0) {
      continue;
    }
    const key = served.get(process) ?? keyOfProcess(by, process);
    if ((only === undefined || only === key) && matches(process)) {
      const list = lists.get(key);
      if (list === undefined) {
        lists.set(key, [process]);
      } else {
        list.push(process);
      }
    }
  }
  return lists;
};

/** Processes below their parents, group by group. */
export const treeRows = (options: ProcessRowOptions): RowList =>
  rowsOf(options, (processes, most) => treeRowsOf(processes, most, options.store));

/** A lane for each process, group by group; the oldest first. */
export const laneRows = (options: ProcessRowOptions): RowList =>
  rowsOf(options, (processes, most) =>
    processes
      .toSorted((a, b) => a.startAt - b.startAt || a.pid - b.pid)
      .slice(0, most)
      .map((process): Row => ({ key: `l${process.pid}.${process.startAt}`, type: 'lane', process })),
  );

const rowsOf = (
  { headings, lists, titled }: ProcessRowOptions,
  make: (processes: readonly ViewProcess[], most: number) => Row[],
): RowList => {
  let room = maxRows;
  return sectionsOf(
    headings.map((heading, index) => {
      const processes = lists.get(heading.key) ?? [];
      const titles = titled ? titleRows(heading, headings[index - 1]) : [];
      const count = Math.min(processes.length, room);
      room -= count;
      return { titles, count, make: () => make(processes, count) };
    }),
  );
};

/** Deeper ones are drawn as if they were this deep. */
const maxStems = 40;

const treeRowsOf = (processes: readonly ViewProcess[], most: number, store: Store): Row[] =>
  treeOf(processes, (process) => parentOf(process, store), most).map((row) => {
    const { item: process } = row;
    return { key: `p${process.pid}.${process.startAt}`, type: 'process', process, branch: branchOf(row) };
  });

/** Whether it and those above it are the last of their siblings, the uppermost first. */
const branchOf = (row: TreeRow<ViewProcess>): boolean[] => {
  const branch: boolean[] = [];
  for (let at: TreeRow<ViewProcess> | undefined = row; at !== undefined && branch.length <= maxStems; at = at.above) {
    branch.push(at.last);
  }
  return branch.reverse();
};

/** Pids are used again: a parent is one that was there when its child began. */
const parentOf = (process: ViewProcess, store: Store): ViewProcess | undefined => {
  if (process.parent !== undefined) {
    return process.parent;
  }
  const candidate = store.processes.get(process.ppid, process.group.source);
  return candidate !== undefined && candidate !== process && candidate.startAt <= process.startAt
    ? candidate
    : undefined;
};
