import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { flatRows } from '../../../src/tui/rows/flat.ts';
import type { GroupKind } from '../../../src/tui/rows/grouping.ts';
import { groupedRows, headingsOf } from '../../../src/tui/rows/headings.ts';
import { Listing, type Wanted } from '../../../src/tui/rows/listing.ts';
import { inKeyOrder } from '../../../src/tui/rows/order.ts';
import { laneRows, lanesByKey, livingByKey, treeRows } from '../../../src/tui/rows/processes.ts';
import { parseQuery } from '../../../src/tui/rows/query.ts';
import type { RowList } from '../../../src/tui/rows/rows.ts';
import type { ViewKind, ViewProcess } from '../../../src/tui/store/event.ts';
import { maxLogEvents } from '../../../src/tui/store/event-log.ts';
import { Store } from '../../../src/tui/store/store.ts';
import { container, exec, exit, fork, process, xyxy12Info } from '../../fixtures/records.ts';
import { at, castOf, lifeOf } from '../../fixtures/story.ts';
import { aBusyMachine, execs, users } from '../support.ts';

const kinds: ReadonlySet<ViewKind> = new Set(['exec', 'failed', 'exit', 'join', 'namespace', 'container']);
const any: Wanted = { kinds, query: parseQuery('', users), by: 'container', only: undefined, grouped: true };
const searching = (text: string): Wanted => ({ ...any, query: parseQuery(text, users) });
const every = () => true;
const byName = ['runc//a', 'runc//b', 'docker//web', 'runc//xyxy12'];

const storeOf = (...records: readonly NstraceRecord[]): Store => {
  const store = new Store();
  for (const record of records) {
    store.take(record);
  }
  return store;
};

const listingOf = (store: Store, wanted: Wanted): Listing => {
  const listing = new Listing(store);
  do {
    listing.update(wanted);
  } while (listing.behind);
  return listing;
};

/** Each row in a word. */
const written = (rows: RowList): string[] =>
  Array.from({ length: rows.length }, (_, index) => {
    const row = rows.at(index)!;
    switch (row.type) {
      case 'family':
        return row.family.name;
      case 'heading':
        return `${'>'.repeat(row.heading.depth)}[${row.heading.family?.name ?? row.heading.key}]`;
      case 'host':
        return `host ${row.name}`;
      case 'event':
        return `${row.event.kind} ${'args' in row.event.record ? row.event.record.args.join(' ') : ''}`.trim();
      default:
        return `${'  '.repeat('branch' in row ? row.branch.length : 1)}${row.process.pid}`;
    }
  });

const named = (name: string, ms: number, more: Partial<NstraceRecord> = {}): NstraceRecord =>
  exec({ ...at(ms), ...castOf({ id: name }).inside(7, 1), ...(more as object) });

describe('the order of containers', () => {
  const items = (...keys: string[]) => new Map(keys.map((key) => [key, { key, isHost: key === '' }]));

  it('stays as it was asked for; what came since stands before, the newest first, and the host last', () => {
    const placed = inKeyOrder(items('', 'a', 'b', 'c', 'd'), ['c', 'gone', 'a', '']);
    expect(placed.map(({ key }) => key)).toEqual(['d', 'b', 'c', 'a', '']);
  });
});

const grouped = (store: Store, wanted: Wanted, height: number, by: GroupKind): string[] => {
  const { byKey: lists } = listingOf(store, { ...wanted, by });
  const headings = headingsOf({ store, by, order: byName, lists, filtered: !wanted.query.empty });
  return written(groupedRows(headings, lists, height));
};

describe('groupedRows', () => {
  const rowsOf = (store: Store, wanted: Wanted, height: number) => grouped(store, wanted, height, 'container');

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

  it('shows some events of each where there is no room: one scrolls to them', () => {
    const store = storeOf(...Array.from({ length: 30 }, (_, index) => named(`c${index}`, index)));
    expect(rowsOf(store, any, 10)).toHaveLength(60);
  });

  it('finds what the filter matches however far back it is', () => {
    const store = storeOf(named('a', 0, { args: ['curl'] }), ...execs(30_000).map((record) => ({ ...record })));
    expect(rowsOf(store, searching('curl'), 20)).toEqual(['[a]', 'exec curl']);
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
  const flat = (store: Store, until?: number): RowList => flatRows(listingOf(store, any).all, until, false);

  it('shows one event after the other', () => {
    expect(written(flat(storeOf(...execs(3))))).toEqual(['exec run 0', 'exec run 1', 'exec run 2']);
  });

  it('shows none after the one at which the view is paused', () => {
    const rows = flat(storeOf(...execs(5)), 2);
    expect(written(rows)).toEqual(['exec run 0', 'exec run 1', 'exec run 2']);
    expect(rows.at(3)).toBeUndefined();
  });

  it('finds events by their key', () => {
    const rows = flat(storeOf(...execs(5)));
    expect(rows.indexOf('e3')).toBe(3);
    expect(rows.at(3)?.key).toBe('e3');
    expect(rows.indexOf('gxyxy12')).toBe(-1);
  });

  it('gives the oldest one that is kept in the place of one that is gone', () => {
    const store = storeOf(...execs(maxLogEvents + 100));
    const rows = flat(store);
    const oldest = Number(rows.at(0)!.key.slice(1));
    expect(oldest).toBeGreaterThanOrEqual(100);
    expect(rows.indexOf(`e${oldest}`)).toBe(0);
    expect(rows.indexOf('e5')).toBe(0);
  });

  it('gives the next one in the place of one that is not shown', () => {
    const store = storeOf(exec({ args: ['a'] }), exit(), exec({ args: ['b'] }));
    const rows = flatRows(listingOf(store, { ...any, kinds: new Set(['exec']) }).all, undefined, false);
    expect(rows.at(rows.indexOf('e1'))?.key).toBe('e2');
  });
});

describe('treeRows', () => {
  const rowsOf = (store: Store, matches: (process: ViewProcess) => boolean = every) => {
    const lists = livingByKey(store, { by: 'container', only: undefined, matches });
    const headings = headingsOf({ store, by: 'container', order: byName, lists, filtered: false });
    return treeRows({ headings, lists, titled: true, store });
  };
  const tree = (store: Store, matches: (process: ViewProcess) => boolean = every) => written(rowsOf(store, matches));

  it('shows those that live below their parents, container by container', () => {
    expect(tree(storeOf(...aBusyMachine()))).toEqual([
      ...['[web]', '  2000', '[xyxy12]', '  10123', '    10140', '  611'],
      ...['[host]', '  1', '    400', '      500', '      600'],
    ]);
  });

  it('shows who works for a container from the host with it: its monitor, and what records say of others', () => {
    const { ref, inside } = castOf({ id: 'web' });
    const runc = { pid: 50, nspid: [50], ppid: 1, args: ['runc'] };
    const store = storeOf(
      container({ op: 'seen', container: ref }),
      process({ pid: 1, nspid: [1], ppid: 0 }),
      process({ pid: 40, nspid: [40], ppid: 1, role: 'monitor', args: ['shim'] }),
      process({ ...inside(41, 1), ppid: 40 }),
      process({ ...runc, role: 'runtime', for: ref }),
    );
    expect(tree(store)).toEqual(['[web]', '  40', '    41', '  50', '[host]', '  1']);
  });

  it('leaves a monitor of several containers on the host', () => {
    const [web, db] = [castOf({ id: 'web' }), castOf({ id: 'db' })];
    const store = storeOf(
      process({ pid: 40, nspid: [40], ppid: 1, role: 'monitor', args: ['shim'] }),
      process({ ...web.inside(41, 1), ppid: 40 }),
      process({ ...db.inside(42, 1), ppid: 40 }),
    );
    expect(tree(store)).toEqual(['[db]', '  42', '[web]', '  41', '[host]', '  40']);
  });

  it('leaves kernel threads out: they are not what anybody looks for', () => {
    const store = storeOf(
      process({ pid: 1, nspid: [1], ppid: 0 }),
      process({ pid: 2, nspid: [2], ppid: 0, comm: 'kthreadd', args: [], exe: '' }),
      process({ pid: 3, nspid: [3], ppid: 2, comm: 'kworker/0:1', args: [], exe: '' }),
    );
    expect(tree(store)).toEqual(['[host]', '  1']);
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
    const rows = rowsOf(store);
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

  it('lays out that many processes at most, also when each is the child of the one before', () => {
    const deep = storeOf(...Array.from({ length: 20_000 }, (_, index) => process({ pid: index + 2, ppid: index + 1 })));
    const { length } = rowsOf(deep);
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
  const rowsOf = (store: Store, from = 0) => {
    const lists = lanesByKey(store, from, { by: 'container', only: undefined, matches: every });
    const headings = headingsOf({ store, by: 'container', order: byName, lists, filtered: false });
    return laneRows({ headings, lists, titled: true, store });
  };
  const lanes = (store: Store, from = 0) => written(rowsOf(store, from));

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
    const rows = rowsOf(store);
    const keys = Array.from({ length: rows.length }, (_, index) => rows.at(index)!.key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(3);
  });
});
