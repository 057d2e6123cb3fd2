import { beforeAll, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { Account } from '../../src/replay/moment.ts';
import { Store } from '../../src/tui/store/store.ts';
import { container, exec, exit, fork, header, hostNs, lost, process as running } from '../fixtures/records.ts';
import { at, castOf, inTime, startOf } from '../fixtures/story.ts';
import { Desk } from './support.ts';

/** Records as a merged stream has them: hosts booted at different times, so their kernel clocks have nothing in common. */
const from = (name: string, recording: string, bootNs: bigint, records: readonly NstraceRecord[]): NstraceRecord[] =>
  records.map((record, index) => ({
    ...record,
    mono: String(BigInt(record.mono) + bootNs),
    recording,
    source_seq: index + 1,
    ...(record.type === 'header'
      ? { host: { ...record.host, name, kernel: `6.1.${name.length}`, arch: 'x64' } }
      : { host: name }),
  })) as NstraceRecord[];

const merged = (...sources: readonly NstraceRecord[][]): NstraceRecord[] =>
  sources
    .flat()
    .sort((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time)))
    .map((record, index) => ({ ...record, seq: index + 1 }));

/** The same container with the same pids and inodes on two hosts, as images and numbers go. */
const storyOf = (base: number): NstraceRecord[] => [
  header(at(base)),
  running({ ...at(base), pid: 1, nspid: [1], ppid: 0, args: ['/sbin/init'] }),
  ...inTime(...startOf({ from: base + 100 })),
];
const web1 = from('web-1', 'r1', 0n, storyOf(0));
const db1 = from('db-1', 'r2', 900_000_000_000_000n, storyOf(50));
const fleet = merged(
  [...web1, ...from('web-1', 'r1', 0n, [lost({ ...at(900), count: 3 })])],
  [...db1, ...from('db-1', 'r2', 9n * 10n ** 14n, [exec({ ...at(950), ...castOf().inside(7001, 9), args: ['psql'] })])],
);

describe('records of several hosts', () => {
  let desk = new Desk({ columns: 120 });
  beforeAll(() => {
    desk = new Desk({ columns: 120 }).take(...fleet);
  });

  it('keep their processes and containers apart, though pids, ids and inodes are the same', () => {
    const { store } = desk;
    const { pids } = castOf();
    expect([...store.traces.hosts]).toEqual(['web-1', 'db-1']);
    const [one, other] = store.traces.all.map(({ source }) => store.processes.get(pids.init, source));
    expect(one).not.toBe(other);
    expect([one?.group.source.name, other?.group.source.name]).toEqual(['web-1', 'db-1']);
    expect([one?.group.alive, other?.group.alive]).toEqual([1, 2]);
    expect(store.containersAlive).toBe(2);
  });

  it('are on one clock: ages and times are by the wall, not by when a host booted', () => {
    const { store } = desk;
    expect((store.now - store.beganAt) / 1e6).toBeCloseTo(950, 0);
    const starts = [...store.processes.values()].filter(({ before }) => !before).map(({ startAt }) => startAt);
    expect(Math.max(...starts) - Math.min(...starts)).toBeLessThan(1e9);
  });

  it('stand in the table with their host, by which one can sort', async () => {
    const table = new Desk({ columns: 120 }).take(...fleet);
    table.press('s', 'h');
    expect(table.lines[2]).toMatch(/^NAME +HOST[^ ]* +STATE/);
    expect(table.body.slice(1, 5).map((line) => line.split(/ +/).slice(0, 2))).toEqual([
      ['xyxy12', 'db-1'],
      ['xyxy12', 'web-1'],
      ['host', 'web-1'],
      ['host', 'db-1'],
    ]);
    expect(table.lines[0]).toContain('hosts 2');
    await expect(`${table.text}\n`).toMatchFileSnapshot('../screens/hosts-table.txt');
  });

  it('stand under a line for each host, that says what was lost there', async () => {
    const clockOf = (host: string) => (host === 'db-1' ? '2.3 s ahead (± 4 ms)' : undefined);
    const grouped = new Desk({ columns: 120, mode: 'grouped', status: { clockOf } }).take(...fleet);
    const headings = grouped.body.filter((line) => /^ *▾/.test(line)).map((line) => line.trim().slice(0, 16).trim());
    expect(headings).toEqual([
      '▾ host db-1  1 c',
      '▾ xyxy12  runnin',
      '▾ host  2 alive',
      '▾ host web-1  1',
      '▾ xyxy12  runnin',
      '▾ host  2 alive',
    ]);
    expect(grouped.body.find((line) => line.includes('host web-1'))).toContain('lost 3');
    const other = grouped.body.find((line) => line.includes('host db-1'));
    expect(other).not.toContain('lost');
    expect(other).toContain('clock 2.3 s ahead (± 4 ms)');
    await expect(`${grouped.text}\n`).toMatchFileSnapshot('../screens/hosts-grouped.txt');
  });

  it.each(['tree', 'lanes'] as const)('stand under their host in %s, each process once', (mode) => {
    const view = new Desk({ columns: 120, rows: 40, mode }).take(...fleet);
    expect(view.body.filter((line) => line.startsWith('▾ host ')).length).toBe(2);
    expect(view.text.match(/ 7001 /g)).toHaveLength(1);
  });

  it('are filtered by host, by typing or with Enter on its line', () => {
    const typed = new Desk({ columns: 120 }).take(...fleet);
    typed.press('/');
    typed.type('host:web-*').press('enter');
    expect(
      typed.body
        .slice(1)
        .filter((line) => line.trim() !== '')
        .map((line) => line.split(/ +/)[1]),
    ).toEqual(expect.arrayContaining(['web-1']));
    expect(typed.text).not.toContain('db-1 ');
    const entered = new Desk({ columns: 120, mode: 'grouped' }).take(...fleet);
    entered.press('g', 'enter');
    expect(entered.ui.query.text).toBe('host:db-1');
    expect(entered.text).not.toContain('host web-1');
  });

  it('have namespaces of their own, though the inodes are the same', () => {
    const view = new Desk({ columns: 120, rows: 40, mode: 'grouped' }).take(...fleet);
    view.ui.by = 'net';
    const titles = view.body.filter((line) => line.startsWith('▾')).map((line) => line.slice(2).split('  ')[0]);
    expect(titles.filter((title) => title!.includes(`[${hostNs.net}]`))).toEqual(
      expect.arrayContaining([`net:[${hostNs.net}] on web-1`, `net:[${hostNs.net}] on db-1`]),
    );
    expect(view.text).toContain(`on web-1  of host`);
  });

  it('say in the flat mode and in details where something happened', () => {
    const view = new Desk({ columns: 120, mode: 'flat' }).take(...fleet);
    expect(view.text).toMatch(/db-1\/xyxy12 +7001 +9/);
    view.press('k', 'enter');
    expect(view.text).toMatch(/^ {2}host {7}db-1$/m);
  });

  it('begin again where a host records anew: what ran before is reported again, and no restart', () => {
    const { info } = castOf();
    const started = '2026-01-02T03:00:00.000000000Z';
    const seen = (ms: number) => [
      header(at(ms)),
      container({ ...at(ms), op: 'seen', container: { ...info, started, instance: 1 } }),
      running({ ...at(ms), ...castOf().inside(10, 1), started, container: { ...info, instance: 1 } }),
    ];
    const store = new Store();
    for (const record of [...from('web-1', 'a', 0n, seen(0)), ...from('web-1', 'b', 0n, seen(5000))]) {
      store.take(record);
    }
    expect(store.traces.all).toHaveLength(1);
    const groups = [...store.groups.values()].filter(({ ref }) => ref !== null);
    expect(new Set(groups).size).toBe(1);
    expect(groups[0]).toMatchObject({ alive: 1, lives: [{ before: true }] });
    expect(store.processes.size).toBe(1);
  });

  it('can be gone back in: a moment has the processes of all hosts', () => {
    const account = new Account();
    for (const record of fleet) {
      account.take(record);
    }
    const store = new Store();
    store.begin(account.save());
    const living = (of: Store) =>
      [...of.processes.values()].map(({ pid, group }) => `${group.source.name} ${pid}`).sort();
    expect(living(store)).toEqual(living(desk.store));
    expect([...store.groups.values()].map(({ key, execs }) => `${key} ${execs}`).sort()).toEqual(
      [...desk.store.groups.values()].map(({ key, execs }) => `${key} ${execs}`).sort(),
    );
  });

  it('are distinguished by filters that remember processes', () => {
    const born = merged(
      from('a', 'ra', 0n, [
        header(at(0)),
        exec({ ...at(1), pid: 5, nspid: [5], uid: 1, args: ['one'] }),
        fork({ ...at(3), pid: 6, nspid: [6], ppid: 5 }),
        exit({ ...at(4), pid: 6, nspid: [6], code: 7 }),
      ]),
      from('b', 'rb', 0n, [header(at(0)), exec({ ...at(2), pid: 5, nspid: [5], uid: 2, args: ['two'] })]),
    );
    const view = new Desk({ columns: 120, mode: 'flat' }).take(...born);
    view.press('/');
    view.type('u:1').press('enter');
    expect(view.text).toContain(' one');
    expect(view.text).toContain(' code 7');
    expect(view.text).not.toContain(' two');
  });
});
