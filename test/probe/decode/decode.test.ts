import { describe, expect, it } from 'vitest';
import { isCut } from '../../../src/probe/decode/assembly/nested.ts';
import type { ExecEvent } from '../../../src/probe/event.ts';
import { collect, decodeAll as decode } from '../../fixtures/decoded.ts';
import { bytes, execLine, hex, host, hostWords, pair, place, words } from '../../fixtures/lines.ts';

const exec = (...lines: string[]): ExecEvent => decode(...lines).events[0] as ExecEvent;

describe('an exec line', () => {
  it('gives identity, namespaces, path and arguments', () => {
    expect(
      exec(
        execLine({
          time: 5000,
          seq: 1,
          pid: 77,
          oldTid: 78,
          ppid: 9,
          path: '/usr/bin/env',
          argv: Buffer.from('env\0\0a b\0'),
        }),
      ),
    ).toMatchObject({
      kind: 'exec',
      mono: '5000',
      pid: 77,
      oldTid: 78,
      ppid: 9,
      nspid: [77],
      ns: host,
      exe: '/usr/bin/env',
      comm: 'env',
      args: ['env', '', 'a b'],
      argsBytes: 9,
      argsSent: 9,
      start: { mono: '1000', at: 1000 },
    });
  });

  it('keeps bytes that are not UTF-8, and text that is', () => {
    const argv = Buffer.concat([Buffer.from('é🙂\0'), Buffer.from([0xff, 0x41, 0])]);
    const [good, bad] = exec(execLine({ time: 1, seq: 1, pid: 2, argv })).args;
    expect(good).toBe('é🙂');
    expect(bad).toEqual({ text: '\ufffdA', bytes: Uint8Array.from([0xff, 0x41]) });
  });

  it('takes the lines before it for its own rights and its file, not for those of the next one after a loss', () => {
    const before = [`C 9 ${place(0, 1)} ${pair(0, 7)} 3`, `P 9 ${place(0, 2)} ${pair(0x0030_0031, 3)} 216612`];
    const execsFrom = (seq: number) =>
      decode(...before, execLine({ time: 10, seq, pid: 2 }), execLine({ time: 11, seq: seq + 1, pid: 3 })).events;
    expect(execsFrom(3)).toMatchObject([
      {
        credentials: { euid: 0, egid: 7, gained: 3n },
        file: { device: 0x0030_0031, inode: 0x21_6612, upper: true, deleted: true },
      },
      { credentials: undefined, file: undefined },
    ]);
    expect(execsFrom(4)).toMatchObject([
      { credentials: undefined, file: undefined },
      { credentials: undefined, file: undefined },
    ]);
  });

  it('has as many words as its path and argv need: few, where both are short', () => {
    for (const [pathBytes, argvBytes, fields] of [
      [32, 64, 28],
      [33, 64, 47],
      [32, 65, 47],
    ] as const) {
      const path = `/${'p'.repeat(pathBytes - 1)}`;
      const line = execLine({ time: 1, seq: 1, pid: 2, path, argv: Buffer.from(`${'a'.repeat(argvBytes - 1)}\0`) });
      expect(line.split(' ').slice(1)).toHaveLength(fields);
      expect(exec(line)).toMatchObject({ exe: path, args: ['a'.repeat(argvBytes - 1)], exeWhole: true });
    }
  });

  it('cuts comm to the 15 bytes that the kernel keeps', () => {
    expect(exec(execLine({ time: 1, seq: 1, pid: 2, path: '/opt/a-name-of-more-than-15' })).comm).toBe(
      'a-name-of-more-',
    );
  });

  it('is continued by the lines after it on the same CPU, whatever other CPUs say in between', () => {
    const argv = Buffer.from(`${'x'.repeat(300)}\0`);
    const path = `/${'p'.repeat(99)}`;
    const { events } = decode(
      execLine({ time: 10, cpu: 0, seq: 1, pid: 5, level: 2, nr: 3, path, argv }),
      execLine({ time: 11, cpu: 1, seq: 1, pid: 6 }),
      `n 10 ${place(0, 2)} 2 ${pair(40, 3)} 0 0 0`,
      `p 10 ${place(0, 3)} 40 ${bytes(path.slice(64))}`,
      `a 10 ${place(0, 4)} b8 ${bytes(argv.subarray(184))}`,
      execLine({ time: 12, cpu: 0, seq: 5, pid: 7 }),
    );
    const long = events.find((event) => event.kind === 'exec' && event.pid === 5);
    expect(long).toMatchObject({
      exe: path,
      args: ['x'.repeat(300)],
      nspid: [5, 40, 3],
      exeWhole: true,
      argsSent: 301,
    });
    expect(events).toHaveLength(3);
  });

  it('says where pids of nested namespaces are missing: beyond the eight of a line, or with a line that was lost', () => {
    const words = (...rest: string[]) => [pair(11, 12), pair(13, 14), pair(15, 16), ...rest].join(' ');
    const nested = (level: number, line: string | undefined) => {
      const first = execLine({ time: 10, seq: 1, pid: 5, level, nr: 99 });
      const event = exec(first, ...(line === undefined ? [] : [`n 10 ${place(0, 2)} ${hex(level)} ${line}`]));
      return { nspid: event.nspid, isCut: isCut(event.nspid) };
    };
    const eight = [11, 12, 13, 14, 15, 16, 17, 18];
    expect(nested(9, words(pair(17, 18)))).toEqual({ nspid: [5, ...eight, 99], isCut: false });
    expect(nested(10, words(pair(17, 18)))).toEqual({ nspid: [5, ...eight, 99], isCut: true });
    expect(nested(3, words('0'))).toEqual({ nspid: [5, 11, 12, 13], isCut: false });
    expect(nested(3, undefined)).toEqual({ nspid: [5, 99], isCut: true });
  });

  it('is cut where a line that continues it was lost, and the loss is counted', () => {
    const argv = Buffer.from(`${'y'.repeat(500)}\0`);
    const { events, sequence } = decode(
      execLine({ time: 10, seq: 1, pid: 5, argv }),
      `a 10 ${place(0, 3)} ${hex(184 + 184)} ${bytes(argv.subarray(184 + 184))}`,
    );
    expect(events).toMatchObject([{ kind: 'exec', argsBytes: 501, argsSent: 184, args: ['y'.repeat(184)] }]);
    expect(sequence.lost).toBe(1);
  });

  it('takes the comm of a program run by descriptor from its own line', () => {
    const lines = [
      execLine({ time: 1, seq: 1, pid: 2, path: '/dev/fd/3' }),
      `m 1 ${place(0, 2)} ${bytes('memfd:x\0\0\0\0\0\0\0\0\0')}`,
    ];
    expect(exec(...lines)).toMatchObject({ exe: '/dev/fd/3', comm: 'memfd:x' });
  });

  it('reads bytes as bpftrace before 0.17 prints them', () => {
    const argv = Buffer.from(`${'z'.repeat(190)}\0`);
    const tail = [...argv.subarray(184)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
    expect(exec(execLine({ time: 1, seq: 1, pid: 2, argv }), `a 1 ${place(0, 2)} b8 ${tail}`).args).toEqual([
      'z'.repeat(190),
    ]);
  });
});

describe('other lines', () => {
  const who = (pid: number, level = 0, nr = pid): string =>
    `${pair(pid, pid)} ${pair(1, level * 0x100_0000 + nr)} ${hex(1000)} effffffc`;

  it('report exits with the status of wait', () => {
    expect(decode(`X 9000 ${place(1, 1)} ${who(50)} 1008b 0 ${words(Buffer.from('sleep'), 2)}`).events).toMatchObject([
      { kind: 'exit', pid: 50, status: 0x8b, nspid: [50], vfork: 0, comm: 'sleep', oom: true },
    ]);
  });

  it('report forks, and say when the child was not found', () => {
    const line = (found: number): string =>
      `F 7000 ${place(0, 1)} ${pair(60, found)} ${pair(3, 4)} ${pair(1, 5)} 20000000 ${hex(6999)} 0 ${hostWords} 1 ${words(Buffer.from('bash'), 2)}`;
    expect(decode(line(60), `n 7000 ${place(0, 2)} 1 ${pair(5, 0)} 0 0 0`).events).toMatchObject([
      { kind: 'fork', pid: 60, by: 3, ppid: 4, nspid: [60, 5], whole: true, flags: 0x2000_0000, comm: 'bash' },
    ]);
    expect(decode(line(61)).events).toMatchObject([{ pid: 60, by: 3, ppid: 3, nspid: [60], whole: false }]);
  });

  it('report the namespaces that a thread leaves, and those that it enters', () => {
    const after = 'f0000153f0000150 effffff9efffffff effffffeeffffffd effffffbeffffffa';
    const { events } = decode(
      `S 1 ${place(0, 1)} ${who(70)} 0 ${hostWords}`,
      `S 2 ${place(0, 2)} ${who(71, 2, 5)} 0 ${hostWords}`,
      `n 2 ${place(0, 3)} 2 ${pair(40, 5)} 0 0 0`,
      `U 3 ${place(0, 4)} ${pair(70, 70)} ${after}`,
      `J 4 ${place(0, 5)} ${pair(99, 98)} ${after}`,
    );
    const entered = { ...host, pid: 0xf0000153, mnt: 0xf0000150 };
    expect(events).toMatchObject([
      { kind: 'leave', mono: '1', pid: 70, tid: 70, nspid: [70], before: host },
      { kind: 'leave', mono: '2', pid: 71, tid: 71, nspid: [71, 40, 5], before: host },
      { kind: 'enter', mono: '3', op: 'unshare', tid: 70, after: entered },
      { kind: 'enter', mono: '4', op: 'setns', tid: 98, after: entered },
    ]);
  });

  it('are events as soon as they are whole, and else wait until their CPU is quiet', () => {
    const { decoder, events } = collect();
    const path = `/${'k'.repeat(180)}`;
    const argv = Buffer.from(`${'x'.repeat(300)}\0`);
    decoder.line(`X 1 ${place(0, 1)} ${who(50, 1, 7)} 0 0`);
    expect(events).toHaveLength(1);
    decoder.line(`X 2 ${place(0, 2)} ${who(51, 2, 7)} 0 0`);
    expect(events).toHaveLength(1);
    expect(decoder.oldest).toBe(2);
    decoder.line(`n 2 ${place(0, 3)} 2 ${pair(40, 7)} 0 0 0`);
    expect(events).toHaveLength(2);
    decoder.line(`M 3 ${place(0, 4)} ${pair(10, 10)} 0 19 0 ${bytes(Buffer.from(path.slice(0, 128)))}`);
    decoder.finish((cpu) => cpu !== 0);
    expect(events).toHaveLength(2);
    decoder.line(`q 3 ${place(0, 5)} 80 ${bytes(Buffer.from(`${path.slice(128)}\0`))}`);
    expect(events[2]).toMatchObject({ kind: 'cgroup', path });
    decoder.line(execLine({ time: 4, seq: 6, pid: 5, argv }));
    expect(events).toHaveLength(3);
    decoder.line(`a 4 ${place(0, 7)} b8 ${bytes(argv.subarray(184))}`);
    expect(events[3]).toMatchObject({ kind: 'exec', args: ['x'.repeat(300)] });
    expect(decoder.oldest).toBe(Number.POSITIVE_INFINITY);
    decoder.line(execLine({ time: 5, seq: 8, pid: 6, argv }));
    decoder.finish(() => true);
    expect(events[4]).toMatchObject({ kind: 'exec', argsBytes: 301, argsSent: 184 });
  });

  it('report cgroups, with a path of any length that ends at its NUL', () => {
    const path = `/${'k'.repeat(180)}`;
    const whole = Buffer.from(`${path}\0left over`.padEnd(256, '\0'));
    const { events } = decode(
      `A 1 ${place(0, 1)} ${pair(10, 10)} 0 19 14 ${bytes(whole.subarray(0, 128))}`,
      `q 1 ${place(0, 2)} 80 ${bytes(whole.subarray(128))}`,
    );
    expect(events).toMatchObject([{ kind: 'cgroup', op: 'attach', by: 10, pid: 20, root: 0, id: 25, path }]);
  });

  it('report failed execs with strings that may begin late or go on behind a page', () => {
    const piece = (text: string, skip = 0): string =>
      bytes(Buffer.from(`${'.'.repeat(skip)}${text}`.padEnd(184, '\0')));
    const { events } = decode(
      `G 1 ${place(0, 1)} ${who(80)} 0 d 0 0`,
      `g 1 ${place(0, 2)} 0 0 ${piece('/no')}`,
      `g 1 ${place(0, 3)} 1 b4 ${piece('abcd', 180)}`,
      `g 1 ${place(0, 4)} 1 0 ${piece('efg')}`,
      `g 1 ${place(0, 5)} 2 0 ${bytes('w'.repeat(184))}`,
    );
    expect(events).toMatchObject([
      { kind: 'failed', ret: -13, exe: '/no', args: ['abcdefg', 'w'.repeat(184)], truncated: true },
    ]);
  });

  it('that are none of ours are messages, and nothing is thrown', () => {
    const garbage = [
      'Attaching 20 probes...',
      'Lost 3 events',
      'E',
      'E x',
      'E 1 2',
      'Z 1 1000000000001',
      'H',
      'H 5',
      'H 5 x',
      '@[',
      '@seq[',
      '\u{1f600} x',
    ];
    const { events, messages } = decode(...garbage);
    expect(events).toEqual([]);
    expect(messages).toContain('Lost 3 events');
    expect(messages).toContain('E x');
  });

  it('say which children of vfork stay, and what is folded, without a place', () => {
    const { states, messages } = decode('V 4638 4111', 'W 77 3e8', 'V 0 4111', 'W 77', 'V 4638 0', 'V x 1');
    expect(states).toEqual([
      ['held', 4638, 0x4111],
      ['folding', 77, 1000],
    ]);
    expect(messages).toEqual(['V 0 4111', 'W 77', 'V 4638 0', 'V x 1']);
  });

  it('give heartbeats and totals', () => {
    const { beats, totals } = decode('H 123 99', '@seq[0]: 15', '@seq[99999]: 1', '@folded[77]: 4', '');
    expect(beats).toEqual(['123 123 since 99 99']);
    expect(totals).toEqual([
      ['seq', 0, 15],
      ['seq', 99_999, 1],
      ['folded', 77, 4],
    ]);
  });

  it('of times past 2^53 stay exact', () => {
    const line = execLine({ time: 1, seq: 1, pid: 2 })
      .replace('E 1 ', 'E 9007199254740995 ')
      .replace(' 3e8 ', ' 20000000000003 ');
    expect(exec(line)).toMatchObject({ mono: '9007199254740995', start: { mono: '9007199254740995' } });
  });
});
