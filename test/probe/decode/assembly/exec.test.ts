import { describe, expect, it } from 'vitest';
import { isCut } from '../../../../src/probe/decode/assembly/nested.ts';
import type { ExecEvent, LineEvent } from '../../../../src/probe/event.ts';
import { collect, decodeAll } from '../../../fixtures/decoded.ts';
import { bytes, type ExecLine, execLine, hex, pair, place, words } from '../../../fixtures/lines.ts';

/** An exec and lines that continue it, one after the other: after which of them it was whole. */
const build = (line: Partial<ExecLine>, ...more: readonly [letter: string, fields: string][]) => {
  const { decoder, events, messages } = collect();
  const lines = [
    execLine({ time: 1, seq: 1, pid: 5, ...line }),
    ...more.map(([letter, fields], index) => `${letter} 1 ${place(0, index + 2)} ${fields}`),
  ];
  let wholeAfter: number | undefined;
  for (const [index, text] of lines.entries()) {
    decoder.line(text);
    wholeAfter ??= events.length > 0 ? index : undefined;
  }
  decoder.finish();
  return { event: events[0] as ExecEvent, wholeAfter, messages };
};

/** What lines of so many bytes bring of a text, from where the first line ends. */
const pieces = (letter: string, text: string, from: number, step: number): [string, string][] =>
  Array.from({ length: Math.ceil((text.length - from) / step) }, (_, index) => {
    const offset = from + index * step;
    return [letter, `${hex(offset)} ${bytes(text.slice(offset, offset + step))}`];
  });

describe('an exec', () => {
  const long = `/${'p'.repeat(4094)}`;
  const argv = `${'x'.repeat(60_000)}\0`;

  it('is whole with its own line, where nothing follows', () => {
    expect(build({})).toMatchObject({ wholeAfter: 0, messages: [] });
    expect(build({ level: 1, nr: 7 })).toMatchObject({ wholeAfter: 0, event: { nspid: [5, 7] } });
  });

  it('waits for a path of any length, and for no line behind it', () => {
    const parts = pieces('p', long, 64, 1000);
    const { event, wholeAfter, messages } = build({ path: long }, ...parts);
    expect(event).toMatchObject({ exe: long, exeWhole: true, comm: 'p'.repeat(15) });
    expect({ wholeAfter, messages }).toEqual({ wholeAfter: parts.length, messages: [] });
  });

  it('says where its path was cut by a loss', () => {
    expect(build({ path: long }, pieces('p', long, 64, 1000)[0]!).event).toMatchObject({
      ...{ exe: long.slice(0, 1064), exeWhole: false },
    });
  });

  it('waits for an argv of any length', () => {
    const parts = pieces('a', argv, 184, 1000);
    const { event, wholeAfter, messages } = build({ argv: Buffer.from(argv) }, ...parts);
    expect(event).toMatchObject({ args: [argv.slice(0, -1)], argsSent: argv.length });
    expect({ wholeAfter, messages }).toEqual({ wholeAfter: parts.length, messages: [] });
  });

  it('takes a sum for what is missing of an argv', () => {
    const { event, wholeAfter, messages } = build({ argv: Buffer.from(argv) }, [
      'h',
      `${hex(argv.length)} ${hex(0xfedc_ba98_7654_3210n)}`,
    ]);
    expect(event).toMatchObject({ tail: { end: argv.length, sum: 0xfedc_ba98_7654_3210n }, argsSent: 184 });
    expect({ wholeAfter, messages }).toEqual({ wholeAfter: 1, messages: [] });
  });

  it('waits for pids of namespaces in between, and says where they do not come', () => {
    const nested = build({ level: 2, nr: 9 }, ['n', `2 ${pair(40, 9)} 0 0 0`]);
    expect(nested).toMatchObject({ wholeAfter: 1, messages: [], event: { nspid: [5, 40, 9] } });
    expect(isCut(nested.event.nspid)).toBe(false);
    const cut = build({ level: 2, nr: 9 });
    expect(cut.wholeAfter).toBeUndefined();
    expect(isCut(cut.event.nspid)).toBe(true);
  });

  it('waits for a comm where its path is a descriptor, and nowhere else', () => {
    const comm: [string, string] = ['m', bytes('memfd:x\0\0\0\0\0\0\0\0\0')];
    expect(build({ path: '/dev/fd/3' }, comm)).toMatchObject({
      wholeAfter: 1,
      messages: [],
      event: { comm: 'memfd:x' },
    });
    expect(build({ path: '/dev/fd/3' })).toMatchObject({ wholeAfter: undefined, event: { comm: '3' } });
    for (const path of ['/dev/fd/', '/dev/f', '/dev/null', '/dxyz/fd/3', '/dev/fx/3', '/bin/dev/fd/3']) {
      expect(build({ path }), path).toMatchObject({ wholeAfter: 0 });
    }
  });

  it('is named after the last part of its path', () => {
    const commOf = (path: string) => build({ path }).event.comm;
    expect(['/a/b', 'b', './b', '/', '/a/'].map(commOf)).toEqual(['b', 'b', 'b', '', '']);
  });

  it('leaves what was there of the exec before it on its CPU alone', () => {
    const lines = [
      execLine({
        time: 1,
        seq: 1,
        pid: 5,
        level: 2,
        nr: 9,
        path: '/bin/longer-name',
        argv: Buffer.from('longer\0name\0'),
      }),
      execLine({ time: 2, seq: 2, pid: 6, path: '/bin/x', argv: Buffer.from('x\0') }),
    ];
    expect(decodeAll(...lines).events[1]).toMatchObject({ exe: '/bin/x', comm: 'x', args: ['x'], nspid: [6] });
  });

  it('takes no lines of others', () => {
    expect(build({ level: 2 }, ['g', `0 0 ${bytes('x')}`]).messages).toHaveLength(1);
  });
});

describe('a cgroup', () => {
  const path = `/${'k'.repeat(1000)}`;
  const made = (text: string): string => `M 1 ${place(0, 1)} ${pair(1, 1)} 0 7 0 ${bytes(text)}`;
  const more = pieces('q', `${path}\0`, 128, 128).map(
    ([letter, fields], index) => `${letter} 1 ${place(0, index + 2)} ${fields}`,
  );

  it('has a path of any length, and is whole with its end', () => {
    const { decoder, events, messages } = collect();
    for (const line of [made(path.slice(0, 128)), ...more]) {
      expect(events).toEqual([]);
      decoder.line(line);
    }
    expect(events).toMatchObject([{ kind: 'cgroup', path }]);
    expect(events[0]).not.toHaveProperty('pathCut');
    expect(messages).toEqual([]);
  });

  it('says where its path may be longer than what the kernel reports', () => {
    const longest = `/${'k'.repeat(1022)}`;
    const rest = pieces('q', `${longest}\0`, 128, 128).map(
      ([letter, fields], index) => `${letter} 1 ${place(0, index + 2)} ${fields}`,
    );
    const { events } = decodeAll(made(longest.slice(0, 128)), ...rest);
    expect(events).toMatchObject([{ kind: 'cgroup', path: longest, pathCut: true }]);
  });

  it('takes no lines of others', () => {
    const { events, messages } = decodeAll(made(path.slice(0, 128)), `p 1 ${place(0, 2)} 0 ${bytes('x')}`);
    expect(messages).toHaveLength(1);
    expect(events).toMatchObject([{ path: path.slice(0, 128) }]);
  });
});

describe('an exit in nested pid namespaces', () => {
  const exit = `X 1 ${place(0, 1)} ${pair(5, 5)} ${pair(1, 0x200_0009)} 3e8 effffff1 0 0 ${words(Buffer.from('x'), 2)}`;
  const nspidOf = (...lines: string[]) => {
    const { events, messages } = decodeAll(exit, ...lines);
    expect(messages).toEqual([]);
    return (events[0] as LineEvent & { nspid: number[] }).nspid;
  };

  it('has all its pids, or says that some are missing', () => {
    const whole = nspidOf(`n 1 ${place(0, 2)} 2 ${pair(40, 9)} 0 0 0`);
    expect([whole, isCut(whole)]).toEqual([[5, 40, 9], false]);
    const cut = nspidOf();
    expect([cut, isCut(cut)]).toEqual([[5, 9], true]);
  });
});
