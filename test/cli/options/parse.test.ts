import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import {
  collect,
  collectNumber,
  collectWord,
  parseCount,
  parseDuration,
  parsePlace,
  parseSize,
  parseUser,
  sizeOf,
} from '../../../src/cli/options/parse.ts';

describe('a place to write to', () => {
  it('is no standard output', () => {
    expect(parsePlace('./-')).toBe('./-');
    expect(() => parsePlace('-')).toThrow(InvalidArgumentError);
  });
});

describe('a duration', () => {
  it.each([
    ['30s', 30_000],
    ['1.5m', 90_000],
    ['500ms', 500],
    ['2', 2000],
    ['1h', 3_600_000],
    ['24d', 2_073_600_000],
    ['1h30m', 5_400_000],
    ['1w', 604_800_000],
  ])('%s is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(['', '0', '0s', '-1s', '4w', '1m1', 's', '1s2', '1e3', '25d', '1 s', 'Infinity'])('is not %j', (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
  });
});

describe('a word', () => {
  it('is collected, unless it is empty', () => {
    expect(collectWord('b', ['a'])).toEqual(['a', 'b']);
    expect(() => collectWord('')).toThrow(InvalidArgumentError);
  });
});

describe('a size', () => {
  it.each([
    ['100MB', 100e6],
    ['1.5GiB', 1.5 * 2 ** 30],
    ['64k', 64e3],
    ['10Mi', 10 * 2 ** 20],
    ['1t', 1e12],
    ['7B', 7],
  ])('%s is %i bytes', (text, bytes) => {
    expect(sizeOf(text)).toBe(bytes);
    expect(parseSize(text)).toBe(bytes);
  });

  it('is not 10m, which is a time', () => {
    expect(sizeOf('10m')).toBeUndefined();
  });

  it.each(['', '0', '0MB', '10', '-1k', '1x', '1 MB'])('is not %j', (text) => {
    expect(() => parseSize(text)).toThrow(InvalidArgumentError);
  });
});

describe('a count', () => {
  it('is a whole number from 1', () => {
    expect(parseCount('17')).toBe(17);
  });

  it.each(['0', '-1', '1.5', '1e3', '', ' 1', '0x10'])('is not %j', (text) => {
    expect(() => parseCount(text)).toThrow(InvalidArgumentError);
  });
});

describe('options that are repeated', () => {
  it('collect what each of them says', () => {
    expect(collect('web', collect('!db'))).toEqual(['!db', 'web']);
    expect(collectNumber('17', collectNumber('net:[4026531840]'))).toEqual([4_026_531_840, 17]);
  });

  it('name something', () => {
    expect(() => collect('')).toThrow('it names no container');
    expect(() => collect('!')).toThrow('it names no container');
    expect(() => collectNumber('pid:[x]')).toThrow('it is not a number');
    expect(() => collectNumber('net:[1')).not.toThrow();
  });
});

describe('a user', () => {
  it('is a number, or a name of this host', () => {
    expect(parseUser('4711')).toBe(4711);
    expect(parseUser('root')).toBe(0);
  });

  it('that is not known is said, with one that was perhaps meant', () => {
    expect(() => parseUser('roto')).toThrow(/there is no such user: did you mean root\?/);
  });
});
