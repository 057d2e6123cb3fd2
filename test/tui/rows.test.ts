import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { type Wanted, WantedIds } from '../../src/tui/ids.ts';
import { parseQuery } from '../../src/tui/query.ts';
import { flatRows, groupedRows, laneRows, type RowList, sortedGroups, treeRows } from '../../src/tui/rows.ts';
import { type Kind, maxEvents, Store, type ViewProcess } from '../../src/tui/store.ts';
import { container, exec, exit, fork, process, xyxy12Info } from '../fixtures/records.ts';
import { at, castOf, lifeOf, startOf } from '../fixtures/story.ts';
import { aBusyMachine, execs, users } from './support.ts';

const kinds: ReadonlySet<Kind> = new Set(['exec', 'failed', 'exit', 'join', 'namespace', 'container']);
const any: Wanted = { kinds, query: parseQuery('', users), group: undefined };
const searching = (text: string): Wanted => ({ ...any, query: parseQuery(text, users) });
const every = () => true;

const storeOf = (...records: readonly NstraceRecord[]): Store => {
  const store = new Store();
  for (const record of records) {
    store.take(record);
  }
  return store;
};

/** Each row in a word. */
const told = (rows: RowList): string[] =>
  Array.from({ length: rows.length }, (_, index) => {
    const row = rows.at(index)!;
    switch (row.type) {
      case 'group':
        return `[${row.group.ref?.name ?? 'host'}]`;
      case 'event':
        return `${row.event.kind} ${'args' in row.event.record ? row.event.record.args.join(' ') : ''}`.trim();
      default:
        return `${'  '.repeat('branch' in row ? row.branch.length : 1)}${row.process.pid}`;
    }
  });

const named = (name: string, ms: number, more: Partial<NstraceRecord> = {}): NstraceRecord =>
  exec({ ...at(ms), ...castOf({ id: name }).inside(7, 1), ...(more as object) });

describe('sortedGroups', () => {
  const names = (store: Store, sort: 'activity' | 'age' | 'name'): string[] =>
    sortedGroups(store, sort).map(({ ref }) => ref?.name ?? 'host');

  it('has the busiest first, by name, or the oldest first', () => {
    const store = storeOf(
      named('middle', 100),
      named('calm', 200),
      named('busy', 300),
      named('busy', 310),
      named('busy', 320),
      named('middle', 330),
      exec(at(340)),
    );
    store.passed(at(1500).mono);
    expect(names(store, 'activity')).toEqual(['busy', 'middle', 'calm', 'host']);
    expect(names(store, 'age')).toEqual(['middle', 'calm', 'busy', 'host']);
    expect(names(store, 'name')).toEqual(['busy', 'calm', 'middle', 'host']);
  });

  it('has the one that did something last first, where none is busier', () => {
    const store = storeOf(named('first', 100), named('second', 200));
    store.passed(at(60_000).mono);
    expect(names(store, 'activity')).toEqual(['second', 'first']);
  });

  it('has those that ended below those that live, and the host last', () => {
    const store = storeOf(...lifeOf({ id: 'a-gone' }), ...startOf({ id: 'z-here', base: 50_000, from: 2000 }));
    for (const sort of ['activity', 'age', 'name'] as const) {
      expect(names(store, sort), sort).toEqual(['z-here', 'a-gone', 'host']);
    }
  });

  it('leaves the host out until something is known of it', () => {
    expect(names(storeOf(), 'name')).toEqual([]);
    expect(names(storeOf(process()), 'name')).toEqual(['host']);
  });
});

describe('groupedRows', () => {
  const rowsOf = (store: Store, wanted: Wanted, height: number) =>
    told(groupedRows(store, sortedGroups(store, 'name'), wanted, height));

  it('shows the last events of each container, as many as there is room for', () => {
    const store = storeOf(
      ...Array.from({ length: 10 }, (_, index) => named('a', index, { args: ['a', String(index)] })),
      ...Array.from({ length: 10 }, (_, index) => named('b', index, { args: ['b', String(index)] })),
    );
    expect(rowsOf(store, any, 8)).toEqual([
      ...['[a]', 'exec a 7', 'exec a 8', 'exec a 9'],
      ...['[b]', 'exec b 7', 'exec b 8', 'exec b 9'],
    ]);
  });

  it('gives the room that one does not need to those behind it', () => {
    const store = storeOf(
      named('a', 0, { args: ['only'] }),
      ...Array.from({ length: 10 }, (_, index) => named('b', index, { args: ['b', String(index)] })),
    );
    expect(rowsOf(store, any, 8)).toHaveLength(8);
    expect(rowsOf(store, any, 8).slice(0, 3)).toEqual(['[a]', 'exec only', '[b]']);
  });

  it('shows all containers where there is no room for events', () => {
    const store = storeOf(...Array.from({ length: 30 }, (_, index) => named(`c${index}`, index)));
    expect(rowsOf(store, any, 10)).toHaveLength(30);
  });

  it('shows only containers with something that the filter matches', () => {
    const store = storeOf(named('a', 0, { args: ['curl'] }), named('b', 1, { args: ['ls'] }), exec({ args: ['curl'] }));
    expect(rowsOf(store, searching('curl'), 10)).toEqual(['[a]', 'exec curl', '[host]', 'exec curl']);
    expect(rowsOf(store, searching('nothing'), 10)).toEqual([]);
  });

  it('shows what the filter matches, however many containers there are that it does not match', () => {
    const store = storeOf(
      ...Array.from({ length: 100 }, (_, index) => named(`c${index}`, index, { args: ['ls'] })),
      named('c50', 200, { args: ['curl'] }),
    );
    expect(rowsOf(store, searching('curl'), 20)).toEqual(['[c50]', 'exec curl']);
  });

  it('shows only the kinds that are wanted', () => {
    const store = storeOf(named('a', 0, { args: ['ls'] }), exit({ ...castOf({ id: 'a' }).inside(7, 1) }));
    expect(rowsOf(store, { ...any, kinds: new Set(['exit']) }, 10)).toEqual(['[a]', 'exit']);
  });
});

describe('flatRows', () => {
  const flat = (store: Store, until?: number): RowList => flatRows(store, new WantedIds(store), any, until);

  it('shows one event after the other', () => {
    expect(told(flat(storeOf(...execs(3))))).toEqual(['exec run 0', 'exec run 1', 'exec run 2']);
  });

  it('shows none after the one at which the view is paused', () => {
    const rows = flat(storeOf(...execs(5)), 2);
    expect(told(rows)).toEqual(['exec run 0', 'exec run 1', 'exec run 2']);
    expect(rows.at(3)).toBeUndefined();
  });

  it('finds events by their key', () => {
    const rows = flat(storeOf(...execs(5)));
    expect(rows.indexOf('e3')).toBe(3);
    expect(rows.at(3)?.key).toBe('e3');
    expect(rows.indexOf('gxyxy12')).toBe(-1);
  });

  it('gives the oldest one that is kept in the place of one that is gone', () => {
    const store = storeOf(...execs(maxEvents + 100));
    const rows = flat(store);
    expect(rows.at(0)?.key).toBe('e100');
    expect(rows.indexOf('e100')).toBe(0);
    expect(rows.indexOf('e5')).toBe(0);
  });

  it('gives the next one in the place of one that is not shown', () => {
    const store = storeOf(exec({ args: ['a'] }), exit(), exec({ args: ['b'] }));
    const rows = flatRows(store, new WantedIds(store), { ...any, kinds: new Set(['exec']) }, undefined);
    expect(rows.at(rows.indexOf('e1'))?.key).toBe('e2');
  });
});

describe('treeRows', () => {
  const tree = (store: Store, matches: (process: ViewProcess) => boolean = every) =>
    told(treeRows(store, sortedGroups(store, 'name'), matches));

  it('shows those that live below their parents, container by container', () => {
    expect(tree(storeOf(...aBusyMachine()))).toEqual([
      ...['[web]', '  2000', '[xyxy12]', '  10123', '    10140', '  611'],
      ...['[host]', '  1', '    400', '      500', '      600'],
    ]);
  });

  it('shows who lost a parent beside the others, and nobody twice', () => {
    const store = storeOf(
      process({ pid: 10, ppid: 1 }),
      process({ pid: 11, ppid: 10 }),
      process({ pid: 12, ppid: 11 }),
      exit({ pid: 11 }),
    );
    expect(tree(store)).toEqual(['[host]', '  10', '  12']);
  });

  it('shows also those that are their own parents, or each other’s, as a broken recording can say', () => {
    const store = storeOf(
      process({ pid: 10, ppid: 10 }),
      process({ pid: 20, ppid: 21 }),
      process({ pid: 21, ppid: 20 }),
    );
    const shown = tree(store).map((line) => line.trim());
    expect(shown.sort()).toEqual(['10', '20', '21', '[host]']);
  });

  it('says of each one whether it is the last child of its parent', () => {
    const store = storeOf(
      process({ pid: 10, ppid: 1 }),
      process({ pid: 11, ppid: 10 }),
      process({ pid: 12, ppid: 10 }),
      process({ pid: 13, ppid: 12 }),
    );
    const rows = treeRows(store, sortedGroups(store, 'name'), every);
    const branches = Array.from({ length: rows.length }, (_, index) => rows.at(index)!).flatMap((row) =>
      row.type === 'process' ? [[row.process.pid, row.branch]] : [],
    );
    expect(branches).toEqual([
      [10, [true]],
      [11, [true, false]],
      [12, [true, true]],
      [13, [true, true, true]],
    ]);
  });

  it('lays out so many processes at most, also when each is the child of the one before', () => {
    const deep = storeOf(...Array.from({ length: 20_000 }, (_, index) => process({ pid: index + 2, ppid: index + 1 })));
    const { length } = treeRows(deep, sortedGroups(deep, 'name'), every);
    expect(length).toBeGreaterThan(1000);
    expect(length).toBeLessThan(20_000);
  });

  it('shows only those that the filter matches', () => {
    const store = storeOf(...aBusyMachine());
    expect(tree(store, ({ comm }) => comm === 'top')).toContain('  611');
    expect(tree(store, ({ comm }) => comm === 'top')).not.toContain('  1');
  });
});

describe('laneRows', () => {
  const lanes = (store: Store, from = 0) => told(laneRows(store, sortedGroups(store, 'name'), from, every));

  it('has a lane for each process that lives or lived in the window, by the time of its birth', () => {
    const store = storeOf(...lifeOf());
    expect(lanes(store)).toEqual([
      ...['[xyxy12]', '  10123', '  10130', '  611'],
      ...['[host]', '  500', '  510', '  600', '  610'],
    ]);
  });

  it('leaves out what ended before the window begins', () => {
    const store = storeOf(
      fork({ ...at(0), pid: 40 }),
      exit({ ...at(10), pid: 40 }),
      fork({ ...at(20), pid: 41 }),
      exit({ ...at(2000), pid: 41 }),
      fork({ ...at(2100), pid: 42 }),
    );
    expect(lanes(store, Number(at(1000).mono))).toEqual(['[host]', '  41', '  42']);
  });

  it('leaves out of the host what did nothing since tracing began, but shows all of a container', () => {
    const store = storeOf(
      process({ ...at(0), pid: 1 }),
      container({ ...at(0), op: 'seen', container: xyxy12Info }),
      process({ ...at(0), ...castOf().inside(7, 1) }),
      exec({ ...at(10), pid: 2 }),
    );
    expect(lanes(store)).toEqual(['[xyxy12]', '  7', '[host]', '  2']);
  });

  it('gives each life of a pid that is used again a key of its own', () => {
    const store = storeOf(
      fork({ ...at(0), pid: 40 }),
      exit({ ...at(10), pid: 40 }),
      fork({ ...at(20), pid: 40 }),
      exit({ ...at(30), pid: 40 }),
    );
    const rows = laneRows(store, sortedGroups(store, 'name'), 0, every);
    const keys = Array.from({ length: rows.length }, (_, index) => rows.at(index)!.key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(3);
  });
});
