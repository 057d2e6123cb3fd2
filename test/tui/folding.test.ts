import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { container, exec, exit, failedExec, fork } from '../fixtures/records.ts';
import { at, castOf } from '../fixtures/story.ts';
import { Desk } from './support.ts';

const { inside, info } = castOf();
const flat = (...records: readonly NstraceRecord[]): Desk => new Desk({ mode: 'flat', columns: 110 }).take(...records);
const lines = (desk: Desk): string[] => desk.body.map((line) => line.slice(9).replace(/ +/g, ' '));

/** A search through three folders for a program, which is in the last one. */
const search = (from: number, args = ['curl', '-s']): NstraceRecord[] => [
  ...['/usr/local/bin', '/usr/bin'].map((folder, index) =>
    failedExec({ ...at(from + index), ...inside(40, 4), args, exe: `${folder}/curl` }),
  ),
  exec({ ...at(from + 2), ...inside(40, 4), args, exe: '/bin/curl' }),
];

describe('misses in PATH', () => {
  it('are one line with the exec that came of them, and its details name the places', () => {
    const desk = flat(...search(0));
    expect(lines(desk)).toEqual(['xyxy12 40 4 curl -s (2 misses in PATH)']);
    desk.press('k', 'enter');
    expect(desk.text).toMatch(
      /searched in vain\n {2}ENOENT {2}\/usr\/local\/bin\/curl\n {2}ENOENT {2}\/usr\/bin\/curl$/m,
    );
  });

  it('are one line while they go on, and where the program is nowhere', () => {
    expect(lines(flat(...search(0).slice(0, 2)))).toEqual(['xyxy12 40 4 ✗ ENOENT curl -s (2 places tried)']);
  });

  it('are listed where a filter asks for what failed', () => {
    const desk = flat(...search(0));
    desk.type('/failed').press('enter');
    expect(lines(desk)).toEqual(['xyxy12 40 4 ✗ ENOENT curl -s (2 places tried)']);
  });

  it('are not those of another process, command or reason', () => {
    const other = flat(
      failedExec({ ...at(0), ...inside(41, 5), args: ['curl', '-s'] }),
      failedExec({ ...at(1), ...inside(40, 4), args: ['wget'] }),
      failedExec({ ...at(2), ...inside(40, 4), args: ['curl', '-s'], errno: 'ENOMEM', ret: -12 }),
      exec({ ...at(3), ...inside(40, 4), args: ['curl', '-s'] }),
    );
    expect(other.body).toHaveLength(4);
    expect(other.text).not.toContain('miss');
  });

  it('know a script by its end: its interpreter stands before it', () => {
    const desk = flat(
      failedExec({ ...at(0), args: ['run.sh', 'x'], exe: '/usr/bin/run.sh' }),
      exec({ ...at(1), args: ['/bin/sh', '/opt/run.sh', 'x'], exe: '/opt/run.sh' }),
    );
    expect(lines(desk)).toEqual(['host 500 - /bin/sh /opt/run.sh x (1 miss in PATH)']);
  });
});

/** A command that enters, runs a child, and ends. */
const run = (number: number, code = 0, more: object = {}): NstraceRecord[] => {
  const pid = 1000 + number * 10;
  const from = number * 1000;
  const guest = { ...inside(pid, 50 + number), origin: 'joined' as const };
  return [
    container({ ...at(from), op: 'joined', pid, container: info, by: { pid: 5, comm: 'runc' }, ...more }),
    exec({ ...at(from + 1), ...guest, args: ['sh', '-c', 'check'] }),
    fork({ ...at(from + 2), ...inside(pid + 1, 60), ppid: pid }),
    exec({ ...at(from + 3), ...inside(pid + 1, 60), ppid: pid, args: ['check'] }),
    exit({ ...at(from + 4), ...inside(pid + 1, 60), ppid: pid, code }),
    exit({ ...at(from + 5), ...guest, code }),
  ];
};

describe('a command that enters again and again', () => {
  it('is one run with a count, from the third on', () => {
    expect(flat(...run(1), ...run(2)).text).not.toContain('times');
    const desk = flat(...[1, 2, 3, 4, 5].flatMap((number) => run(number)));
    const shown = lines(desk);
    expect(shown).toHaveLength(5);
    expect(shown[1]).toBe('xyxy12 1050 55 ◆ 5 times, last code 0: sh -c check');
    desk.press('g', 'j', 'enter');
    expect(desk.text).toContain('earlier runs, the last first\n  2026-01-02T03:04:09.001');
  });

  it('keeps the lines of a run that ended in another way', () => {
    const desk = flat(...[0, 0, 0, 1, 0, 0, 0].flatMap((code, number) => run(number + 1, code)));
    const sh = lines(desk).filter((line) => line.includes('◆') && line.includes('check'));
    expect(sh).toEqual([
      'xyxy12 1040 54 ◆ 4 times, last code 0: sh -c check',
      'xyxy12 1070 57 ◆ 3 times, last code 0: sh -c check',
    ]);
    expect(desk.text).toContain('sh code 1');
  });

  it('is never that of a person', () => {
    const asked = { pid: 9, comm: 'docker', user: 'alice', evidence: ['its words'] };
    const desk = flat(...[1, 2, 3, 4].flatMap((number) => run(number, 0, { asked_by: asked })));
    expect(desk.text).not.toContain('times');
    expect(desk.text).toContain('entered by alice: docker');
  });
});
