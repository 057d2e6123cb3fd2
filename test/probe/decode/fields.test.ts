import { describe, expect, it } from 'vitest';
import { Fields } from '../../../src/probe/decode/fields.ts';

const read = (line: string): Fields => {
  const fields = new Fields();
  fields.start(line);
  return fields;
};

describe('fields of a line', () => {
  it('begin behind its letter, and end with it', () => {
    const fields = read('E 12 ab');
    expect(fields.ended).toBe(false);
    expect(fields.text()).toBe('12');
    expect(fields.ended).toBe(false);
    expect(fields.number()).toBe(0xab);
    expect(fields.ended).toBe(true);
    expect(fields.number()).toBe(0);
    // The next line is another one.
    fields.start('E 7');
    expect(fields.text()).toBe('7');
    expect(fields.ended).toBe(true);
  });

  it('are 64 bits, in two halves', () => {
    const fields = read('E 123456789abcdef0 f 10 ffffffffffffffff 90');
    fields.hex();
    expect([fields.high, fields.low]).toEqual([0x1234_5678, 0x9abc_def0]);
    fields.hex();
    expect([fields.high, fields.low]).toEqual([0, 15]);
    expect(fields.number()).toBe(16);
    fields.hex();
    expect([fields.high, fields.low]).toEqual([0xffff_ffff, 0xffff_ffff]);
    expect(fields.number()).toBe(0x90);
  });

  it.each([
    ['0', 0],
    ['1234567890 rest', 1_234_567_890],
    ['', Number.NaN],
    [' 1', Number.NaN],
    ['1a', Number.NaN],
    ['1/', Number.NaN],
    ['1:', Number.NaN],
    ['-1', Number.NaN],
    ['1\t2', Number.NaN],
  ])('in decimal: %j is %d', (text, value) => {
    const fields = read(`E ${text}`);
    expect(fields.peekDecimal()).toEqual(value);
    if (!Number.isNaN(value)) {
      // It stays to be read.
      expect(fields.text()).toBe(text.split(' ')[0]);
    }
  });

  it('are memory in words, of which only the first bytes are wanted', () => {
    const into = Buffer.alloc(20, 0xee);
    const fields = read('E 6867666564636261 706f6e6d6c6b6a69 787776757473 5');
    expect(fields.words(3, 12, into)).toBe(12);
    expect(into.subarray(0, 16).toString('latin1')).toBe('abcdefghijklmnop');
    expect([...into.subarray(16)]).toEqual([0xee, 0xee, 0xee, 0xee]);
    expect(fields.number()).toBe(5);
    expect(read('E 61').words(1, 99, into)).toBe(8);
    expect([...into.subarray(0, 8)]).toEqual([0x61, 0, 0, 0, 0, 0, 0, 0]);
    expect(read('E 61').words(1, 0, into)).toBe(0);
  });

  it('are bytes up to the end of the line, of either form', () => {
    const into = Buffer.alloc(5, 0xee);
    expect(read('E 2f 62 9A fa').bytes(into, 1)).toBe(5);
    expect(into.toString('hex')).toBe('ee2f629afa');
    expect(read('E \\x00\\xff').bytes(into, 0)).toBe(2);
    expect(into.toString('hex')).toBe('00ff629afa');
    const fields = read('E 1 01 02 03 04 05 06 07');
    fields.hex();
    expect(fields.bytes(into, 3)).toBe(5);
    expect(into.toString('hex')).toBe('00ff620102');
    expect(fields.ended).toBe(true);
    expect(read('E ').bytes(into, 2)).toBe(2);
    expect(read('E 1').bytes(into, 2)).toBe(2);
  });

  it('of a line longer than any of the probes are those of its beginning', () => {
    const fields = read(`E ${'1'.repeat(70_000)}`);
    expect(fields.text()).toHaveLength(64 * 1024 - 2);
    expect(fields.ended).toBe(true);
  });
});
