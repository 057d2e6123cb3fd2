import { describe, expect, it } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import { maxRecordBytes, toLine } from '../../../src/recording/write/line.ts';
import { cgroup, exec, inContainer } from '../../fixtures/records.ts';

const written = (record: NstraceRecord): RecordOf<'exec'> => {
  const line = toLine(record);
  expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxRecordBytes);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  return JSON.parse(line);
};

/** An exec whose line is `bytes` long with its newline. */
const execOfBytes = (bytes: number): RecordOf<'exec'> => {
  const short = exec({ args: ['ls', ''] });
  return exec({ args: ['ls', 'x'.repeat(bytes - JSON.stringify(short).length - 1)] });
};

describe('toLine', () => {
  it('writes a record as one line of JSON', () => {
    const record = exec({ ...inContainer, args: ['echo', 'a\nb', ''] });
    expect(written(record)).toEqual(record);
  });

  it('allows 64 KiB', () => {
    expect(maxRecordBytes).toBe(65_536);
    const record = execOfBytes(maxRecordBytes);
    expect(written(record)).toEqual(record);
  });

  it('cuts what is one byte longer, and says so', () => {
    const record = execOfBytes(maxRecordBytes + 1);
    const cut = written(record);
    expect(cut.args_truncated).toBe(true);
    expect(cut.args[1]!.length).toBeLessThan(record.args[1]!.length);
    expect(record.args[1]!.startsWith(cut.args[1]!)).toBe(true);
    expect(cut).toEqual({ ...record, args: cut.args, args_truncated: true });
  });

  it.each([
    ['plain text', 'x'],
    ['text of three bytes a character', '€'],
    ['characters that JSON escapes', '\x01'],
    ['quotes', '"'],
    ['line breaks', '\n'],
  ])('cuts an argument of %s at its end, and keeps most of what fits', (_what, character) => {
    const argument = character.repeat(200_000);
    const cut = written(exec({ args: ['echo', argument] }));
    expect(cut.args_truncated).toBe(true);
    expect(cut.args[0]).toBe('echo');
    expect(argument.startsWith(cut.args[1]!)).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(cut.args))).toBeGreaterThan(maxRecordBytes * 0.9);
  });

  it('cuts many arguments from the end', () => {
    const args = Array.from({ length: 300 }, (_, index) => `${index}:`.padEnd(1000, '.'));
    const cut = written(exec({ args }));
    const whole = cut.args.slice(0, -1);
    expect(cut.args_truncated).toBe(true);
    expect(whole.length).toBeGreaterThan(55);
    expect(whole).toEqual(args.slice(0, whole.length));
    expect(args[whole.length]!.startsWith(cut.args.at(-1)!)).toBe(true);
  });

  it('cuts the exact bytes beside the text', () => {
    const bytes = Buffer.concat([Buffer.of(0xff), Buffer.alloc(100_000, 'x')]);
    const base64 = [Buffer.from('echo'), bytes].map((arg) => arg.toString('base64'));
    const cut = written(exec({ args: ['echo', bytes.toString()], args_base64: base64 }));
    const exact = cut.args_base64!.map((arg) => Buffer.from(arg, 'base64'));
    expect(cut.args_truncated).toBe(true);
    expect(exact.map((arg) => arg.toString())).toEqual(cut.args);
    expect(bytes.subarray(0, exact[1]!.length)).toEqual(exact[1]);
  });

  it('drops the exact bytes of the arguments that it drops', () => {
    const args = Array.from({ length: 300 }, () => Buffer.alloc(1000, 'x'));
    const record = exec({ args: args.map(String), args_base64: args.map((arg) => arg.toString('base64')) });
    const cut = written(record);
    expect(cut.args_base64!.map((arg) => Buffer.from(arg, 'base64').toString())).toEqual(cut.args);
  });

  it('does not change the record itself', () => {
    const record = exec({ args: ['echo', 'x'.repeat(100_000)] });
    const copy = structuredClone(record);
    toLine(record);
    expect(record).toEqual(copy);
  });

  it('keeps a record without arguments short too', () => {
    expect(written(cgroup({ path: `/${'x'.repeat(100_000)}` })).type).toBe('cgroup');
  });
});
