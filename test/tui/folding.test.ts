import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { container, exec, exit, failedExec, fork, namespace, process as running } from '../fixtures/records.ts';
import { at, castOf } from '../fixtures/story.ts';
import { Desk } from './support.ts';

const { inside, info } = castOf();
const flat = (...records: readonly NstraceRecord[]): Desk => new Desk({ mode: 'flat', columns: 130 }).take(...records);
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
      /tried before it, in PATH\n {2}ENOENT {2}\/usr\/local\/bin\/curl\n {2}ENOENT {2}\/usr\/bin\/curl$/m,
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

const outside = (pid: number, role?: 'runtime' | 'monitor') => ({ pid, nspid: [pid], ...(role && { role }) });
const runc = ['runc', 'create', 'xyxy12'];

/** A monitor that an engine starts, and the runtime that it calls, up to the first program in the container. */
const create = (): NstraceRecord[] => [
  exec({ ...at(0), ...outside(70, 'monitor'), ppid: 9, comm: 'conmon', args: ['conmon', '-c', 'xyxy12'] }),
  fork({ ...at(1), ...outside(71), ppid: 70 }),
  exec({ ...at(2), ...outside(71, 'runtime'), ppid: 70, comm: 'runc', args: runc }),
  fork({ ...at(3), ...outside(72), ppid: 71 }),
  exec({ ...at(4), ...outside(72, 'runtime'), ppid: 71, comm: 'runc', args: ['runc', 'init'] }),
  container({ ...at(5), op: 'created', container: info, by: { pid: 71, comm: 'runc', args: runc } }),
  namespace({ ...at(6), ...inside(72), created: { net: 4026532001 } }),
  fork({ ...at(7), ...inside(73, 1), ppid: 71, by: 72 }),
  exit({ ...at(8), ...inside(72), ppid: 71 }),
  exit({ ...at(9), ...outside(71), ppid: 70 }),
];

const started = (): NstraceRecord[] => [
  fork({ ...at(10), ...outside(74), ppid: 70 }),
  exec({ ...at(11), ...outside(74, 'runtime'), ppid: 70, comm: 'runc', args: ['runc', 'start', 'xyxy12'] }),
  container({ ...at(12), op: 'started', pid: 73, nspid: [73, 1], container: info, by: { pid: 71, comm: 'runc' } }),
  exec({ ...at(12), ...inside(73, 1), ppid: 70, args: ['sleep', '1'], origin: 'init' }),
  exit({ ...at(13), ...outside(74), ppid: 70 }),
];

describe('what a runtime does', () => {
  it('stands behind the container that it made, and is opened with it', () => {
    const desk = flat(...create(), ...started());
    expect(lines(desk)).toEqual([
      expect.stringMatching(/^xyxy12 - \+ created xyxy12 \(runc\) \(12 steps\) by .*, pid 71$/),
      expect.stringContaining('▶ started'),
      'xyxy12 73 1 ▶ sleep 1',
    ]);
    desk.press('g', 'enter', 'G');
    expect(desk.text).toMatch(/^what the runtime did$/m);
    expect(desk.text).toMatch(/72 exec +runc init$/m);
    expect(desk.text).toMatch(/72 namespace unshare created net:\[4026532001\]$/m);
    expect(desk.text).toMatch(/74 exec +runc start xyxy12$/m);
  });

  it('is listed where a filter asks for it', () => {
    const desk = flat(...create(), ...started());
    desk.type('/n:runc').press('enter');
    expect(lines(desk).join('\n')).toContain('host 72 - runc init');
  });

  it('keeps the command that was typed and its end, and whatever it did if nothing came of it', () => {
    const typed = create().slice(2, 5);
    expect(lines(flat(...typed))).toEqual(['host 71 - runc create xyxy12', 'host 72 - runc init']);
    const shown = lines(flat(...create().slice(2)));
    expect(shown).toEqual([
      'host 71 - runc create xyxy12',
      expect.stringContaining('created xyxy12'),
      expect.stringMatching(/^host 71 - ◂ runc code 0/),
    ]);
  });

  it('keeps what failed below a monitor', () => {
    const failing = [
      fork({ ...at(20), ...outside(75), ppid: 70 }),
      exec({ ...at(21), ...outside(75, 'runtime'), ppid: 70, args: ['runc', 'exec', 'xyxy12', 'nosuch'] }),
      exit({ ...at(22), ...outside(75), ppid: 70, code: 127 }),
    ];
    const shown = lines(flat(...create(), ...started(), ...failing));
    expect(shown.slice(3)).toEqual([
      'host 75 - runc exec xyxy12 nosuch',
      expect.stringMatching(/^host 75 - ◂ runc code 127/),
    ]);
  });

  it('stands behind the entering that came of it, never behind what a monitor that was there before has done', () => {
    const desk = flat(
      running({ ...at(0), ...outside(70, 'monitor'), ppid: 1, args: ['containerd-shim', '-id', 'xyxy12'] }),
      fork({ ...at(20), ...outside(75), ppid: 70 }),
      exec({ ...at(21), ...outside(75, 'runtime'), ppid: 70, args: ['runc', 'exec', 'xyxy12', 'sh'] }),
      fork({ ...at(22), ...inside(76, 9), ppid: 75 }),
      container({ ...at(23), op: 'joined', pid: 76, nspid: [76, 9], container: info, by: { pid: 75, comm: 'runc' } }),
      exec({ ...at(23), ...inside(76, 9), ppid: 75, args: ['sh'], origin: 'joined' }),
      exit({ ...at(24), ...outside(75), ppid: 70 }),
      exit({ ...at(25), ...outside(70), ppid: 1, code: 1 }),
    );
    expect(lines(desk)).toEqual([
      expect.stringMatching(/entered \(3 steps\) by .*, pid 75$/),
      'xyxy12 76 9 ◆ sh',
      expect.stringMatching(/^host 70 - ◂ containerd-shim code 1/),
    ]);
  });
});

describe('changes of namespaces', () => {
  const joins = (ms: number, joined: object, more: object = {}) =>
    namespace({ ...at(ms), ...outside(80), op: 'setns', created: undefined, joined, ...more });

  it('that follow each other at once are one line, which has them all, and its details each', () => {
    const desk = flat(
      exec({ ...at(0), ...outside(80), args: ['nsenter', '-t', '1', '-a'] }),
      joins(1, { ipc: 4026532001 }),
      joins(2, { uts: 4026532002 }),
      joins(3, { net: 4026532003 }),
    );
    expect(lines(desk).slice(1)).toEqual([
      'host 80 - + namespace setns joined ipc:[4026532001] uts:[4026532002] net:[4026532003]',
    ]);
    desk.press('G', 'k', 'enter', 'G');
    expect(desk.text).toMatch(/^what followed at once$/m);
    expect(desk.text).toMatch(/80 namespace setns joined net:\[4026532003\]$/m);
  });

  it('are lines of their own later, of another program, and in another container', () => {
    const shown = lines(
      flat(
        exec({ ...at(0), ...outside(80), args: ['sh'] }),
        joins(1, { ipc: 4026532001 }),
        joins(1500, { uts: 4026532002 }),
        exec({ ...at(1501), ...outside(80), args: ['sh'] }),
        joins(1502, { net: 4026532003 }),
        joins(1503, { mnt: 4026532004 }, inside(80, 5)),
      ),
    );
    expect(shown.filter((line) => line.includes('namespace'))).toHaveLength(4);
  });
});
