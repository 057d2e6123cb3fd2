import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import type { GroupKind } from '../../../src/tui/rows/grouping.ts';
import { container, containerNs, exec, header, hostNs, process } from '../../fixtures/records.ts';
import { at, castOf } from '../../fixtures/story.ts';
import { Desk } from '../support.ts';

const ref = (name: string) => ({ id: name, name, runtime: 'runc' });
const seen = (name: string, more: object = {}) =>
  container({ ...at(0), op: 'seen', container: { ...ref(name), ...more } });
const runs = (name: string, pid: number, ns: object, more: object = {}) =>
  process({
    ...at(0),
    ...{ pid, nspid: [pid, 1], ppid: 1, args: [`init-of-${name}`], container: ref(name) },
    ...{ ns: { ...containerNs, ...ns }, ...more },
  });

const groupedBy = (by: GroupKind, ...records: readonly NstraceRecord[]): string[] => {
  const desk = new Desk({ mode: 'tree', columns: 140, rows: 40 }).take(
    header({ ...at(0), host_ns: hostNs }),
    ...records,
  );
  desk.ui.by = by;
  return desk.body.slice(1);
};

const headings = (lines: readonly string[]): string[] => lines.filter((line) => /^ *▾/.test(line));

describe('grouping', () => {
  it('by net puts together who shares one, and says whose it is and who else is in it', () => {
    const lines = groupedBy(
      'net',
      ...[seen('web'), seen('sidecar'), seen('alone')],
      ...[runs('web', 10, { net: 500 }), runs('sidecar', 20, { net: 500 }), runs('alone', 30, { net: 600 })],
      process({ ...at(0), pid: 1, args: ['systemd'] }),
    );
    expect(headings(lines)).toEqual([
      '▾ net:[500]  of web  also in it: sidecar  2 alive  first 10 init-of-web',
      '▾ net:[600]  of alone  1 alive  first 30 init-of-alone',
      `▾ net:[${hostNs.net}]  of host  1 alive  first 1 systemd`,
    ]);
  });

  it('by pid nests plain namespaces as they are', () => {
    const inner = { pid: 20, nspid: [20, 7, 1], ppid: 10, args: ['inner'] };
    const innermost = { pid: 30, nspid: [30, 9, 3, 1], ppid: 20, args: ['innermost'] };
    const lines = groupedBy(
      'pid',
      process({ ...at(0), pid: 1, args: ['systemd'] }),
      runs('outer', 10, { pid: 700 }),
      process({ ...at(0), ...inner, ns: { ...containerNs, pid: 500 }, container: ref('outer') }),
      process({ ...at(0), ...innermost, ns: { ...containerNs, pid: 600 }, container: ref('outer') }),
      runs('other', 40, { pid: 800 }),
    );
    expect(headings(lines).map((line) => line.replace(/ {2}of.*/, ''))).toEqual([
      '▾ pid:[700]',
      '  ▾ pid:[500]',
      '    ▾ pid:[600]',
      '▾ pid:[800]',
      `▾ pid:[${hostNs.pid}]`,
    ]);
  });

  it.each([
    ['pod', ['▾ shop-1  has web, db  2 alive  first 10 init-of-web', '▾ -  has alone  1 alive']],
    ['image', ['▾ nginx:1  has web  1 alive', '▾ redis:7  has db  1 alive', '▾ -  has alone  1 alive']],
    ['user-id', ['▾ root (0)  has db, alone  2 alive', '▾ 101 (101)  has web  1 alive']],
  ] as const)('by %s', (by, wanted) => {
    const pod = { pod: { id: 'p1', name: 'shop-1' } };
    const lines = headings(
      groupedBy(
        by,
        ...[seen('web', { ...pod, image: 'nginx:1' }), seen('db', { ...pod, image: 'redis:7' }), seen('alone')],
        ...[runs('web', 10, {}, { uid: 101 }), runs('db', 20, {}), runs('alone', 30, {})],
      ),
    );
    expect(lines).toHaveLength(wanted.length);
    for (const [index, line] of lines.entries()) {
      expect(line.startsWith(wanted[index]!), line).toBe(true);
    }
  });

  it('opens one group alone, whatever it is', () => {
    const desk = new Desk({ mode: 'grouped', columns: 120 }).take(
      header({ ...at(0), host_ns: hostNs }),
      exec({ ...at(1), ...castOf().inside(7, 1), args: ['in', 'it'] }),
      exec({ ...at(2), args: ['outside'] }),
    );
    desk.press('b', 'n', 'j', 'enter');
    expect(desk.second).toMatch(new RegExp(`^net:\\[${containerNs.net}\\] {2}\\[flat\\]`));
    expect(desk.text).toContain('in it');
    expect(desk.text).not.toContain('outside');
    desk.press('escape');
    expect(desk.text).toContain('outside');
  });
});
