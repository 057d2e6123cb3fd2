import { describe, expect, it } from 'vitest';
import type { FailedExecEvent } from '../../../../src/probe/event.ts';
import { decodeAll } from '../../../fixtures/decoded.ts';
import { bytes, hex, pair, place } from '../../../fixtures/lines.ts';

const head = (begun: number, argc: number, level = 0): string =>
  `G 1 ${place(0, 1)} ${pair(80, 80)} ${pair(1, level * 0x100_0000 + 80)} ${hex(1000)} effffffc 0 8 0 ${pair(begun, argc)}`;

/** The failed exec that these continuations make, numbered on from its own line. */
const failed = (first: string, ...more: readonly [letter: string, fields: string][]): FailedExecEvent => {
  const lines = more.map(([letter, fields], index) => `${letter} 1 ${place(0, index + 2)} ${fields}`);
  const { events, messages } = decodeAll(first, ...lines);
  expect(messages).toEqual([]);
  return events[0] as FailedExecEvent;
};

describe('a failed exec of a caller that is still itself', () => {
  const string = (index: number, text: string, skip = 0): [string, string] => [
    'g',
    `${hex(index)} ${hex(skip)} ${bytes(text.padEnd(184, '\0'))}`,
  ];
  const strings = (...texts: string[]) => failed(head(0, 0), ...texts.map((text, index) => string(index, text)));

  it('has its path and its arguments, none of them missing', () => {
    expect(strings('/no/such', 'such', 'a b')).toMatchObject({
      ...{ exe: '/no/such', exeWhole: true, args: ['such', 'a b'], truncated: false },
    });
  });

  it('says where a string was longer than what is sent of it', () => {
    expect(strings('x'.repeat(184), 'a')).toMatchObject({ exe: 'x'.repeat(184), exeWhole: false, truncated: false });
    expect(strings('/x', 'y'.repeat(184), 'z')).toMatchObject({ exeWhole: true, truncated: true });
  });

  it('says where one was not in memory, which reads as zeros', () => {
    expect(strings('/x', '')).toMatchObject({ args: [''], truncated: true });
    expect(strings('', 'a')).toMatchObject({ exe: '', exeWhole: false, truncated: false });
  });

  it('goes on behind a page, unless the string has ended before', () => {
    const first: [string, string] = ['g', `1 b4 ${bytes(`${'.'.repeat(180)}abcd`)}`];
    expect(failed(head(0, 0), string(0, '/x'), first, string(1, 'efg')).args).toEqual(['abcdefg']);
    const ended: [string, string] = ['g', `1 b4 ${bytes(`${'.'.repeat(180)}ab\0d`)}`];
    expect(failed(head(0, 0), string(0, '/x'), ended, string(1, 'efg')).args).toEqual(['ab']);
  });

  it('says where a line between others was lost, and where there are more than are sent', () => {
    expect(failed(head(0, 0), string(0, '/x'), string(2, 'b'))).toMatchObject({ args: ['', 'b'], truncated: true });
    expect(failed(head(0, 0), string(0, '/x'), string(31, 'a')).args).toHaveLength(31);
    const all = Array.from({ length: 33 }, (_, index) => `s${index}`);
    expect(strings(...all.slice(0, 32))).toMatchObject({ truncated: false });
    expect(strings(...all)).toMatchObject({ truncated: true });
  });

  it('has pids of nested namespaces, and nothing without its lines', () => {
    expect(failed(head(0, 0, 2), ['n', `2 ${pair(40, 80)} 0 0 0`], string(0, '/x')).nspid).toEqual([80, 40, 80]);
    expect(failed(head(0, 0))).toMatchObject({ exe: '', args: [] });
    const { messages } = decodeAll(head(0, 0), `p 1 ${place(0, 2)} 0 ${bytes('x')}`);
    expect(messages).toHaveLength(1);
  });
});

describe('a failed exec that the kernel had begun with', () => {
  const comm = (name: string): [string, string] => ['m', bytes(name.padEnd(16, '\0'))];
  const path = (text: string): [string, string] => ['p', `0 ${bytes(text)}`];
  const argv = (text: string, offset = 0): [string, string] => ['a', `${hex(offset)} ${bytes(text)}`];

  it('has its arguments from the new stack, without the environment behind them', () => {
    const event = failed(head(1, 2), comm('tool'), argv('tool\0a b\0SECRET=1\0'), path('SECRET=1\0/opt/tool\0'));
    expect(event).toMatchObject({ comm: 'tool', exe: '/opt/tool', exeWhole: true });
    expect(event).toMatchObject({ args: ['tool', 'a b'], truncated: false });
  });

  it('takes a string for its path only if the process is named after it', () => {
    const exe = (name: string, text: string) => failed(head(1, 1), comm(name), argv('x\0'), path(text));
    expect(exe('other', 'A=1\0/opt/tool\0')).toMatchObject({ exe: '', exeWhole: false });
    expect(exe('tool', 'A=1\0tool\0')).toMatchObject({ exe: 'tool', exeWhole: true });
    expect(exe('a-name-of-more-', 'A=1\0/opt/a-name-of-more-than-15\0')).toMatchObject({
      ...{ exe: '/opt/a-name-of-more-than-15', exeWhole: true },
    });
    // Cut off at its end, or with nothing before it that says where it begins.
    expect(exe('tool', 'A=1\0/opt/tool')).toMatchObject({ exe: '', exeWhole: false });
    expect(exe('tool', '/opt/tool\0')).toMatchObject({ exe: '', exeWhole: false });
    expect(exe('', '\0')).toMatchObject({ exe: '', exeWhole: false });
    expect(failed(head(1, 1), argv('x\0'), path('A=1\0/opt/tool\0'))).toMatchObject({ exe: '', exeWhole: false });
  });

  it('says where arguments are missing', () => {
    expect(failed(head(1, 3), argv('a\0b\0'))).toMatchObject({ args: ['a', 'b'], truncated: true });
    expect(failed(head(1, 2), argv('a\0b\0'))).toMatchObject({ args: ['a', 'b'], truncated: false });
    expect(failed(head(1, 2), argv('a\0b'))).toMatchObject({ args: ['a', 'b'], truncated: true });
    expect(failed(head(1, 0), argv('a\0'))).toMatchObject({ args: [], truncated: true });
    expect(failed(head(1, 2), argv('a\0'), argv('b\0', 2))).toMatchObject({ args: ['a', 'b'], truncated: false });
    // A piece is missing: what is behind it stands nowhere.
    expect(failed(head(1, 2), argv('a\0'), argv('c\0', 9))).toMatchObject({ args: ['a'], truncated: true });
  });

  it('has pids of nested namespaces, and takes no other lines', () => {
    expect(failed(head(1, 1, 2), ['n', `2 ${pair(40, 80)} 0 0 0`]).nspid).toEqual([80, 40, 80]);
    const { messages } = decodeAll(head(1, 1), `q 1 ${place(0, 2)} 0 ${bytes('x')}`);
    expect(messages).toHaveLength(1);
  });
});
