import { describe, expect, it } from 'vitest';
import { firstFrom, isWanted, type Wanted, WantedIds } from '../../src/tui/ids.ts';
import { parseQuery } from '../../src/tui/query.ts';
import { type Kind, maxEvents, Store } from '../../src/tui/store.ts';
import { exec, exit, failedExec, lost } from '../fixtures/records.ts';
import { castOf } from '../fixtures/story.ts';
import { execs, users } from './support.ts';

const all: ReadonlySet<Kind> = new Set(['exec', 'failed', 'exit']);
const any: Wanted = { kinds: all, query: parseQuery('', users), group: undefined };
const { inside } = castOf();

const storeOf = (...records: Parameters<Store['take']>[0][]): Store => {
  const store = new Store();
  records.forEach((record) => {
    store.take(record);
  });
  return store;
};

describe('WantedIds', () => {
  it('lists what is wanted, in order, and what comes later too', () => {
    const store = storeOf(exec(), failedExec(), exit());
    const ids = new WantedIds(store);
    const wanted: Wanted = { ...any, kinds: new Set(['exec']) };
    expect(ids.list(wanted)).toEqual([0]);
    store.take(failedExec());
    store.take(exec());
    expect(ids.list(wanted)).toEqual([0, 4]);
    expect(ids.list(wanted)).toEqual([0, 4]);
  });

  it('begins anew when the kinds, the filter or the container are others', () => {
    const store = storeOf(
      exec({ args: ['one'] }),
      failedExec({ args: ['two'] }),
      exec({ ...inside(7, 1), args: ['one'] }),
    );
    const ids = new WantedIds(store);
    expect(ids.list(any)).toEqual([0, 1, 2]);
    expect(ids.list({ ...any, kinds: new Set(['failed']) })).toEqual([1]);
    expect(ids.list({ ...any, query: parseQuery('one', users) })).toEqual([0, 2]);
    expect(ids.list({ ...any, group: store.groups.get('xyxy12') })).toEqual([2]);
    expect(ids.list({ ...any, group: store.host })).toEqual([0, 1]);
    expect(ids.list(any)).toEqual([0, 1, 2]);
  });

  it('goes on with one container when more comes', () => {
    const store = storeOf(exec(), exec({ ...inside(7, 1) }));
    const ids = new WantedIds(store);
    const wanted = { ...any, group: store.groups.get('xyxy12') };
    expect(ids.list(wanted)).toEqual([1]);
    store.take(exec());
    store.take(exec({ ...inside(8, 2) }));
    expect(ids.list(wanted)).toEqual([1, 3]);
  });

  it('looks at each event once, however often it is asked', () => {
    let looks = 0;
    const query = {
      text: 'x',
      empty: false,
      matches: () => {
        looks += 1;
        return true;
      },
    };
    const store = storeOf(...execs(100));
    const ids = new WantedIds(store);
    ids.list({ ...any, query });
    ids.list({ ...any, query });
    store.take(exec());
    expect(ids.list({ ...any, query })).toHaveLength(101);
    // The wanted are compared by their parts, so this is the same question.
    expect(looks).toBe(101);
  });

  it('forgets what the store no longer has, also when it was not asked for long', () => {
    const store = storeOf(...execs(10));
    const ids = new WantedIds(store);
    expect(ids.list(any)[0]).toBe(0);
    execs(maxEvents).forEach((record) => {
      store.take(record);
    });
    expect(ids.list(any)).toHaveLength(maxEvents);
    expect(ids.list(any)[0]).toBe(10);
    execs(maxEvents + 50).forEach((record) => {
      store.take(record);
    });
    expect(ids.list(any)).toHaveLength(maxEvents);
    expect(ids.list(any)[0]).toBe(store.events.first);
  });

  it('always wants losses, whatever the kinds', () => {
    const store = storeOf(lost());
    expect(isWanted(store.events.get(0)!, { ...any, kinds: new Set() })).toBe(true);
    expect(new WantedIds(store).list({ ...any, kinds: new Set() })).toEqual([0]);
  });
});

describe('firstFrom', () => {
  it.each([
    [[], 3, 0],
    [[1, 2, 5], 0, 0],
    [[1, 2, 5], 2, 1],
    [[1, 2, 5], 3, 2],
    [[1, 2, 5], 6, 3],
  ])('in %j the first from %i on is at %i', (ids, least, wanted) => {
    expect(firstFrom(ids, least)).toBe(wanted);
  });
});
