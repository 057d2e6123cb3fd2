import { describe, expect, it } from 'vitest';
import type { LineEvent } from '../../../src/probe/event.ts';
import { collect, decodeAll } from '../../fixtures/decoded.ts';
import { bytes, execLine, hex, host, hostWords, pair, place, words } from '../../fixtures/lines.ts';

/** All fields of what one line is: a field that is mixed up with another one shows here. */
const one = (...lines: string[]): LineEvent => {
  const { events, messages } = decodeAll(...lines);
  expect(messages).toEqual([]);
  expect(events).toHaveLength(1);
  return events[0]!;
};
const stamp = { mono: '7000', at: 7000, cpu: 3, seq: 1 };
const at = (letter: string): string => `${letter} 7000 ${place(3, 1)}`;
const start = { mono: '6500', at: 6500 };
/** Depth 1, pid 9 inside. */
const who = `${pair(50, 51)} ${pair(40, 0x100_0009)} ${hex(6500)} effffff1`;
const head = { pid: 50, tid: 51, ppid: 40, start, nspid: [50, 9], pidns: 0xeffffff1 };
const comm = words(Buffer.from('a-comm'), 2);

describe('every field of a line', () => {
  it('of an exec', () => {
    const line = execLine({
      ...{ time: 7000, cpu: 3, seq: 1, pid: 50, oldTid: 51, ppid: 40, level: 1, nr: 9, start: 6500, vfork: 0x4111 },
      ...{ terminal: 0x8800001, auid: 1000, session: 4, cwd: { device: 0x800002, root: 12, inode: 0x1_0000_0003 } },
      ...{ path: '/opt/tool', argv: Buffer.from('tool\0-v\0') },
    }).replace(` 0 ${hostWords} 1 `, ` ${pair(33, 34)} ${hostWords} ${hex(0x2_0000_0005)} `);
    expect(one(`C 7000 ${place(3, 1)} ${pair(5, 6)} 8000000001`, line.replace(place(3, 1), place(3, 2)))).toEqual({
      kind: 'exec',
      ...{ ...stamp, seq: 2 },
      ...{ pid: 50, start, vfork: 0x4111, oldTid: 51, ppid: 40, uid: 33, gid: 34, nspid: [50, 9], ns: host },
      ...{
        cgroupId: 0x2_0000_0005,
        credentials: { euid: 5, egid: 6, gained: 0x80_0000_0001n },
        auid: 1000,
        session: 4,
      },
      ...{ terminal: 0x8800001, cwdDevice: 0x800002, cwdRoot: 12, cwdInode: 0x1_0000_0003, cwd: undefined },
      ...{ exe: '/opt/tool', exeWhole: true, comm: 'tool', args: ['tool', '-v'] },
      ...{ argsBytes: 8, argsSent: 8, tail: undefined },
    });
  });

  it('of an exit', () => {
    expect(one(`${at('X')} ${who} 100 4111 ${comm}`)).toEqual({
      ...{ kind: 'exit', ...stamp, ...head, status: 0x100, vfork: 0x4111, comm: 'a-comm', oom: false },
    });
    expect(one(`${at('X')} ${who} 1ffff 0 ${comm}`)).toMatchObject({ status: 0xffff, oom: true });
    expect(one(`${at('X')} ${who} 2000f 0 ${comm}`)).toMatchObject({ status: 15, oom: false });
  });

  it('of a fork', () => {
    const line = (found: number): string =>
      `${at('F')} ${pair(60, found)} ${pair(3, 4)} ${pair(1, 5)} 20000000 ${hex(6500)} ${pair(33, 34)} ${hostWords} ${hex(77)} ${comm}`;
    expect(one(line(60))).toEqual({
      ...{ kind: 'fork', ...stamp, pid: 60, start, ppid: 4, by: 3, flags: 0x2000_0000, whole: true },
      ...{ uid: 33, gid: 34, nspid: [60, 5], ns: host, cgroupId: 77, comm: 'a-comm' },
    });
    expect(one(line(61))).toEqual({
      ...{ kind: 'fork', ...stamp, pid: 60, start: { mono: '7000', at: 7000 }, ppid: 3, by: 3, flags: 0x2000_0000 },
      ...{ whole: false, uid: 33, gid: 34, nspid: [60], ns: host, cgroupId: 0, comm: 'a-comm' },
    });
  });

  it('of a thread that leaves namespaces, and enters others', () => {
    expect(one(`${at('S')} ${who} 4111 ${hostWords}`)).toEqual({
      ...{ kind: 'leave', ...stamp, ...head, vfork: 0x4111, before: host },
    });
    const after = { kind: 'enter', ...stamp, tid: 51, after: host };
    expect(one(`${at('J')} ${pair(50, 51)} ${hostWords}`)).toEqual({ ...after, op: 'setns' });
    expect(one(`${at('U')} ${pair(50, 51)} ${hostWords}`)).toEqual({ ...after, op: 'unshare' });
  });

  it.each([
    ['M', 'mkdir'],
    ['A', 'attach'],
    ['N', 'rename'],
    ['R', 'rmdir'],
  ])('of a cgroup: %s is %s', (letter, op) => {
    expect(one(`${at(letter)} ${pair(10, 11)} 2 1f 14 ${bytes('/made\0')}`)).toEqual({
      ...{ kind: 'cgroup', ...stamp, op, by: 10, pid: 20, root: 2, id: 31, path: '/made' },
    });
  });

  it('of a failed exec', () => {
    const string = (text: string): string => bytes(Buffer.from(text.padEnd(184, '\0')));
    const lines = [
      `${at('G')} ${who} ${pair(33, 34)} d 4111 0`,
      `g 7000 ${place(3, 2)} 0 0 ${string('/no')}`,
      `g 7000 ${place(3, 3)} 1 0 ${string('no')}`,
    ];
    expect(one(...lines)).toEqual({
      ...{ kind: 'failed', ...stamp, ...head, vfork: 0x4111, uid: 33, gid: 34, ret: -13, comm: undefined },
      ...{ exe: '/no', exeWhole: true, args: ['no'], truncated: false },
    });
  });

  it('of failures that were only counted, and of a victim', () => {
    expect(one(`${at('Y')} ${pair(50, 51)} 3e8`)).toEqual({
      kind: 'folded',
      ...stamp,
      pid: 50,
      total: 1000,
      last: true,
    });
    expect(one(`${at('O')} 33`)).toEqual({ kind: 'oom', ...stamp, pid: 51 });
  });
});

describe('what is no line of the probes', () => {
  const rest = `${pair(50, 51)} 3e8`;
  it.each([
    ['a time of nothing', `Y 0 ${place(0, 1)} ${rest}`],
    ['a time past 292 years', `Y 9223372036854775808 ${place(0, 1)} ${rest}`],
    ['a time that is no number', `Y 7e3 ${place(0, 1)} ${rest}`],
    ['no time', `Y  ${place(0, 1)} ${rest}`],
    ['the place 0', `Y 7000 ${place(3, 0)} ${rest}`],
    ['a place that no CPU reaches', `Y 7000 ${place(3, 2 ** 42)} ${rest}`],
    ['nothing behind its place', `Y 7000 ${place(3, 1)}`],
    ['a letter that is not known', `Q 7000 ${place(3, 1)} ${rest}`],
    ['a heartbeat without its begin', 'H 7000'],
    ['a heartbeat that began never', 'H 7000 0'],
    ['a heartbeat that began at no number', 'H 7000 6x'],
    ['a heartbeat of no time', 'H 0 6000'],
    ['a child of no process', 'V 0 4111'],
    ['a child of no process that the kernel can have', 'V 4194305 4111'],
    ['a child of a call without flags', 'V 77 0'],
    ['a child of nothing said', 'V 77'],
    ['failures that are none', 'W 77 0'],
  ])('is a message: %s', (_, line) => {
    const { events, messages, beats, states, sequence } = decodeAll(line);
    expect({ events, messages, beats, states }).toEqual({ events: [], messages: [line], beats: [], states: [] });
    expect(sequence.delivered).toBe(line.startsWith('Q') ? 1 : 0);
  });

  it('ends where the largest values are', () => {
    const last = place(0xffff, 2 ** 42 - 1);
    expect(one(`Y 9223372036854774000 ${last} ${rest}`)).toMatchObject({ seq: 2 ** 42 - 1, cpu: 0xffff });
    expect(decodeAll('V 4194304 1', 'W 1 1').states).toEqual([
      ['held', 4_194_304, 1],
      ['folding', 1, 1],
    ]);
    expect(decodeAll('H 7000 6000').beats).toEqual(['7000 7000 since 6000 6000']);
  });

  it('or a continuation of what was lost, or of what it does not continue', () => {
    const exit = `${at('X')} ${pair(50, 50)} ${pair(1, 0x200_0009)} ${hex(6500)} 1 0 0 ${comm}`;
    const path = `p 7000 ${place(3, 2)} 40 ${bytes('x')}`;
    expect(decodeAll(path.replace(place(3, 2), place(3, 1)))).toMatchObject({ events: [], messages: [] });
    const { events, messages } = decodeAll(exit, path);
    expect(messages).toEqual([path]);
    expect(events).toHaveLength(1);
  });
});

describe('maps', () => {
  it('give their rows as numbers, and no others', () => {
    const rows = ['@seq[0]: 15', '@a_b[12]: 0', '@seq[1, 2]: 3', '@seq[x]: 3', '@seq[]: 3', '@seq[1]: ', '@seq[1]: 3x'];
    const others = [
      '@seq[1]:3',
      '@',
      '@seq: 5',
      '@]: [1',
      '@seq]: 5[1',
      '@12]: 3',
      '@seq[9007199254740993]: 1',
      '@seq[1]: 9007199254740993',
    ];
    const { totals, messages, maps } = decodeAll(...rows, ...others, '', '@calm: 3');
    expect(totals).toEqual([
      ['seq', 0, 15],
      ['a_b', 12, 0],
    ]);
    expect(messages).toEqual([]);
    expect(maps()).toBe(2);
  });
});

describe('an event that waits for more lines', () => {
  const argv = Buffer.from(`${'x'.repeat(300)}\0`);
  const long = (cpu: number, seq: number, time: number): string => execLine({ time, cpu, seq, pid: seq, argv });

  it('is as old as the oldest of all CPUs, ended or not', () => {
    const { decoder, events } = collect();
    expect(decoder.oldest).toBe(Number.POSITIVE_INFINITY);
    decoder.line(long(2, 1, 30));
    decoder.line(long(0, 1, 20));
    decoder.line(long(4, 1, 40));
    expect(decoder.oldest).toBe(20);
    decoder.finish((cpu) => cpu === 0);
    expect(decoder.oldest).toBe(30);
    expect(events.map(({ at: time }) => time)).toEqual([20]);
    decoder.finish();
    decoder.finish();
    expect(events.map(({ at: time }) => time)).toEqual([20, 30, 40]);
  });

  it('ends with the next of its CPU, and where lines before that one were lost', () => {
    const { decoder, events, sequence } = collect();
    decoder.line(long(0, 1, 10));
    decoder.line(execLine({ time: 11, seq: 2, pid: 2 }));
    expect(events).toHaveLength(2);
    decoder.line(long(0, 3, 12));
    decoder.line(`a 12 ${place(0, 5)} b8 ${bytes(argv.subarray(184))}`);
    expect(events).toHaveLength(3);
    expect(events[2]).toMatchObject({ args: ['x'.repeat(184)] });
    expect(sequence.lost).toBe(1);
  });

  it('has no rights of an exec before it', () => {
    const [first, second] = decodeAll(
      `C 1 ${place(0, 1)} ${pair(5, 6)} 1`,
      execLine({ time: 1, seq: 2, pid: 2 }),
      execLine({ time: 2, seq: 3, pid: 3 }),
    ).events;
    expect(first).toMatchObject({ credentials: { euid: 5, egid: 6, gained: 1n } });
    expect(second).toMatchObject({ credentials: undefined });
  });
});
