import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { Account, type Moment } from '../../src/replay/moment.ts';
import { Store } from '../../src/tui/store/store.ts';
import { header, lost } from '../fixtures/records.ts';
import { at, inTime, lifeOf, startOf } from '../fixtures/story.ts';

/** Two lives that have ended, and one that goes on. */
const story: NstraceRecord[] = [
  header(at(0)),
  ...inTime(
    ...lifeOf(),
    ...lifeOf({ id: 'db', base: 20_000, from: 3000 }),
    ...startOf({ id: 'web', base: 40_000, from: 5000 }),
  ),
  lost({ ...at(6000), count: 7, exact: false }),
];

const accountOf = (records: readonly NstraceRecord[], from?: Moment): Account => {
  const account = new Account(from);
  for (const record of records) {
    account.take(record);
  }
  return account;
};

/** What a view can say of containers and processes. */
const summary = (store: Store) => ({
  groups: [...store.groups.values()].map(({ ref, alive, execs, ended, lives, entrances }) => ({
    ...{ id: ref?.id, alive, execs, ended, entered: entrances.count },
    lives: lives.map(({ code, signal, startedAt, endedAt }) => ({ code, signal, startedAt, endedAt })),
  })),
  processes: [...store.processes.values()].map(({ pid, ppid, comm, group }) => ({
    pid,
    ppid,
    comm,
    group: group.ref?.id,
  })),
  ...{ lost: store.lost, unknownLoss: store.unknownLoss, beganAt: store.beganAt },
});

const takeAll = (store: Store, records: readonly NstraceRecord[]): Store => {
  for (const record of records) {
    store.take(record);
  }
  return store;
};

const byPid = (a: { pid: number }, b: { pid: number }): number => a.pid - b.pid;

describe('a moment', () => {
  it.each([5, 20, 40, story.length])('after %d records shows what all of them show', (count) => {
    const before = story.slice(0, count);
    const account = accountOf(before);
    const store = new Store();
    store.begin(account.save());
    const whole = summary(takeAll(new Store(), before));
    const again = summary(store);
    // A process that was only born and has executed nothing is known with its program.
    const known = new Set(again.processes.map(({ pid }) => pid));
    expect(again.processes.sort(byPid)).toEqual(whole.processes.filter(({ pid }) => known.has(pid)).sort(byPid));
    expect(again.groups).toEqual(
      whole.groups.map((group) => ({ ...group, alive: again.groups.find(({ id }) => id === group.id)?.alive })),
    );
    expect({ ...again, groups: [], processes: [] }).toEqual({ ...whole, groups: [], processes: [] });
    // What follows is the same from there on.
    const rest = story.slice(count);
    expect(summary(takeAll(store, rest)).groups.map(({ id, execs, lives }) => ({ id, execs, lives }))).toEqual(
      summary(takeAll(new Store(), story)).groups.map(({ id, execs, lives }) => ({ id, execs, lives })),
    );
  });

  it('goes on from another one', () => {
    const first = accountOf(story.slice(0, 30));
    const second = accountOf(story.slice(30), first.save());
    const whole = accountOf(story);
    expect(second.save().execs).toEqual(whole.save().execs);
    expect(second.save().lost).toBe(7);
    expect(second.save().records.filter(({ type }) => type === 'container')).toEqual(
      whole.save().records.filter(({ type }) => type === 'container'),
    );
  });
});
