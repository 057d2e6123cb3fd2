import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expandPaths, nextPart, statOf } from '../../../src/recording/read/paths.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nstrace-paths-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const make = (...names: string[]): void => {
  for (const name of names) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), '');
  }
};

const expand = (...words: string[]): string[] =>
  expandPaths(words.map((word) => join(folder, word))).map((path) => path.slice(folder.length + 1));

describe('the files that words name', () => {
  it('are those that a pattern matches, sorted, in any folder of it', () => {
    make('b/2.ndjson', 'a/1.ndjson', 'a/10.ndjson', 'a/x.txt', 'c.ndjson');
    expect(expand('*/?.ndjson')).toEqual(['a/1.ndjson', 'b/2.ndjson']);
    expect(expand('a/1*.ndjson')).toEqual(['a/1.ndjson', 'a/10.ndjson']);
    expect(expand('[bc]*')).toEqual(['c.ndjson']);
    expect(expand('[!a]/*')).toEqual(['b/2.ndjson']);
  });

  it('begin with a dot only where the pattern does', () => {
    make('.a.ndjson', 'a.ndjson');
    expect(expand('*.ndjson')).toEqual(['a.ndjson']);
    expect(expand('.*.ndjson')).toEqual(['.a.ndjson']);
  });

  it('are one by its name, also where that looks like a pattern', () => {
    make('a[1].ndjson', 'a1.ndjson', 'a(b)+.ndjson');
    expect(expand('a[1].ndjson')).toEqual(['a[1].ndjson']);
    expect(expand('a(b)*.ndjson')).toEqual(['a(b)+.ndjson']);
  });

  it('are all parts of a recording in parts', () => {
    make('s.000002.ndjson', 's.000001.ndjson', 's.000003.ndjson.gz');
    expect(expand('s.ndjson')).toEqual(['s.000001.ndjson', 's.000002.ndjson', 's.000003.ndjson.gz']);
  });

  it.each(['none.ndjson', '*.none', '[z-a]*', '[', 'a[', '[]', '[!]', 'no/such/[ab]'])(
    'are none, which is an error: %s',
    (word) => {
      make('a.ndjson', 'z.ndjson');
      expect(() => expand(word)).toThrow(expect.objectContaining({ status: 1 }));
    },
  );

  it('are standard input once only', () => {
    make('a.ndjson');
    expect(expandPaths(['-', join(folder, 'a.ndjson')])).toEqual(['-', join(folder, 'a.ndjson')]);
    expect(() => expandPaths(['-', '-'])).toThrow(expect.objectContaining({ status: 2 }));
  });

  it('are no fleet, and it is said which option reads one', () => {
    expect(() => expandPaths(['nats://host:4222'])).toThrow(
      expect.objectContaining({ status: 2, advice: expect.stringContaining('--from') }),
    );
  });

  it.each(['loop', 'loop/*.ndjson', 'n'.repeat(300)])('say why they cannot be looked up: %.20s', (word) => {
    symlinkSync('loop', join(folder, 'loop'));
    expect(() => expand(word)).toThrow(expect.objectContaining({ status: 1, advice: expect.any(String) }));
    expect(() => statOf(join(folder, 'loop'))).toThrow(/cannot open .*loop: ELOOP/);
  });
});

describe('the part after another', () => {
  it('has the next number, and may have been compressed meanwhile', () => {
    make('s.000009.ndjson', 's.000010.ndjson', 's.000011.ndjson.gz');
    const next = (name: string) => nextPart(join(folder, name))?.slice(folder.length + 1);
    expect(next('s.000009.ndjson')).toBe('s.000010.ndjson');
    expect(next('s.000010.ndjson')).toBe('s.000011.ndjson.gz');
    expect(next('s.000011.ndjson.gz')).toBeUndefined();
    expect(next('s.ndjson')).toBeUndefined();
  });

  it('goes on where the numbers get longer', () => {
    make('s.1000000.ndjson');
    expect(nextPart(join(folder, 's.999999.ndjson'))).toBe(join(folder, 's.1000000.ndjson'));
  });
});
