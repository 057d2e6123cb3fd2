import { describe, expect, it } from 'vitest';
import { asTree, byContainer, defaultPsColumns, isKernelThread, type PsRow, psColumns } from '../../src/view/ps.ts';
import { sortRows } from '../../src/view/table.ts';
import { UserNames } from '../../src/view/users.ts';
import { nowProcess, snapshotOf } from '../fixtures/now.ts';
import { containerNs, hostNs, xyxy12 } from '../fixtures/records.ts';

const columns = psColumns(snapshotOf([]), new UserNames());
const row = (...parts: Parameters<typeof nowProcess>): PsRow => ({ ...nowProcess(...parts), depth: 0 });
const show = (of: PsRow, name: string): string => columns.find((column) => column.name === name)!.value(of);

const inside = row(10123, 400, ['sh', '-c', 'work'], {
  container: xyxy12,
  proc: { nspid: [10123, 1], cpuTicks: 12_345, rssBytes: 1_234_567, threads: 3, state: 'S', uid: 0, gid: 12 },
  record: { origin: 'init', started: '2026-01-02T02:01:05.000000000Z' },
});

describe('psColumns', () => {
  it.each([
    ['container', 'xyxy12'],
    ['id', 'xyxy12'],
    ['runtime', 'runc'],
    ['pidns', String(containerNs.pid)],
    ['mntns', String(containerNs.mnt)],
    ['netns', String(containerNs.net)],
    ['userns', String(containerNs.user)],
    ['pid', '10123'],
    ['nspid', '1'],
    ['nspids', '10123,1'],
    ['ppid', '400'],
    ['uid', '0'],
    ['gid', '12'],
    ['user', 'root'],
    ['origin', 'init'],
    ['state', 'S'],
    ['age', '1h3m'],
    ['time', '2:03.45'],
    ['rss', '1.2M'],
    ['threads', '3'],
    ['unit', '-'],
    ['comm', 'sh'],
    ['command', 'sh -c work'],
  ])('shows a process of a container: %s is %s', (name, text) => {
    expect(show(inside, name)).toBe(text);
  });

  it.each([
    ['container', 'host'],
    ['id', '-'],
    ['runtime', '-'],
    ['nspid', '-'],
    ['nspids', '500'],
    ['origin', '-'],
    ['unit', 'ssh.service'],
  ])('shows a process of the host: %s is %s', (name, text) => {
    expect(show(row(500, 1, ['ls'], { record: { unit: 'ssh.service' } }), name)).toBe(text);
  });

  it('is tested here with every column that is shown without being asked for', () => {
    const names = columns.map(({ name }) => name);
    expect(defaultPsColumns.every((name) => names.includes(name))).toBe(true);
    expect(new Set(names).size).toBe(names.length);
  });

  it('shows hidden namespaces and what has no memory as such', () => {
    const hidden = row(500, 1, [], { proc: { ns: undefined, rssBytes: undefined }, record: { comm: 'kworker/0:1' } });
    expect(show(hidden, 'pidns')).toBe('-');
    expect(show(hidden, 'rss')).toBe('-');
    expect(show(hidden, 'command')).toBe('[kworker/0:1]');
  });

  it('shows a time of day for what is young, and a date for what is old', () => {
    expect(show(inside, 'start')).toMatch(/^\d\d:\d\d:\d\d$/);
    const old = row(500, 1, ['ls'], { record: { started: '2025-11-30T12:00:00.000000000Z' } });
    expect(show(old, 'start')).toMatch(/^2025-11-30$|^2025-12-01$/);
  });

  it('lets no text that a process chose reach the terminal as it is', () => {
    const evil = '\x1b[2J\n\u202e';
    const of = row(10123, 1, [evil], {
      container: { id: `i${evil}`, name: `n${evil}`, runtime: `r${evil}` },
      record: { comm: `c${evil}`, unit: `u${evil}` },
    });
    for (const { name, value } of columns) {
      expect(value(of), name).toMatch(/^[\x20-\x7e]*$/);
    }
    expect(show(of, 'command')).toBe('\\x1b[2J\\n\\u{202e}');
    expect(show({ ...of, record: { ...of.record, args: [] } }, 'command')).toBe('[c\\x1b[2J\\n\\u{202e}]');
  });

  it('sorts by what is meant, not by what is shown', () => {
    const rows = [
      row(1, 0, ['a'], { proc: { rssBytes: 2 * 1024 ** 3, cpuTicks: 100 } }),
      row(2, 0, ['b'], { proc: { rssBytes: 900 * 1024 ** 2, cpuTicks: 60_000 } }),
      row(10, 0, ['c'], { proc: { rssBytes: 3 * 1024, cpuTicks: 2000 } }),
    ];
    const order = (name: string) => sortRows(rows, columns, [name]).map(({ proc }) => proc.pid);
    expect(order('-rss')).toEqual([1, 2, 10]);
    expect(order('-time')).toEqual([2, 10, 1]);
    expect(order('-pid')).toEqual([10, 2, 1]);
  });

  it('has the youngest first by age, and the oldest first by start', () => {
    const rows = [
      row(1, 0, ['new'], { record: { started: '2026-01-02T03:04:00.000000000Z' } }),
      row(2, 0, ['old'], { record: { started: '2025-01-02T03:04:00.000000000Z' } }),
    ];
    const order = (name: string) => sortRows(rows, columns, [name]).map(({ record }) => record.args[0]);
    expect(order('age')).toEqual(['new', 'old']);
    expect(order('start')).toEqual(['old', 'new']);
  });
});

describe('isKernelThread', () => {
  it.each([
    [2, 0, true],
    [40, 2, true],
    [1, 0, false],
    [41, 1, false],
  ])('pid %i, child of %i: %s', (pid, ppid, wanted) => {
    expect(isKernelThread(nowProcess(pid, ppid, []).proc)).toBe(wanted);
  });
});

describe('asTree', () => {
  const tree = (...processes: [pid: number, ppid: number][]) =>
    asTree(processes.map(([pid, ppid]) => nowProcess(pid, ppid, ['p']))).map(({ proc, depth }) => [proc.pid, depth]);

  it('puts children below their parents, and those of one parent in their order', () => {
    expect(tree([1, 0], [10, 1], [20, 1], [11, 10], [12, 10], [21, 20])).toEqual([
      ...[
        [1, 0],
        [10, 1],
        [11, 2],
        [12, 2],
        [20, 1],
        [21, 2],
      ],
    ]);
  });

  it('puts those whose parents are not shown at the left', () => {
    expect(tree([11, 10], [12, 11], [31, 30])).toEqual([
      [11, 0],
      [12, 1],
      [31, 0],
    ]);
  });

  it('takes nobody for a parent who began after the child: pids are used again', () => {
    const started = (time: string) => ({ record: { started: `2026-01-02T03:04:0${time}.000000000Z` } });
    const rows = asTree([nowProcess(11, 10, ['child'], started('1')), nowProcess(10, 1, ['stranger'], started('2'))]);
    expect(rows.map(({ proc, depth }) => [proc.pid, depth])).toEqual([
      [11, 0],
      [10, 0],
    ]);
  });

  it('finds a parent that comes later, since pids begin anew', () => {
    expect(tree([5, 30_000], [30_000, 1])).toEqual([
      [30_000, 0],
      [5, 1],
    ]);
  });

  it('goes as deep as processes do', () => {
    const deep = Array.from({ length: 20_000 }, (_, index): [number, number] => [index + 1, index]);
    expect(tree(...deep).at(-1)).toEqual([20_000, 19_999]);
  });

  it('loses nobody whose pids were reused while they were read, so that each is below the other', () => {
    const pids = tree([1, 0], [5, 7], [7, 5], [9, 9]).map(([pid]) => pid);
    expect(pids.toSorted()).toEqual([1, 5, 7, 9]);
  });

  it('indents the command, up to where it could not be read any more', () => {
    const of = { ...row(500, 1, ['ls']), depth: 2 };
    expect(show(of, 'command')).toBe('    ls');
    expect(show({ ...of, depth: 1000 }, 'command').length).toBeLessThan(100);
  });
});

describe('byContainer', () => {
  const other = { id: 'other', name: 'other', runtime: 'runc' };

  it('has one container after the other, the host last', () => {
    const groups = byContainer([
      nowProcess(1, 0, ['init']),
      nowProcess(2, 1, ['a'], { container: xyxy12 }),
      nowProcess(3, 1, ['b'], { container: other }),
      nowProcess(4, 2, ['c'], { container: xyxy12 }),
      nowProcess(5, 1, ['ls']),
    ]);
    expect(groups.map((group) => group.map(({ proc }) => proc.pid))).toEqual([[2, 4], [3], [1, 5]]);
  });

  it('takes containers of two runtimes for two, though they have the same id', () => {
    const groups = byContainer([
      nowProcess(2, 1, ['a'], { container: xyxy12 }),
      nowProcess(3, 1, ['b'], { container: { ...xyxy12, runtime: 'crun' } }),
    ]);
    expect(groups).toHaveLength(2);
  });

  it('has no group of nobody', () => {
    expect(byContainer([])).toEqual([]);
    expect(byContainer([nowProcess(2, 1, ['a'], { container: xyxy12 })])).toHaveLength(1);
    expect(byContainer([nowProcess(1, 0, ['init'], { proc: { ns: hostNs } })])).toHaveLength(1);
  });
});
