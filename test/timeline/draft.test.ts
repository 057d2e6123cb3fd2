import { describe, expect, it } from 'vitest';
import type { RecordOf } from '../../src/record/schema.ts';
import { Draft, keptEntries } from '../../src/timeline/draft.ts';
import { type Timeline, type TimelineEntry, timelineSchema } from '../../src/timeline/schema.ts';
import { container, xyxy12Info } from '../fixtures/records.ts';
import { at } from '../fixtures/story.ts';

const draftAt = (ms: number, seen = false): Draft => new Draft(xyxy12Info, at(ms), seen);

/** An entry as the builder gives it: its place comes later. */
const entry = (
  kind: TimelineEntry['kind'],
  pid: number,
  ms: number,
  more: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  at_ns: 0,
  time: at(ms).time,
  kind,
  pid,
  depth: 0,
  ...more,
});

/** Adds entries, and gives what came of them, which is a timeline by the schema. */
const finished = (draft: Draft, ...entries: [TimelineEntry, number][]): Timeline => {
  for (const [one, ms] of entries) {
    draft.add(one, at(ms));
  }
  const timeline = JSON.parse(JSON.stringify(draft.finish()));
  expect(timelineSchema.parse(timeline)).toEqual(timeline);
  return timeline;
};

const record = (op: RecordOf<'container'>['op'], ms: number, more: Partial<RecordOf<'container'>> = {}) =>
  container({ ...at(ms), op, ...more }) as RecordOf<'container'>;

const mkdir = (pid: number, ms: number, path: string, hierarchy: string): [TimelineEntry, number] => [
  entry('cgroup', pid, ms, { op: 'mkdir', paths: [path], hierarchies: [hierarchy] }),
  ms,
];

const setns = (pid: number, ms: number, joined: TimelineEntry['joined']): [TimelineEntry, number] => [
  entry('namespace', pid, ms, { op: 'setns', ...(joined === undefined ? {} : { joined }) }),
  ms,
];

describe('Draft', () => {
  it('is a timeline without anything at once', () => {
    expect(finished(draftAt(10))).toEqual({
      type: 'timeline',
      container: xyxy12Info,
      begin: at(10).time,
      end: at(10).time,
      seen: false,
      counts: {},
      dropped: 0,
      lost: 0,
      entries: [],
    });
  });

  it('says whether the container was there before', () => {
    expect(finished(draftAt(0, true)).seen).toBe(true);
  });

  it('begins with the earliest step, though that came to be known late', () => {
    const timeline = finished(draftAt(10), [entry('exec', 2, 12), 12], [entry('exec', 1, 4), 4]);
    expect(timeline.begin).toBe(at(4).time);
    expect(timeline.entries.map(({ pid, at_ns }) => [pid, at_ns])).toEqual([
      [1, 0],
      [2, 8e6],
    ]);
  });

  it('ends with the latest thing that is known, whatever that is', () => {
    const draft = draftAt(0);
    draft.removed(record('removed', 50));
    draft.add(entry('exit', 1, 40), at(40));
    expect(draft.finish().end).toBe(at(50).time);
    draft.add(entry('exit', 2, 60), at(60));
    expect(draft.finish().end).toBe(at(60).time);
  });

  it('keeps the order in which steps of the same moment came', () => {
    const timeline = finished(draftAt(0), [entry('exec', 3, 5), 5], [entry('exec', 1, 5), 5], [entry('exec', 2, 5), 5]);
    expect(timeline.entries.map(({ pid }) => pid)).toEqual([3, 1, 2]);
  });

  it('reports marks relative to the beginning', () => {
    const draft = draftAt(10);
    draft.add(entry('exec', 500, 4), at(4));
    draft.started(record('started', 20, { pid: 10123, startup_ns: 16e6, startup: { rest_ns: 16e6 } }));
    draft.stopped(record('stopped', 30, { code: 5 }));
    draft.removed(record('removed', 34));
    expect(finished(draft)).toMatchObject({
      ...{ startup_ns: 16e6, startup: { rest_ns: 16e6 } },
      ...{ started_ns: 16e6, stopped_ns: 26e6, removed_ns: 30e6, code: 5 },
    });
  });

  it('keeps apart times that differ by one nanosecond far beyond 2^53', () => {
    const draft = new Draft(xyxy12Info, { time: at(0).time, mono: '9007199254740993000' }, false);
    draft.add(entry('exec', 1, 0), { time: at(0).time, mono: '9007199254740993001' });
    expect(draft.finish().entries[0]?.at_ns).toBe(1);
  });

  it('reports how it ended, and marks the exit of its init as that', () => {
    const draft = draftAt(0);
    draft.add(entry('exit', 77, 9, { code: 0 }), at(9));
    draft.add(entry('exit', 10123, 10, { signal: 'SIGKILL' }), at(10));
    draft.add(entry('exit', 78, 10, { signal: 'SIGKILL' }), at(10));
    draft.stopped(record('stopped', 10, { signal: 'SIGKILL', oom: true }));
    const timeline = finished(draft);
    expect(timeline).toMatchObject({ signal: 'SIGKILL', oom: true });
    expect(timeline).not.toHaveProperty('code');
    expect(timeline.entries.filter(({ ends }) => ends).map(({ pid }) => pid)).toEqual([10123]);
  });

  it('keeps who asked first', () => {
    const draft = draftAt(0);
    draft.asked(undefined);
    draft.asked({ pid: 500, comm: 'runc' });
    draft.asked({ pid: 501, comm: 'other' });
    expect(draft.finish().asked).toEqual({ pid: 500, comm: 'runc' });
  });

  it('gives the same timeline when it is finished twice', () => {
    const draft = draftAt(0);
    draft.add(...([setns(1, 2, { net: 5 })[0], at(2)] as const));
    draft.add(entry('exec', 2, 3), at(3));
    draft.add(setns(1, 2, { ipc: 6 })[0], at(2));
    const first = JSON.stringify(draft.finish());
    expect(JSON.stringify(draft.finish())).toBe(first);
  });
});

describe('steps that are one', () => {
  it('takes a cgroup in each hierarchy as one step', () => {
    const timeline = finished(
      draftAt(0),
      mkdir(500, 1, '/a', 'unified'),
      mkdir(500, 2, '/a', 'memory'),
      mkdir(500, 3, '/user/a', 'cpu'),
    );
    expect(timeline.entries).toHaveLength(1);
    expect(timeline.entries[0]).toMatchObject({
      at_ns: 1e6,
      paths: ['/a', '/user/a'],
      hierarchies: ['unified', 'memory', 'cpu'],
    });
    expect(timeline.counts).toEqual({ cgroup: 1 });
  });

  it('takes them as one also if moves into them are in between', () => {
    const steps = ['unified', 'memory'].flatMap((hierarchy): [TimelineEntry, number][] => [
      mkdir(500, 1, '/a', hierarchy),
      [entry('cgroup', 510, 1, { op: 'attach', paths: ['/a'], hierarchies: [hierarchy] }), 1],
    ]);
    const timeline = finished(draftAt(0), ...steps);
    expect(timeline.entries.map(({ op, hierarchies }) => [op, hierarchies])).toEqual([
      ['mkdir', ['unified', 'memory']],
      ['attach', ['unified', 'memory']],
    ]);
  });

  it('names a hierarchy once, however many cgroups are made in it', () => {
    const timeline = finished(draftAt(0), mkdir(10123, 1, '/a/b', 'unified'), mkdir(10123, 2, '/a/c', 'unified'));
    expect(timeline.entries[0]).toMatchObject({ paths: ['/a/b', '/a/c'], hierarchies: ['unified'] });
  });

  it('does not take cgroups of different processes, or other things done to them, as one', () => {
    const rmdir = { op: 'rmdir', paths: ['/a'], hierarchies: ['unified'] };
    const timeline = finished(draftAt(0), mkdir(500, 1, '/a', 'unified'), mkdir(501, 2, '/a', 'memory'), [
      entry('cgroup', 500, 3, rmdir),
      3,
    ]);
    expect(timeline.entries.map(({ pid, op }) => [pid, op])).toEqual([
      [500, 'mkdir'],
      [501, 'mkdir'],
      [500, 'rmdir'],
    ]);
  });

  it('takes joins that follow each other as one', () => {
    const timeline = finished(draftAt(0), setns(610, 1, { ipc: 1, net: 2 }), setns(610, 2, { pid: 3 }));
    expect(timeline.entries).toHaveLength(1);
    expect(timeline.entries[0]).toMatchObject({ at_ns: 1e6, joined: { ipc: 1, net: 2, pid: 3 } });
  });

  it('takes joins as one also if the first comes to be known after the second', () => {
    const timeline = finished(
      draftAt(0),
      setns(610, 2, { pid: 3 }),
      [entry('exec', 611, 5), 5],
      setns(610, 1, { ipc: 1 }),
    );
    expect(timeline.entries.map(({ kind }) => kind)).toEqual(['namespace', 'exec']);
    expect(timeline.entries[0]).toMatchObject({ joined: { ipc: 1, pid: 3 } });
    expect(timeline.counts).toEqual({ namespace: 1, exec: 1 });
  });

  it('does not take joins with a program between them as one', () => {
    const timeline = finished(
      draftAt(0),
      setns(610, 1, { ipc: 1 }),
      [entry('exec', 610, 2), 2],
      setns(610, 3, { pid: 3 }),
    );
    expect(timeline.entries.map(({ kind }) => kind)).toEqual(['namespace', 'exec', 'namespace']);
  });

  it('does not take namespaces that are made as one', () => {
    const unshare = (ms: number): [TimelineEntry, number] => [entry('namespace', 5, ms, { op: 'unshare' }), ms];
    expect(finished(draftAt(0), unshare(1), unshare(2)).entries).toHaveLength(2);
  });

  it('does not change entries of the one who gave them beyond what a step takes in', () => {
    const [last] = setns(610, 2, { pid: 3 });
    finished(draftAt(0), setns(610, 1, { ipc: 1 }), [last, 2]);
    expect(last.joined).toEqual({ pid: 3 });
  });
});

describe('depth', () => {
  const depths = (...entries: TimelineEntry[]) =>
    finished(draftAt(0), ...entries.map((one, index): [TimelineEntry, number] => [one, index])).entries.map(
      ({ pid, depth }) => [pid, depth],
    );

  it('is that in the tree of processes', () => {
    expect(
      depths(
        entry('exec', 500, 0, { ppid: 400 }),
        entry('fork', 510, 0, { ppid: 500 }),
        entry('exec', 510, 0, { ppid: 500 }),
        entry('fork', 511, 0, { ppid: 510 }),
        entry('namespace', 511, 0, { op: 'unshare' }),
        entry('exec', 500, 0, { ppid: 400 }),
      ),
    ).toEqual([
      [500, 0],
      [510, 1],
      [510, 1],
      [511, 2],
      [511, 2],
      [500, 0],
    ]);
  });

  it('stays when the parent ends', () => {
    expect(
      depths(
        entry('exec', 500, 0),
        entry('fork', 510, 0, { ppid: 500 }),
        entry('exit', 500, 0),
        entry('exec', 510, 0, { ppid: 1 }),
      ).at(-1),
    ).toEqual([510, 1]);
  });

  it('is that of the new process when a pid is used again', () => {
    expect(
      depths(
        entry('exec', 500, 0),
        entry('fork', 510, 0, { ppid: 500 }),
        entry('fork', 511, 0, { ppid: 510 }),
        entry('exit', 511, 0),
        entry('fork', 511, 0, { ppid: 500 }),
        // Its exit was lost.
        entry('fork', 510, 0, { ppid: 511 }),
      ),
    ).toEqual([
      [500, 0],
      [510, 1],
      [511, 2],
      [511, 2],
      [511, 1],
      [510, 2],
    ]);
  });
});

describe('bounds', () => {
  const many = 5 * keptEntries;
  const long = (): Timeline =>
    finished(
      draftAt(0),
      ...Array.from({ length: many }, (_, index): [TimelineEntry, number] => [entry('exec', index + 1, index), index]),
    );

  it('keeps the beginning and at least as much of the end, and counts what was dropped', () => {
    const { entries, dropped, counts } = long();
    const pids = entries.map(({ pid }) => pid);
    expect(pids.slice(0, keptEntries)).toEqual(Array.from({ length: keptEntries }, (_, index) => index + 1));
    const tail = pids.slice(keptEntries);
    expect(tail.length).toBeGreaterThanOrEqual(keptEntries);
    expect(tail).toEqual(Array.from({ length: tail.length }, (_, index) => many - tail.length + index + 1));
    expect(dropped).toBe(many - entries.length);
    expect(dropped).toBeGreaterThan(0);
    expect(counts).toEqual({ exec: many });
  });

  it('never holds more than three times what is kept', () => {
    expect(long().entries.length).toBeLessThanOrEqual(3 * keptEntries);
  });

  it('drops nothing before that', () => {
    const draft = draftAt(0);
    for (let pid = 1; pid <= 3 * keptEntries; pid += 1) {
      draft.add(entry('exec', pid, pid), at(pid));
    }
    expect(draft.finish()).toMatchObject({ dropped: 0, entries: { length: 3 * keptEntries } });
  });
});
