import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { Group } from '../store/group.ts';
import type { Store } from '../store/store.ts';
import { type Family, familiesOf } from './families.ts';
import { type GroupKind, isNamespace, keyOfProcess, namespaceKey, noKey } from './grouping.ts';
import { inKeyOrder, type Order } from './order.ts';
import { eventRow, type Heading, hostOf, listOf, type Row, type RowList, titleRows } from './rows.ts';

export interface HeadingOptions {
  readonly store: Store;
  readonly by: GroupKind;
  readonly order: Order;
  /** What the lists hold, by key. */
  readonly lists: ReadonlyMap<string, readonly { readonly group: Group }[]>;
  /** Only those with something in their lists. */
  readonly filtered: boolean;
}

/** The headings of a view in their order: containers as the table has them, others as they came; the host last. */
export const headingsOf = ({ store, by, order, lists, filtered }: HeadingOptions): Heading[] => {
  if (by === 'container') {
    const depth = store.traces.areSeveral ? 1 : 0;
    const families = inKeyOrder(familiesOf(store), order)
      .filter(({ key, isHost, alive }) => lists.has(key) || (!filtered && (!isHost || alive > 0)))
      .map((family) => ({ by, key: family.key, depth, family, groups: family.groups }));
    return depth === 0 ? families : byHost(families);
  }
  const hosts = isNamespace(by)
    ? new Set(store.traces.all.map(({ source }) => namespaceKey(source.header?.host_ns[by], source)))
    : new Set<string>();
  const keys = [...new Set([...lists.keys(), ...(filtered ? [] : keysOfProcesses(store, by))])].sort(byKey);
  const last = (key: string): number => (key === noKey ? 2 : hosts.has(key) ? 1 : 0);
  const sorted = keys.sort((a, b) => last(a) - last(b));
  const placed = by === 'pid' ? nested(sorted, store) : sorted.map((key) => ({ key, depth: 0 }));
  return placed.map(({ key, depth }) => ({
    by,
    key,
    depth,
    family: undefined,
    groups: groupsOf(lists.get(key) ?? []),
  }));
};

/** Those of one host together, the hosts by their names. */
const byHost = (headings: readonly Heading[]): Heading[] =>
  headings.toSorted((a, b) => {
    const [one, other] = [hostOf(a) ?? '', hostOf(b) ?? ''];
    return one < other ? -1 : Number(one > other);
  });

/** Events that are looked at for whose they are. */
const lookedAt = 100;

const groupsOf = (list: readonly { readonly group: Group }[]): Group[] => [
  ...new Set(list.slice(-lookedAt).map(({ group }) => group)),
];

interface Placed {
  readonly key: string;
  readonly depth: number;
}

/** Numbers by their size, other keys as text. */
const byKey = (a: string, b: string): number => Number(a) - Number(b) || (a < b ? -1 : Number(a > b));

const keysOfProcesses = (store: Store, by: GroupKind): Set<string> => {
  const keys = new Set<string>();
  for (const process of store.processes.values()) {
    keys.add(keyOfProcess(by, process));
  }
  return keys;
};

/** Each pid namespace below the one in which it was made. */
const nested = (keys: readonly string[], store: Store): Placed[] => {
  const parents = parentsOf(store);
  const known = new Set(keys);
  const children = new Map<string, string[]>();
  for (const key of keys) {
    const parent = parents.get(key);
    // The host's is around all of them: they need not stand below it.
    const above = parent !== undefined && known.has(parent) && parents.has(parent) ? parent : '';
    children.set(above, [...(children.get(above) ?? []), key]);
  }
  const placed: Placed[] = [];
  const put = (key: string, depth: number): void => {
    placed.push({ key, depth });
    if (depth < maxDepth) {
      for (const child of children.get(key) ?? []) {
        put(child, depth + 1);
      }
    }
  };
  for (const key of children.get('') ?? []) {
    put(key, 0);
  }
  return placed;
};

/** As deep as the kernel lets pid namespaces be. */
const maxDepth = 32;

/** The pid namespace around each one that is not the host's, as the ancestors of its processes say. */
const parentsOf = (store: Store): Map<string, string> => {
  const parents = new Map<string, string>();
  for (const process of store.processes.values()) {
    const { source } = process.group;
    const own = process.ns.pid;
    const key = namespaceKey(own, source);
    if (own === undefined || parents.has(key) || own === source.header?.host_ns.pid) {
      continue;
    }
    for (let above = process.parent; above !== undefined; above = above.parent) {
      if (above.ns.pid !== undefined && above.ns.pid !== own && above.nspid.length < process.nspid.length) {
        parents.set(key, namespaceKey(above.ns.pid, source));
        break;
      }
    }
  }
  return parents;
};

/** Events under each heading at the least, if it has them: more than fit are scrolled to. */
const leastEvents = 3;

/** Each group with its last events, as many as there is room for. */
export const groupedRows = (
  headings: readonly Heading[],
  lists: ReadonlyMap<string, readonly ViewEvent[]>,
  height: number,
): RowList => {
  const rows: Row[] = [];
  let room = Math.max(0, height - headings.length);
  for (const [index, heading] of headings.entries()) {
    rows.push(...titleRows(heading, headings[index - 1]));
    // What one group does not need is for those behind it.
    const share = Math.max(leastEvents, Math.ceil(room / (headings.length - index)));
    const last = (lists.get(heading.key) ?? []).slice(-share);
    room = Math.max(0, room - last.length);
    for (const event of last) {
      rows.push(eventRow(event, true));
    }
  }
  return listOf(rows);
};

/** What a heading is about, beside its key: who is in it. */
export interface Members {
  readonly processes: number;
  /** The first that was in it, which as a rule made it. */
  readonly owner: ViewProcess | undefined;
  readonly families: readonly Family[];
}

/** Who lives under a heading. */
export const membersOf = ({ by, key }: Heading, store: Store): Members => {
  const families = familiesOf(store);
  const inside = new Set<Family>();
  let processes = 0;
  let owner: ViewProcess | undefined;
  for (const process of store.processes.values()) {
    if (keyOfProcess(by, process) === key) {
      processes += 1;
      const family = families.get(process.group.nameKey);
      if (family !== undefined) {
        inside.add(family);
      }
      if (owner === undefined || process.startAt < owner.startAt) {
        owner = process;
      }
    }
  }
  return { processes, owner, families: [...inside] };
};
