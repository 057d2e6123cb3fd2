import type { WantedIds } from './ids.ts';
import { isWanted, type Wanted } from './ids.ts';
import type { Group, Store, ViewEvent, ViewProcess } from './store.ts';

export const modes = ['grouped', 'flat', 'tree', 'lanes'] as const;
export type Mode = (typeof modes)[number];
export const sorts = ['activity', 'age', 'name'] as const;
export type Sort = (typeof sorts)[number];

/** One line of the body. Its key stays the same while what it shows is the same thing. */
export type Row =
  | { readonly key: string; readonly type: 'group'; readonly group: Group }
  | { readonly key: string; readonly type: 'event'; readonly event: ViewEvent; readonly inGroup: boolean }
  | {
      readonly key: string;
      readonly type: 'process';
      readonly process: ViewProcess;
      readonly branch: readonly boolean[];
    }
  | { readonly key: string; readonly type: 'lane'; readonly process: ViewProcess };

/** The lines of a body; they are made only when they are looked at. */
export interface RowList {
  readonly length: number;
  at(index: number): Row | undefined;
  indexOf(key: string): number;
}

/** More lines of processes than these are not laid out. */
const maxProcessRows = 5000;

const eventRow = (event: ViewEvent, inGroup: boolean): Row => ({ key: `e${event.id}`, type: 'event', event, inGroup });
const groupRow = (group: Group): Row => ({ key: `g${group.key}`, type: 'group', group });

const listOf = (rows: readonly Row[]): RowList => ({
  length: rows.length,
  at: (index) => rows[index],
  indexOf: (key) => rows.findIndex((row) => row.key === key),
});

/** Containers first, the host last; ended ones below those that live. */
export const sortedGroups = (store: Store, sort: Sort): Group[] => {
  const now = store.now / 1e9;
  const order: Record<Sort, (a: Group, b: Group) => number> = {
    activity: (a, b) => b.rate.perSecond(now) - a.rate.perSecond(now) || b.lastAt - a.lastAt,
    age: (a, b) => a.firstAt - b.firstAt,
    name: (a, b) => ((a.ref?.name ?? '') < (b.ref?.name ?? '') ? -1 : 1),
  };
  const isShown = (group: Group): boolean => group.ref !== null || group.alive > 0 || group.ids.length > 0;
  return [...store.groups.values()]
    .filter(isShown)
    .sort(
      (a, b) =>
        Number(a.ref === null) - Number(b.ref === null) || Number(a.ended) - Number(b.ended) || order[sort](a, b),
    );
};

/** Each group with its last events, as many as there is room for. */
export const groupedRows = (store: Store, groups: readonly Group[], wanted: Wanted, height: number): RowList => {
  const rows: Row[] = [];
  const shown = wanted.query.empty ? groups : groups.filter((group) => lastWanted(store, group, wanted, 1).length > 0);
  let room = Math.max(0, height - shown.length);
  for (const [index, group] of shown.entries()) {
    rows.push(groupRow(group));
    // What one group does not need is for those behind it.
    const share = Math.ceil(room / (shown.length - index));
    const last = lastWanted(store, group, wanted, share);
    room -= last.length;
    rows.push(...last.map((event) => eventRow(event, true)));
  }
  return listOf(rows);
};

/** So many events of a group are looked through for those that are wanted. */
const maxLookedAt = 2000;

const lastWanted = (store: Store, group: Group, wanted: Wanted, most: number): ViewEvent[] => {
  const ids = store.idsOf(group);
  const found: ViewEvent[] = [];
  const end = Math.max(0, ids.length - maxLookedAt);
  for (let index = ids.length - 1; index >= end && found.length < most; index -= 1) {
    const event = store.events.get(ids[index]!);
    if (event !== undefined && isWanted(event, wanted)) {
      found.push(event);
    }
  }
  return found.reverse();
};

/** One event after the other, of all groups or of one. */
export const flatRows = (store: Store, ids: WantedIds, wanted: Wanted, until: number | undefined): RowList => {
  const list = ids.list(wanted);
  const length = until === undefined ? list.length : countUpTo(list, until);
  return {
    length,
    at: (index) => {
      const event = index >= 0 && index < length ? store.events.get(list[index]!) : undefined;
      return event === undefined ? undefined : eventRow(event, wanted.group !== undefined);
    },
    indexOf: (key) => {
      if (!key.startsWith('e')) {
        return -1;
      }
      const id = Number(key.slice(1));
      const index = countUpTo(list, id) - 1;
      // An event that is gone by now: what came after it takes its place.
      return list[index] === id ? index : Math.min(index + 1, length - 1);
    },
  };
};

const countUpTo = (ids: readonly number[], last: number): number => {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! <= last) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};

const processesOf = (store: Store): Map<Group, ViewProcess[]> => {
  const byGroup = new Map<Group, ViewProcess[]>();
  for (const process of store.processes.values()) {
    const list = byGroup.get(process.group);
    if (list === undefined) {
      byGroup.set(process.group, [process]);
    } else {
      list.push(process);
    }
  }
  return byGroup;
};

/** The processes that live, below their parents, container by container. */
export const treeRows = (
  store: Store,
  groups: readonly Group[],
  matches: (process: ViewProcess) => boolean,
  isFiltered = false,
): RowList => {
  const rows: Row[] = [];
  const byGroup = processesOf(store);
  for (const group of groups) {
    const processes = (byGroup.get(group) ?? []).filter(matches);
    if (processes.length > 0 || !isFiltered) {
      rows.push(groupRow(group), ...treeOf(processes, maxProcessRows - rows.length));
    }
  }
  return listOf(rows);
};

const treeOf = (processes: readonly ViewProcess[], most: number): Row[] => {
  const children = new Map<number, ViewProcess[]>();
  const inside = new Set(processes.map(({ pid }) => pid));
  for (const process of processes) {
    const parent = inside.has(process.ppid) ? process.ppid : 0;
    const siblings = children.get(parent);
    if (siblings === undefined) {
      children.set(parent, [process]);
    } else {
      siblings.push(process);
    }
  }
  const rows: Row[] = [];
  const done = new Set<ViewProcess>();
  const waiting: { process: ViewProcess; branch: readonly boolean[] }[] = [];
  const add = (list: readonly ViewProcess[], branch: readonly boolean[]): void => {
    for (let index = list.length - 1; index >= 0; index -= 1) {
      waiting.push({ process: list[index]!, branch: [...branch.slice(-maxStems), index === list.length - 1] });
    }
  };
  // Those that are each other's parents, as a broken recording can say, are below nobody: they come last.
  for (const roots of [children.get(0) ?? [], ...processes.map((process) => [process])]) {
    add(
      roots.filter((process) => !done.has(process)),
      [],
    );
    for (let next = waiting.pop(); next !== undefined && rows.length < most; next = waiting.pop()) {
      if (!done.has(next.process)) {
        done.add(next.process);
        rows.push({ key: `p${next.process.pid}`, type: 'process', process: next.process, branch: next.branch });
        add(children.get(next.process.pid) ?? [], next.branch);
      }
    }
    waiting.length = 0;
  }
  return rows;
};

/** Deeper ones are drawn as if they were so deep. */
const maxStems = 40;

/** A lane for each process that lived in the window, container by container. */
export const laneRows = (
  store: Store,
  groups: readonly Group[],
  from: number,
  matches: (process: ViewProcess) => boolean,
  isFiltered = false,
): RowList => {
  const rows: Row[] = [];
  const byGroup = processesOf(store);
  for (const process of store.endedProcesses) {
    if ((process.endAt ?? 0) >= from) {
      const list = byGroup.get(process.group) ?? [];
      list.push(process);
      byGroup.set(process.group, list);
    }
  }
  for (const group of groups) {
    const processes = (byGroup.get(group) ?? []).filter(matches);
    if (isFiltered && processes.length === 0) {
      continue;
    }
    rows.push(groupRow(group));
    // What did nothing on the host since tracing began is no news.
    const telling =
      group.ref === null ? processes.filter(({ startAt, marks }) => startAt > 0 || marks.length > 0) : processes;
    for (const process of telling.sort((a, b) => a.startAt - b.startAt || a.pid - b.pid)) {
      if (rows.length < maxProcessRows) {
        rows.push({ key: `l${process.pid}.${process.startAt}`, type: 'lane', process });
      }
    }
  }
  return listOf(rows);
};
