import { describe, expect, it } from 'vitest';
import type { Timeline, TimelineEntry } from '../../src/timeline/schema.ts';
import { lanesOf, lanesText, maxLanes } from '../../src/view/lanes.ts';
import type { TimelineStyle } from '../../src/view/timeline.ts';
import { at, lifeOf, startOf, timelineOf, timelineWith } from '../fixtures/story.ts';

const style: TimelineStyle = {
  quote: false,
  maxArgs: Number.POSITIVE_INFINITY,
  users: { nameOf: (uid) => (uid === 0 ? 'root' : String(uid)) },
  unicode: true,
};

const entry = (
  kind: TimelineEntry['kind'],
  pid: number,
  ms: number,
  more: Partial<TimelineEntry> = {},
): TimelineEntry => ({
  at_ns: ms * 1e6,
  time: at(ms).time,
  kind,
  pid,
  depth: 0,
  ...more,
});

/** The lines of lanes alone, without heading, ruler and legend. */
const rows = (
  entries: TimelineEntry[],
  columns = 90,
  more: Partial<TimelineStyle> = {},
  whole: Partial<Timeline> = {},
) =>
  lanesText(timelineWith(entries, whole), { ...style, ...more }, columns)
    .split('\n')
    .filter((line) => /^ +\d+ +[-\d]/.test(line));

describe('lanesOf', () => {
  it('gives each process one lane, from its start to its exit', () => {
    expect(
      lanesOf([
        entry('fork', 5, 1, { ppid: 4, comm: 'sh', depth: 2, nspid: [5, 3] }),
        entry('exec', 5, 2, { args: ['ls', '-l'], comm: 'ls' }),
        entry('exit', 5, 9, { code: 3 }),
      ]),
    ).toEqual([
      {
        ...{ pid: 5, nspid: 3, label: 'ls -l', helper: false, depth: 2, from: 1e6, to: 9e6, end: '3', before: false },
        marks: [{ at: 2e6, kind: 'exec' }],
      },
    ]);
  });

  it('has them in the order in which they come', () => {
    const lanes = lanesOf([entry('fork', 9, 1), entry('fork', 2, 2), entry('exec', 9, 3), entry('fork', 5, 4)]);
    expect(lanes.map(({ pid }) => pid)).toEqual([9, 2, 5]);
  });

  it('begins with a process that was there before at 0', () => {
    expect(lanesOf([entry('process', 5, 7, { args: ['sh'] })])[0]).toMatchObject({
      from: 0,
      label: 'sh',
      to: undefined,
    });
  });

  it('begins when the process began, though that was not seen', () => {
    expect(lanesOf([entry('exec', 5, 7), entry('exit', 5, 10, { duration_ns: 5e6 })])[0]).toMatchObject({ from: 5e6 });
    expect(lanesOf([entry('exec', 5, 7), entry('exit', 5, 10, { duration_ns: 50e6 })])[0]).toMatchObject({ from: 0 });
    expect(lanesOf([entry('fork', 5, 7), entry('exit', 5, 10, { duration_ns: 1e6 })])[0]).toMatchObject({ from: 7e6 });
  });

  it('has no end for a process that lives', () => {
    expect(lanesOf([entry('exec', 5, 7)])[0]).toMatchObject({ to: undefined, end: '' });
  });

  it('says how a process ended', () => {
    const ends = [{ code: 0 }, { code: 137 }, { signal: 'SIGKILL' }, {}];
    expect(ends.map((end) => lanesOf([entry('exit', 5, 1, end)])[0]?.end)).toEqual(['0', '137', 'SIGKILL', '0']);
  });

  it('marks what runs, what starts the container and who joins, and not what failed', () => {
    const [lane] = lanesOf([
      entry('exec', 5, 1),
      entry('exec', 5, 2, { ret: -2, errno: 'ENOENT' }),
      entry('exec', 5, 3, { starts: true }),
      entry('exec', 5, 4, { joined_by: { pid: 1, comm: 'runc' } }),
    ]);
    expect(lane?.marks).toEqual([
      { at: 1e6, kind: 'exec' },
      { at: 3e6, kind: 'starts' },
      { at: 4e6, kind: 'joins' },
    ]);
  });

  it('is labelled with what runs, or what it was before', () => {
    expect(lanesOf([entry('fork', 5, 1, { comm: 'sh' })])[0]?.label).toBe('sh');
    expect(lanesOf([entry('fork', 5, 1, { comm: 'sh' }), entry('exec', 5, 1, { args: ['ls'] })])[0]?.label).toBe('ls');
    expect(lanesOf([entry('exec', 5, 1, { args: [], comm: 'x' })])[0]?.label).toBe('x');
  });

  it('is not labelled with what could not run', () => {
    const [lane] = lanesOf([
      entry('exec', 5, 1, { args: ['python', 'x.py'], comm: 'python' }),
      entry('exec', 5, 2, { args: ['nope'], comm: 'python', ret: -2, errno: 'ENOENT' }),
    ]);
    expect(lane?.label).toBe('python x.py');
  });

  it('is outside as long as the last program was', () => {
    const helper = entry('exec', 5, 1, { args: ['runc', 'init'], helper: true });
    expect(lanesOf([helper])[0]?.helper).toBe(true);
    expect(lanesOf([entry('fork', 5, 0, { comm: 'runc', helper: true }), entry('exit', 5, 1)])[0]?.helper).toBe(true);
    expect(lanesOf([helper, entry('exec', 5, 2, { args: ['top'] })])[0]?.helper).toBe(false);
  });

  it('gives a pid that is used again another lane', () => {
    const lanes = lanesOf([
      entry('fork', 5, 1),
      entry('exec', 5, 2, { args: ['one'] }),
      entry('exit', 5, 3, { code: 0 }),
      entry('fork', 5, 4),
      entry('exec', 5, 5, { args: ['two'] }),
    ]);
    expect(lanes).toMatchObject([
      { label: 'one', from: 1e6, to: 3e6 },
      { label: 'two', from: 4e6, to: undefined, marks: [{ at: 5e6 }] },
    ]);
  });

  it('has none for a process that only made a cgroup, and none for no process', () => {
    expect(lanesOf([entry('cgroup', 5, 1, { op: 'mkdir' })])).toEqual([]);
    expect(lanesOf([])).toEqual([]);
  });
});

describe('lanesText', () => {
  it('draws the life of a container', () => {
    expect(lanesText(timelineOf(lifeOf()), style, 100)).toMatchInlineSnapshot(`
      "xyxy12 (runc)
        asked   by root, pid 500: runc run xyxy12
        ran     from 2026-01-02T03:04:05.001000000Z, its program after 19.0 ms, ended with code 5 after 980.0 ms more
        pidns   pid:[4026532572], init is pid 10123
        cgroup  /xyxy12

                                               |0.0 ms          |334.7 ms       |669.3 ms        |1.00 s
            500     - runc run xyxy12          ●────────────────────────────────────────────────┤ 5
            510     -  runc init               ● 0
          10123     1  sh -c ls -l; sleep 1    ▶━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┤ 5
          10130     7   ls -l                   ● 0
            600     - runc exec xyxy12 top         ●────┤ 143
            610     -  runc init                   ─● 0
            611     9  top                          ◆━━━┤ SIGTERM

        ━ inside  ─ outside  ● exec  ▶ starts  ◆ joins  ┤ exit  → lives on
      "
    `);
  });

  it('draws processes that live on up to the edge', () => {
    expect(lanesText(timelineOf(startOf()), style, 90)).toMatchInlineSnapshot(`
      "xyxy12 (runc)
        asked   by root, pid 500: runc run xyxy12
        ran     from 2026-01-02T03:04:05.001000000Z, its program after 19.0 ms, and goes on
        pidns   pid:[4026532572], init is pid 10123
        cgroup  /xyxy12

                                               |0.0 ms             |14.5 ms            |29.0 ms
            500     - runc run xyxy12          ●●─────────────────────────────────────→
            510     -  runc init                   ─●─────────┤ 0
          10123     1  sh -c ls -l; sleep 1                 ━━━━━━━━━━━━━▶━━━━━━━━━━━━→
          10130     7   ls -l                                                   ━●━━━━┤ 0

        ━ inside  ─ outside  ● exec  ▶ starts  ◆ joins  ┤ exit  → lives on
      "
    `);
  });

  it('is ASCII without Unicode', () => {
    const written = lanesText(timelineOf(lifeOf()), { ...style, unicode: false }, 100);
    expect(written).toMatch(/^[\n\x20-\x7e]*$/);
    expect(written).toContain('= inside  - outside  o exec  S starts  J joins  | exit  > lives on');
  });

  const bars = (entries: TimelineEntry[], more: Partial<Timeline> = {}): string[] =>
    rows(entries, 70, { unicode: false }, more).map((line) => line.slice(41).replace(/\s+$/, ''));

  it('has bars as long as processes lived', () => {
    expect(
      bars([
        entry('exec', 5, 0),
        entry('exec', 6, 50),
        entry('exit', 6, 75, { code: 0 }),
        entry('exec', 7, 99, { helper: true }),
        entry('exit', 5, 100, { code: 7 }),
      ]),
    ).toEqual(['o==================| 7', '          o====| 0', '                   o']);
  });

  it('draws those outside otherwise, and those that live on with an open end', () => {
    const outside = { helper: true } as const;
    expect(bars([entry('exec', 5, 0, outside), entry('exec', 6, 50), entry('exec', 5, 100, outside)])).toEqual([
      'o------------------o',
      '          o========>',
    ]);
  });

  it('is as long as the time up to the removal', () => {
    expect(bars([entry('exec', 5, 0), entry('exit', 5, 50, { code: 0 })], { removed_ns: 100e6 })).toEqual([
      'o=========| 0',
    ]);
  });

  it('survives a container in which all was at once, or nothing was', () => {
    expect(bars([entry('exec', 5, 0), entry('exit', 5, 0, { code: 0 })])).toEqual(['o 0']);
    expect(rows([])).toEqual([]);
  });

  const widest = (columns: number, signal: string): number => {
    const lanes = Array.from({ length: 5 }, (_, index) => [
      entry('fork', 4194300 + index, index, { nspid: [4194300 + index, 12345], comm: 'x'.repeat(99), depth: index }),
      entry('exit', 4194300 + index, 1000 - index, { signal }),
    ]).flat();
    const drawn = rows(lanes, columns);
    expect(drawn).toHaveLength(5);
    return Math.max(...drawn.map((line) => line.length));
  };

  it.each([70, 80, 100, 200])('has bars that fit into %i columns, and use them', (columns) => {
    expect(widest(columns, 'SIGKILL')).toBeLessThanOrEqual(columns);
    expect(widest(columns, 'SIGKILL')).toBeGreaterThan(columns - 20);
  });

  it('has bars that fit also with the longest name of a signal', () => {
    expect(widest(80, 'SIGVTALRM')).toBeLessThanOrEqual(80);
  });

  it.each([70, 80, 100, 200])('has a ruler that fits into %i columns', (columns) => {
    for (const length of [1, 12.3, 999.9, 1234, 99_999, 3_600_000]) {
      const ruler = lanesText(timelineWith([entry('exec', 5, length)]), style, columns)
        .split('\n')
        .find((line) => /^ +\|0\.0 ms/.test(line));
      expect(ruler?.length).toBeLessThanOrEqual(columns);
    }
  });

  it('does not become too narrow to read', () => {
    const [line] = rows([entry('exec', 5, 0), entry('exec', 5, 1)], 1);
    expect(line).toBe(rows([entry('exec', 5, 0), entry('exec', 5, 1)], 70)[0]);
  });

  it('cuts labels, and says so', () => {
    const [line] = rows([entry('exec', 5, 0, { args: ['abcdefghijklmnopqrstuvwxyz'] })]);
    expect(line).toContain(' abcdefghijklmnopqrstuvw~ ');
  });

  it('cuts labels between characters', () => {
    const [line] = rows([entry('exec', 5, 0, { args: ['😀'.repeat(30)] })]);
    expect(line?.isWellFormed()).toBe(true);
    const [odd] = rows([entry('exec', 5, 0, { args: [`x${'😀'.repeat(30)}`] })]);
    expect(odd?.isWellFormed()).toBe(true);
  });

  it('indents labels by the tree of processes', () => {
    const lines = rows([entry('exec', 5, 0, { args: ['a'] }), entry('exec', 6, 0, { args: ['b'], depth: 2 })]);
    expect(lines[1]!.indexOf('b') - lines[0]!.indexOf('a')).toBe(2);
  });

  it('draws no more than can be looked at, and says how many more there are', () => {
    const many = (count: number) => Array.from({ length: count }, (_, index) => entry('exec', index + 1, index));
    expect(rows(many(maxLanes + 5))).toHaveLength(maxLanes);
    expect(lanesText(timelineWith(many(maxLanes + 5)), style, 90)).toContain(
      '\n  ... 5 more processes are left out here ...\n',
    );
    expect(rows(many(maxLanes))).toHaveLength(maxLanes);
    expect(lanesText(timelineWith(many(maxLanes)), style, 90)).not.toContain('left out');
  });

  it('says that steps are missing', () => {
    expect(lanesText(timelineWith([], { dropped: 9 }), style, 90)).toContain(
      '\n  ... 9 steps are missing in the middle ...\n',
    );
    expect(lanesText(timelineWith([]), style, 90)).not.toContain('missing');
  });

  it.each<[string, Partial<TimelineEntry>]>([
    ['arguments', { args: ['a\x1b[2J\n\u202e'] }],
    ['a comm', { kind: 'fork', comm: 'a\x1b[2J\n\u202e' }],
    ['a signal', { kind: 'exit', signal: 'a\x1b[2J\n\u202e' }],
  ])('shows what others chose as what it is: %s', (_, more) => {
    const written = lanesText(timelineWith([{ ...entry('exec', 5, 0), ...more }]), style, 90);
    expect(written).toContain('a\\x1b[2J\\n\\u{202e}');
    expect(written).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(written.split('\n')).toHaveLength(
      lanesText(timelineWith([entry('exec', 5, 0)]), style, 90).split('\n').length,
    );
  });
});
