import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addRotateOptions, checkRotate } from '../../../src/cli/options/rotate.ts';

const parse = (...words: string[]) => {
  const command = addRotateOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  return command.parse(words, { from: 'user' }).opts();
};

describe('--rotate', () => {
  it.each([
    ['100MB', { bytes: 100_000_000, ms: undefined }],
    ['1.5GiB', { bytes: 1_610_612_736, ms: undefined }],
    ['64kb', { bytes: 64_000, ms: undefined }],
    ['2G', { bytes: 2_000_000_000, ms: undefined }],
    ['1h', { bytes: undefined, ms: 3_600_000 }],
    ['5m', { bytes: undefined, ms: 300_000 }],
    ['100MB,1h', { bytes: 100_000_000, ms: 3_600_000 }],
  ])('takes %s', (text, rotate) => {
    expect(parse('--rotate', text)).toEqual({ rotate });
  });

  it.each(['', 'x', '1KB', '0s', '100MB,', '100 MB'])('refuses %j', (text) => {
    expect(() => parse('--rotate', text)).toThrow();
  });
});

describe('checkRotate', () => {
  it('wants a limit for what is about parts, and a file', () => {
    expect(() => checkRotate({ keep: 3 }, 's.ndjson')).toThrow('--keep is for a recording in parts');
    expect(() => checkRotate({ compress: true }, 's.ndjson')).toThrow('--compress is for a recording in parts');
    expect(() => checkRotate({ rotate: { bytes: 1, ms: undefined } }, '-')).toThrow('standard output has no parts');
    expect(() => checkRotate({ rotate: { bytes: 1, ms: undefined }, keep: 3 }, 's.ndjson')).not.toThrow();
  });
});
