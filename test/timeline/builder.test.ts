import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { TimelineBuilder } from '../../src/timeline/builder.ts';
import { keptEntries } from '../../src/timeline/draft.ts';
import { type Timeline, type TimelineEntry, timelineSchema } from '../../src/timeline/schema.ts';
import {
  container,
  containerNs,
  exec,
  exit,
  failedExec,
  footer,
  fork,
  header,
  hostNs,
  lost,
  namespace,
  process,
} from '../fixtures/records.ts';
import { at, castOf, endOf, enterOf, hierarchies, inTime, lifeOf, startOf, timelinesOf } from '../fixtures/story.ts';

/** Timelines of records, each of which must be one by the schema, with no field that it does not have. */
const build = (records: readonly NstraceRecord[], wants?: (record: NstraceRecord) => boolean): Timeline[] =>
  timelinesOf(records, wants).map((timeline) => {
    const found = JSON.parse(JSON.stringify(timeline));
    expect(timelineSchema.parse(found)).toEqual(found);
    return found;
  });

const buildOne = (records: readonly NstraceRecord[], wants?: (record: NstraceRecord) => boolean): Timeline => {
  const timelines = build(records, wants);
  expect(timelines).toHaveLength(1);
  return timelines[0]!;
};

/** A step in one line: what, who, and what is said of it. */
const short = ({ kind, pid, op, args, helper, again, starts, joined_by, ends }: TimelineEntry): string =>
  [
    ...[kind, pid, op, args?.join(' '), helper && '(helper)', again && '(again)', starts && '(starts)'],
    joined_by && `(joined by ${joined_by.pid})`,
    ends && '(ends)',
  ]
    .filter((word) => word !== undefined)
    .join(' ');

const { pids, entering, info, ref, inside, outside } = castOf();
const other = { id: 'other', base: 20000, from: 3 };

describe('the life of a container of runc', () => {
  it('goes from who asked for it to the end of who ran it', () => {
    expect(buildOne(lifeOf()).entries.map(short)).toEqual([
      'exec 500 runc run xyxy12 (helper)',
      'exec 500 runc run xyxy12 (helper) (again)',
      'fork 510 (helper)',
      'exec 510 runc init (helper)',
      'cgroup 500 mkdir',
      'cgroup 510 attach',
      'namespace 510 unshare',
      'fork 10123',
      'exit 510',
      'exec 10123 sh -c ls -l; sleep 1 (starts)',
      'fork 10130',
      'exec 10130 ls -l',
      'exit 10130',
      'exec 600 runc exec xyxy12 top (helper)',
      'fork 610 (helper)',
      'exec 610 runc init (helper)',
      'namespace 610 setns (helper)',
      'fork 611',
      'exit 610',
      'exec 611 top (joined by 600)',
      'exit 611',
      'exit 600 (helper)',
      'exit 10123 (ends)',
      'cgroup 500 rmdir',
      'exit 500 (helper)',
    ]);
  });

  it('has facts about it', () => {
    const { entries: _, counts: __, ...facts } = buildOne(lifeOf());
    expect(facts).toEqual({
      type: 'timeline',
      container: info,
      begin: at(1).time,
      end: at(1005).time,
      seen: false,
      asked: { pid: 500, uid: 0, comm: 'runc', args: ['runc', 'run', 'xyxy12'] },
      startup_ns: 19e6,
      startup: { runtime_ns: 6e6, cgroup_ns: 3e6, namespaces_ns: 1e6, rest_ns: 9e6 },
      started_ns: 19e6,
      stopped_ns: 999e6,
      removed_ns: 1001e6,
      code: 5,
      dropped: 0,
      lost: 0,
    });
  });

  it('reports each step relative to its beginning', () => {
    const { entries } = buildOne(lifeOf());
    expect(entries.find(({ starts }) => starts)).toMatchObject({ at_ns: 19e6, time: at(20).time });
    expect(entries.at(-1)).toMatchObject({ at_ns: 1004e6, time: at(1005).time });
    const times = entries.map(({ at_ns }) => at_ns);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('has one step for what a runtime does once for each hierarchy', () => {
    const steps = buildOne(lifeOf()).entries.filter(({ kind }) => kind === 'cgroup');
    expect(steps.map(({ op, paths, hierarchies: all }) => [op, paths, all])).toEqual([
      ['mkdir', ['/xyxy12'], hierarchies],
      ['attach', ['/xyxy12'], hierarchies],
      ['rmdir', ['/xyxy12'], hierarchies],
    ]);
  });

  it('has one step for namespaces that are joined in two', () => {
    const { ipc, net, pid, mnt } = containerNs;
    const joins = buildOne(lifeOf()).entries.filter(({ op }) => op === 'setns');
    expect(joins.map(({ at_ns, joined }) => [at_ns, joined])).toEqual([[103e6, { ipc, net, pid, mnt }]]);
  });

  it('says of whom the first program is that somebody brought', () => {
    const joined = buildOne(lifeOf()).entries.filter(({ joined_by }) => joined_by !== undefined);
    expect(joined).toHaveLength(1);
    expect(joined[0]).toMatchObject({
      pid: entering.top,
      origin: 'joined',
      joined_by: { pid: entering.runc, uid: 0, comm: 'runc', args: ['runc', 'exec', 'xyxy12', 'top'] },
    });
  });

  it('says which person is behind what the runtime was called for', () => {
    const person = { pid: 7, comm: 'docker', tty: 'pts/3', evidence: ['ancestor'] };
    const asking = lifeOf().map((record) =>
      record.type === 'container' && ['started', 'joined'].includes(record.op)
        ? { ...record, asked_by: person }
        : record,
    );
    const { asked_by, entries } = buildOne(asking);
    expect(asked_by).toEqual(person);
    expect(entries.filter(({ joined_asked_by }) => joined_asked_by !== undefined)).toMatchObject([
      { pid: entering.top, joined_asked_by: person },
    ]);
  });

  it('counts its entries, each step once', () => {
    const { counts, entries } = buildOne(lifeOf());
    const found: Record<string, number> = {};
    for (const { kind } of entries) {
      found[kind] = (found[kind] ?? 0) + 1;
    }
    expect(counts).toEqual(found);
  });

  it('is indented by the tree of processes', () => {
    const depths = new Map(buildOne(lifeOf()).entries.map(({ pid, depth }) => [pid, depth]));
    expect(Object.fromEntries(depths)).toEqual({ 500: 0, 510: 1, 10123: 1, 10130: 2, 600: 0, 610: 1, 611: 1 });
  });

  it('keeps what a step says', () => {
    const more = [
      failedExec({ ...at(40), ...inside(10140, 8), ppid: pids.init, args: ['nope'], args_truncated: true }),
      exec({ ...at(41), ...inside(10140, 8), ppid: pids.init, args: ['a', '\ufffd'], args_base64: ['YQ==', '/w=='] }),
      exit({ ...at(42), ...inside(10140, 8), signal: 'SIGKILL', core: true, oom: true, duration_ns: 7 }),
    ];
    const steps = buildOne([...startOf(), ...more, ...endOf()]).entries.filter(({ pid }) => pid === 10140);
    expect(steps).toMatchObject([
      { kind: 'exec', ret: -2, errno: 'ENOENT', args: ['nope'], args_truncated: true, nspid: [10140, 8], uid: 0 },
      { kind: 'exec', args: ['a', '\ufffd'], args_base64: ['YQ==', '/w=='], exe: '/usr/bin/ls', ppid: pids.init },
      { kind: 'exit', signal: 'SIGKILL', core: true, oom: true, duration_ns: 7 },
    ]);
    expect(steps[1]).not.toHaveProperty('ret');
    expect(steps[2]).not.toHaveProperty('code');
  });

  it('has nothing of what else happens on the host', () => {
    const noise = [
      exec({ ...at(6), ...outside(900), args: ['make'] }),
      fork({ ...at(15), ...outside(901), ppid: 900 }),
      namespace({ ...at(16), ...outside(902), op: 'unshare' }),
      exec({ ...at(17), ...outside(903), args: ['runc', 'run', 'fails-at-once'] }),
      exit({ ...at(18), ...outside(903), code: 1 }),
      exit({ ...at(50), ...outside(900) }),
      header(at(0)),
      footer(at(1006)),
    ];
    expect(buildOne(inTime(...lifeOf(), ...noise))).toEqual(buildOne(lifeOf()));
  });

  it('does not have an exec that failed as its start', () => {
    const records = startOf();
    const start = records.findIndex((record) => record.type === 'exec' && record.pid === pids.init);
    const failed = failedExec({ ...at(20), ...inside(pids.init, 1), args: ['nope'] });
    const { entries } = buildOne([...records.slice(0, start), failed, ...records.slice(start), ...endOf()]);
    expect(entries.filter(({ starts }) => starts).map(({ args }) => args?.[0])).toEqual(['sh']);
  });
});

describe('who makes a container', () => {
  const nsenter = [
    exec({ ...at(50), ...outside(700), comm: 'nsenter', args: ['nsenter', '-t', '10123', '-a', 'sh'] }),
    namespace({
      ...at(51),
      ...outside(700),
      ...{ op: 'setns', created: undefined, joined: { net: containerNs.net, pid: containerNs.pid } },
    }),
    fork({ ...at(52), ...inside(701, 12), ppid: 700, comm: 'nsenter', origin: 'joined' }),
    container({
      ...at(53),
      ...{ op: 'joined', pid: 701, nspid: [701, 12], container: info },
      by: { pid: 700, uid: 0, comm: 'nsenter', args: ['nsenter', '-t', '10123', '-a', 'sh'] },
    }),
    exec({ ...at(53), ...inside(701, 12), ppid: 700, comm: 'sh', args: ['sh'], origin: 'joined' }),
    exit({ ...at(60), ...inside(701, 12), ppid: 700, code: 0 }),
    exit({ ...at(61), ...outside(700), code: 0 }),
  ];

  it('is also one who enters without a runtime', () => {
    expect(
      buildOne([...startOf(), ...nsenter, ...endOf()])
        .entries.map(short)
        .filter((line) => / 70\d/.test(line)),
    ).toEqual([
      'exec 700 nsenter -t 10123 -a sh (helper)',
      'namespace 700 setns (helper)',
      'fork 701',
      'exec 701 sh (joined by 700)',
      'exit 701',
      'exit 700 (helper)',
    ]);
  });

  it('is one process and its children, not the shell in other namespaces that it was called from', () => {
    const shell = [
      exec({ ...at(41), ...outside(650), args: ['ip', 'netns', 'exec', 'blue', 'bash'] }),
      namespace({ ...at(42), ...outside(650), op: 'setns', created: undefined, joined: { net: 99 } }),
      exec({ ...at(43), ...outside(650), args: ['bash'] }),
      fork({ ...at(44), ...outside(651), ppid: 650 }),
      exec({ ...at(45), ...outside(651), ppid: 650, args: ['make', 'something', 'else'] }),
      exit({ ...at(46), ...outside(651), ppid: 650, code: 0 }),
      fork({ ...at(47), ...outside(700), ppid: 650 }),
    ];
    const { entries } = buildOne([...startOf(), ...shell, ...nsenter, ...endOf()]);
    expect(entries.map(short)).toContain('exec 700 nsenter -t 10123 -a sh (helper)');
    expect(entries.filter(({ pid }) => pid === 650 || pid === 651).map(short)).toEqual([]);
  });

  it('is reported for a container that unshare makes', () => {
    const made = { id: 'pid:[4026532572]', name: 'unshare pid:[4026532572]', runtime: 'unshare' };
    const unshared = { nspid: [801, 1], pid: 801, ns: containerNs, container: made };
    const by = { pid: 800, uid: 1000, comm: 'unshare', args: ['unshare', '-fp', 'sh'] };
    const { asked, entries } = buildOne([
      exec({ ...at(0), ...outside(800), comm: 'unshare', args: ['unshare', '-fp', 'sh'] }),
      namespace({ ...at(1), ...outside(800), comm: 'unshare', created: { pid: containerNs.pid } }),
      container({ ...at(2), op: 'created', container: made, by }),
      fork({ ...at(2), ...unshared, ppid: 800, comm: 'unshare', origin: 'init' }),
      container({ ...at(3), op: 'started', pid: 801, container: { ...made, init: 801 } }),
      exec({ ...at(3), ...unshared, ppid: 800, args: ['sh'], origin: 'init' }),
      exit({ ...at(4), ...unshared, ppid: 800, code: 0 }),
      container({ ...at(4), op: 'stopped', container: { ...made, init: 801 }, code: 0 }),
      container({ ...at(4), op: 'removed', container: { ...made, init: 801 } }),
      exit({ ...at(5), ...outside(800), code: 0 }),
    ]);
    expect(asked).toEqual(by);
    expect(entries.map(short)).toEqual([
      'exec 800 unshare -fp sh (helper)',
      'namespace 800 unshare (helper)',
      'fork 801',
      'exec 801 sh (starts)',
      'exit 801 (ends)',
      'exit 800 (helper)',
    ]);
  });

  describe('in another container', () => {
    const inner = { id: 'pid:[7]', name: 'unshare pid:[7]', runtime: 'unshare' };
    const nested = [
      exec({ ...at(50), ...inside(10140, 8), ppid: pids.init, comm: 'unshare', args: ['unshare', '-fp', 'sh'] }),
      container({ ...at(52), op: 'created', container: inner, by: { pid: 10140, comm: 'unshare' } }),
      exit({ ...at(54), ...inside(10140, 8), code: 0 }),
    ];
    const outerOf = (records: NstraceRecord[]) => build(records).find((timeline) => timeline.container.id === ref.id);
    const innerOf = (records: NstraceRecord[]) => build(records).find((timeline) => timeline.container.id === inner.id);

    it('is no helper in that one', () => {
      const seen = container({ ...at(0), op: 'seen' });
      const steps = outerOf([seen, ...nested])?.entries.map(short);
      expect(steps).toEqual(['exec 10140 unshare -fp sh', 'exit 10140']);
    });

    it('leaves who made that one to it', () => {
      const records = [...startOf(), ...nested, ...endOf()];
      expect(outerOf(records)?.entries.map(short)).toContain('exit 500 (helper)');
      expect(innerOf(records)?.entries.filter(({ pid }) => pid === pids.runc)).toEqual([]);
    });
  });

  it('may not be known at all', () => {
    const { asked, entries } = buildOne([
      container({ ...at(0), op: 'created', container: info, by: { pid: 4, comm: 'gone' } }),
      exec({ ...at(1), ...inside(pids.init, 1), ppid: 4, args: ['sh'] }),
    ]);
    expect(asked).toEqual({ pid: 4, comm: 'gone' });
    expect(entries.map(short)).toEqual(['exec 10123 sh']);
  });
});

describe('a container that was there before', () => {
  const seen = [
    container({ ...at(0), op: 'seen' }),
    process({ ...at(0), ...inside(pids.init, 1), ppid: 300, args: ['sh'], origin: 'init' }),
    process({ ...at(0), ...inside(pids.child, 7), ppid: pids.init, args: ['sleep', '9'], origin: 'born' }),
  ];

  it('is reported as seen, with the processes that it had', () => {
    const timeline = buildOne(seen);
    expect(timeline).toMatchObject({ seen: true, begin: at(0).time });
    expect(timeline).not.toHaveProperty('started_ns');
    expect(timeline.entries.map(({ kind, pid, depth, at_ns }) => [kind, pid, depth, at_ns])).toEqual([
      ['process', pids.init, 0, 0],
      ['process', pids.child, 1, 0],
    ]);
  });

  it('can be entered and ends as others do', () => {
    const timeline = buildOne([...seen, ...enterOf(), ...endOf()]);
    expect(timeline).toMatchObject({ seen: true, stopped_ns: 1000e6, code: 5 });
    expect(timeline.entries.map(short)).toContain('exec 611 top (joined by 600)');
    expect(timeline.entries.map(short)).toContain('exit 10123 (ends)');
  });

  it('has all that who enters does, also if that has ended before its program runs', () => {
    const detached = (served: boolean) =>
      enterOf().flatMap((record) => {
        const own = 'pid' in record && record.pid === entering.runc && record.type !== 'container';
        if (own && record.type === 'exit') {
          return [];
        }
        const ended = exit({ ...at(109), ...outside(entering.runc), comm: 'runc', code: 0 });
        const known = own && served ? { ...record, role: 'runtime', for: ref } : record;
        return record.type === 'container' ? [ended, known] : [known];
      }) as NstraceRecord[];
    const steps = (served: boolean) =>
      buildOne([...startOf(), ...detached(served), ...endOf()]).entries.filter(({ pid }) => pid === entering.runc);
    expect(steps(false)).toEqual([]);
    expect(steps(true).map(short)).toEqual(['exec 600 runc exec xyxy12 top (helper)', 'exit 600 (helper)']);
  });
});

describe('several containers', () => {
  it('are not mixed up when they live at the same time', () => {
    const alone = [lifeOf(), lifeOf(other)].map((records) => buildOne(records));
    expect(build(inTime(...lifeOf(), ...lifeOf(other)))).toEqual(alone);
  });

  it('have each a timeline when the same id is started again, with the same pids', () => {
    const again = { from: 5000 };
    const timelines = build([...lifeOf(), ...lifeOf(again)]);
    expect(timelines).toEqual([buildOne(lifeOf()), buildOne(lifeOf(again))]);
  });

  it('have each a timeline when the same id is started again while who ran the first still lives', () => {
    const again = { base: 20000, from: 1003 };
    const first = lifeOf();
    const timelines = build([...first.slice(0, -1), ...startOf(again), first.at(-1)!, ...endOf(again)]);
    expect(timelines.map(({ asked, begin }) => [asked?.pid, begin])).toEqual([
      [500, at(1).time],
      [20500, at(1004).time],
    ]);
    expect(timelines[0]?.entries.map(short)).toContain('exit 500 (helper)');
    expect(timelines[1]?.entries.map(short)).not.toContain('exit 500 (helper)');
    expect(timelines[1]?.entries.filter(({ pid }) => pid < 20000)).toEqual([]);
  });

  it('do not get what a process does that has the pid of a helper that ended', () => {
    const { entries } = buildOne([
      ...startOf(),
      ...enterOf(),
      fork({ ...at(300), ...outside(entering.runc), ppid: 1, comm: 'cron' }),
      exec({ ...at(301), ...outside(entering.runc), ppid: 1, args: ['backup'] }),
      exec({ ...at(302), ...outside(entering.setup), ppid: 1, args: ['backup', 'more'] }),
      ...endOf(),
    ]);
    expect(entries.filter(({ args }) => args?.[0] === 'backup')).toEqual([]);
  });

  it('do not get what a process does that has the pid of a helper whose end was lost', () => {
    const { entries } = buildOne([
      ...startOf(),
      fork({ ...at(300), ...outside(pids.runc), ppid: 1, comm: 'cron' }),
      exec({ ...at(301), ...outside(pids.runc), ppid: 1, args: ['backup'] }),
    ]);
    expect(entries.filter(({ args }) => args?.[0] === 'backup')).toEqual([]);
  });

  it('do not call the first program of a pid that is used again the same once more', () => {
    const { entries } = buildOne([
      ...startOf(),
      exec({ ...at(40), ...inside(10140, 8), args: ['date'] }),
      exit({ ...at(41), ...inside(10140, 8) }),
      exec({ ...at(42), ...inside(10140, 8), args: ['date'] }),
    ]);
    expect(entries.filter(({ args }) => args?.[0] === 'date').map(short)).toEqual([
      'exec 10140 date',
      'exec 10140 date',
    ]);
  });
});

describe('when a timeline is done', () => {
  const setUp = () => {
    const done: Timeline[] = [];
    const builder = new TimelineBuilder({ wantsRecord: () => true, onDone: (timeline) => done.push(timeline) });
    const take = (...records: NstraceRecord[]) => {
      for (const record of records) {
        builder.take(record);
      }
      return done.length;
    };
    return { builder, done, take };
  };
  const noise = (ms: number) => exec({ ...at(ms), ...outside(900) });

  it('is not before who ran it has ended', () => {
    const { take } = setUp();
    const life = lifeOf();
    expect(take(...life.slice(0, -1), noise(1003), noise(1004))).toBe(0);
    expect(take(life.at(-1)!)).toBe(1);
  });

  it('waits for who entered it, too', () => {
    const { take } = setUp();
    const entered = enterOf();
    expect(take(...startOf(), ...entered.slice(0, -1), ...endOf(), noise(1006))).toBe(0);
    expect(take(exit({ ...at(1007), ...outside(entering.runc), code: 143 }))).toBe(1);
  });

  it('waits two seconds after its removal at most', () => {
    const { take, done } = setUp();
    const life = lifeOf();
    expect(take(...life.slice(0, -1), noise(1002 + 2000))).toBe(0);
    expect(take(noise(1002 + 2001))).toBe(1);
    expect(take(exit({ ...at(4000), ...outside(pids.runc), code: 5 }), noise(5000))).toBe(1);
    expect(done[0]?.entries.map(short)).not.toContain('exit 500 (helper)');
  });

  it('is with its removal if nobody is waited for', () => {
    const { take } = setUp();
    expect(take(container({ ...at(0), op: 'seen' }), noise(9))).toBe(0);
    expect(take(container({ ...at(10), op: 'removed' }))).toBe(1);
  });

  it('is when time goes on without a record, too', () => {
    const { builder, done, take } = setUp();
    take(...lifeOf().slice(0, -1));
    builder.passed(at(1002 + 2000).mono);
    expect(done).toHaveLength(0);
    builder.passed(at(1002 + 2001).mono);
    expect(done).toHaveLength(1);
  });

  it('is at the end for all that are left, and only once', () => {
    const { builder, done, take } = setUp();
    const life = lifeOf();
    take(...inTime(...life.slice(0, -1), ...startOf(other)));
    builder.finish();
    expect(done.map((timeline) => timeline.container.id)).toEqual(['xyxy12', 'other']);
    expect(done[1]).not.toHaveProperty('stopped_ns');
    builder.finish();
    expect(done).toHaveLength(2);
  });

  it('gives nothing if there was no container', () => {
    expect(build([header(), noise(1), namespace({ ...at(2), ...outside(900) }), footer()])).toEqual([]);
  });
});

describe('what is kept of a timeline', () => {
  it('has what is lost while it lives, not before and not after', () => {
    const losses = (...all: [number, number][]) => all.map(([ms, count]) => lost({ ...at(ms), count }));
    const [first, second] = build(
      inTime(
        ...lifeOf(),
        ...startOf({ ...other, from: 500 }),
        ...losses([0.5, 1], [300, 10], [700, 100], [1500, 1000]),
      ),
    );
    expect(first?.lost).toBe(110);
    expect(second?.lost).toBe(1100);
  });

  it('is the beginning and the end of one that is too long', () => {
    const execs = Array.from({ length: 4 * keptEntries }, (_, index) =>
      exec({ ...at(31 + index / 1000), ...inside(30000 + index, 9), ppid: pids.init, args: [String(index)] }),
    );
    const { entries, dropped, counts } = buildOne([...startOf(), ...execs, ...endOf()]);
    expect(dropped).toBeGreaterThan(0);
    expect(entries.length + dropped).toBe(Object.values(counts).reduce((sum, count) => sum + count, 0));
    expect(short(entries[0]!)).toBe('exec 500 runc run xyxy12 (helper)');
    expect(short(entries.at(-1)!)).toBe('exit 500 (helper)');
    expect(entries.map(short)).toContain('exit 10123 (ends)');
  });

  it('has a name that is learned late', () => {
    const named = { ...info, name: 'web', image: 'nginx', labels: { tier: 'front' } };
    const { container: found } = buildOne([...startOf(), container({ ...at(50), op: 'named', container: named })]);
    expect(found).toEqual(named);
  });

  it('leaves out what is not wanted in the container, but nothing of those outside', () => {
    const { entries, started_ns, code } = buildOne(lifeOf(), ({ type }) => type === 'exec');
    expect(entries.map(short)).toEqual([
      'exec 500 runc run xyxy12 (helper)',
      'exec 500 runc run xyxy12 (helper) (again)',
      'fork 510 (helper)',
      'exec 510 runc init (helper)',
      'exec 10123 sh -c ls -l; sleep 1 (starts)',
      'exec 10130 ls -l',
      'exec 600 runc exec xyxy12 top (helper)',
      'fork 610 (helper)',
      'exec 610 runc init (helper)',
      'namespace 610 setns (helper)',
      'exec 611 top (joined by 600)',
      'exit 600 (helper)',
      'exit 500 (helper)',
    ]);
    expect([started_ns, code]).toEqual([19e6, 5]);
  });

  it('does not call another program the start if the start is not wanted', () => {
    const { entries } = buildOne(lifeOf(), (record) => !('pid' in record) || record.pid !== pids.init);
    expect(entries.filter(({ starts }) => starts)).toEqual([]);
  });

  it('does not change the records it is given', () => {
    const records = lifeOf();
    const before = structuredClone(records);
    build(records);
    expect(records).toEqual(before);
  });

  it('knows namespaces of the host as those of nobody', () => {
    expect(build([exec({ ...at(0), ns: hostNs, container: null })])).toEqual([]);
  });
});
