import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { maxEndedGroups } from '../../../src/tui/store/containers.ts';
import { maxLogEvents } from '../../../src/tui/store/event-log.ts';
import { maxEndedProcesses } from '../../../src/tui/store/processes.ts';
import { Store } from '../../../src/tui/store/store.ts';
import {
  container,
  exec,
  exit,
  failedExec,
  fork,
  header,
  lost,
  namespace,
  process,
  usage,
  xyxy12Info,
} from '../../fixtures/records.ts';
import { at, castOf, endOf, enterOf, lifeOf, startOf } from '../../fixtures/story.ts';
import { aBusyMachine, execs } from '../support.ts';

const storeOf = (...records: readonly NstraceRecord[]): Store => {
  const store = new Store();
  for (const record of records) {
    store.take(record);
  }
  return store;
};

const eventsOf = (store: Store): string[] => {
  return store.events.all.map(({ kind, group }) => `${kind} ${group.ref?.name ?? 'host'}`);
};

const { pids, entering, inside, outside } = castOf();

describe('Store', () => {
  it('knows nothing at first but the host', () => {
    const store = storeOf();
    expect([...store.groups.values()]).toEqual([store.host]);
    expect(store).toMatchObject({ lost: 0, unknownLoss: false, now: 0, containersAlive: 0, ended: 0 });
  });

  it('counts who lives in which container, through start, joining and end', () => {
    const store = storeOf(...startOf());
    const group = store.groups.get('runc\0xyxy12')!;
    expect(group).toMatchObject({ alive: 1, ended: false, info: { init: pids.init } });
    for (const record of enterOf().slice(0, -2)) {
      store.take(record);
    }
    expect(group.alive).toBe(2);
    for (const record of [...enterOf().slice(-2), ...endOf()]) {
      store.take(record);
    }
    expect(group).toMatchObject({ alive: 0, ended: true, execs: 3, lives: [{ code: 5 }] });
    expect(store.host.alive).toBe(0);
    expect(store.processes.size).toBe(0);
    expect(store).toMatchObject({ containersAlive: 0, ended: 1 });
  });

  it('sorts what happened into kinds, and to the container it happened in', () => {
    const store = storeOf(
      header(),
      process({ pid: 1 }),
      exec({ ...inside(7, 1) }),
      failedExec(),
      fork(),
      exit(),
      namespace(),
      container({ op: 'seen' }),
      container({ op: 'created' }),
      container({ op: 'joined', pid: 9 }),
      lost(),
    );
    expect(eventsOf(store)).toEqual([
      'exec xyxy12',
      'failed host',
      'fork host',
      'exit host',
      'namespace host',
      'container xyxy12',
      'join xyxy12',
      'lost host',
    ]);
  });

  it('leaves out a call that changed no namespace', () => {
    expect(eventsOf(storeOf(namespace({ created: {} }), namespace({ created: undefined, joined: {} })))).toEqual([]);
  });

  it('adds up what was lost, and knows when it can only be a part', () => {
    const store = storeOf(lost({ count: 3 }), lost({ count: 4 }));
    expect(store).toMatchObject({ lost: 7, unknownLoss: false });
    store.take(lost({ count: 1, exact: false }));
    expect(store).toMatchObject({ lost: 8, unknownLoss: true });
  });

  it('marks the exec with which a container starts, and the one with which a process joins it', () => {
    const store = storeOf(...startOf(), ...enterOf().slice(0, -2));
    expect(store.processes.get(pids.init)?.marks.map(({ kind }) => kind)).toEqual(['starts']);
    expect(store.processes.get(entering.top)?.marks.map(({ kind }) => kind)).toEqual(['joins']);
    expect(store.processes.get(pids.runc)?.marks.map(({ kind }) => kind)).toEqual(['exec', 'exec']);
  });

  it('moves a process that enters a container with its next exec', () => {
    const store = storeOf(exec({ ...outside(40) }), exec({ ...inside(40, 3) }));
    expect(store.host.alive).toBe(0);
    expect(store.groups.get('runc\0xyxy12')?.alive).toBe(1);
  });

  it('counts a pid that is used again once', () => {
    const store = storeOf(fork({ ...outside(40) }), fork({ ...outside(40) }), exec({ ...outside(40) }));
    expect(store.host.alive).toBe(1);
    store.take(exit({ ...outside(40) }));
    expect(store.host.alive).toBe(0);
  });

  it('does not count down for a process of which it did not know', () => {
    const store = storeOf(exit({ ...outside(40) }), exit({ ...inside(41, 2) }));
    expect([...store.groups.values()].map(({ alive }) => alive)).toEqual([0, 0]);
  });

  it('takes a name that is learned late, and does not go back to the id', () => {
    const id = 'f'.repeat(64);
    const early = { id, name: id, runtime: 'docker' };
    const store = storeOf(exec({ ...inside(7, 1), container: { ...early } }));
    store.take(container({ op: 'named', container: { ...xyxy12Info, ...early, name: 'web' } }));
    const group = store.groups.get(`docker\0${id}`);
    expect(group?.ref).toMatchObject({ name: 'web', runtime: 'docker' });
    expect(new Set(store.groups.values()).size).toBe(2);
  });

  it('lives on when a container of the same name comes again', () => {
    const store = storeOf(...lifeOf(), ...startOf({ from: 5000 }));
    expect(store.groups.get('runc\0xyxy12')).toMatchObject({ ended: false, alive: 1 });
    expect(store).toMatchObject({ containersAlive: 1, ended: 0 });
  });

  it('clears containers that have ended, and no others', () => {
    const store = storeOf(...lifeOf({ id: 'gone' }), ...startOf({ id: 'here', base: 50_000 }));
    const { version } = store;
    store.clearEnded();
    expect([...store.groups.keys()]).toEqual(['', 'runc\0here']);
    expect(store.version).toBeGreaterThan(version);
  });

  it('goes on with time when nothing happens, and never back', () => {
    const store = storeOf(exec(at(100)));
    store.passed(at(5000).mono);
    expect(store.now).toBe(Number(at(5000).mono));
    store.passed(at(50).mono);
    store.take(exec(at(60)));
    expect(store.now).toBe(Number(at(5000).mono));
  });

  it('has execs a second, those of a container apart', () => {
    const store = storeOf(...aBusyMachine());
    store.passed(at(2000).mono);
    const now = store.now / 1e9;
    expect(store.rate.perSecond(now)).toBeGreaterThan(store.groups.get('runc\0xyxy12')!.rate.perSecond(now));
    expect(store.groups.get('runc\0xyxy12')!.rate.perSecond(now)).toBe(4 / 5);
  });
});

describe('what a store keeps', () => {
  it('is at most a number of events; the oldest of the group that has most go first', () => {
    const store = storeOf(exec({ ...inside(7, 1), args: ['quiet'] }), ...execs(maxLogEvents + 10));
    expect(store.events.count).toBeLessThanOrEqual(maxLogEvents);
    expect(store.events.count).toBeGreaterThan(maxLogEvents - 1000);
    const kept = store.events.all.filter(({ dropped }) => !dropped);
    expect(kept).toHaveLength(store.events.count);
    // The container's own is older than all that were dropped.
    expect(kept[0]).toMatchObject({ group: { ref: { name: 'xyxy12' } } });
    expect(kept.at(-1)?.id).toBe(store.nextId - 1);
  });

  it('does not grow with events that nobody looks at', () => {
    const store = new Store();
    const record = exec();
    for (let index = 0; index < 3 * maxLogEvents; index += 1) {
      store.take(record);
    }
    expect(store.events.all.length).toBeLessThanOrEqual(2 * maxLogEvents);
  });

  it('is at most a number of processes that have ended', () => {
    const store = new Store();
    for (let index = 0; index < 2 * maxEndedProcesses; index += 1) {
      store.take(fork({ ...outside(index + 10), mono: String(index + 1) }));
      store.take(exit({ ...outside(index + 10), mono: String(index + 1) }));
    }
    expect(store.endedProcesses.count).toBeLessThanOrEqual(maxEndedProcesses);
    expect(store.endedProcesses.count).toBeGreaterThan(maxEndedProcesses - 1000);
    expect(store.endedProcesses.all.at(-1)?.pid).toBe(2 * maxEndedProcesses + 9);
    expect(store.processes.size).toBe(0);
  });

  it('is that many containers that have ended at most, the oldest go first, and none that lives', () => {
    const store = storeOf(...startOf({ id: 'alive', base: 100_000 }));
    for (let index = 0; index < maxEndedGroups + 20; index += 1) {
      const info = { ...xyxy12Info, id: `c${index}`, name: `c${index}` };
      store.take(container({ ...at(index), op: 'created', container: info }));
      store.take(container({ ...at(index), op: 'removed', container: info }));
    }
    expect(store.ended).toBe(maxEndedGroups);
    expect(store.groups.has('runc\0c19')).toBe(false);
    expect(store.groups.has('runc\0c20')).toBe(true);
    expect(store.groups.has('runc\0alive')).toBe(true);
  });

  it('is that many marks of one process at most', () => {
    const store = storeOf(...Array.from({ length: 1000 }, (_, index) => exec({ ...outside(40), ...at(index) })));
    expect(store.processes.get(40)!.marks.length).toBeLessThan(100);
  });

  it('knows the CPU share of a container from two readings, and its memory from one', () => {
    const store = storeOf(...startOf(), usage({ mono: '5000000000', cpu_ns: 1_000_000_000 }));
    const group = store.groups.get('runc\0xyxy12')!;
    expect(group.usage).toEqual({ cpuPercent: undefined, memoryBytes: 40_000_000, busiest: [] });
    store.take(usage({ mono: '7000000000', cpu_ns: 2_500_000_000, memory_bytes: undefined }));
    expect(group.usage).toEqual({ cpuPercent: 75, memoryBytes: undefined, busiest: [] });
    // A cgroup that was made anew counts from 0.
    store.take(usage({ mono: '9000000000', cpu_ns: 5 }));
    expect(group.usage?.cpuPercent).toBeUndefined();
  });
});
