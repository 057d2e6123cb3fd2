import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matchesWord, patternOf } from '../../src/diff/word.ts';

it.each([
  ['--pid=12345', '--pid=*'],
  ['/proc/123/fd/4', '/proc/*/fd/4'],
  ['/tmp/build.Xk29sQ/out', '/tmp/*/out'],
  ['deadbeef01', '*'],
  ['0b5f2c1e-7d3a-4b6e-9c1d-2f3e4a5b6c7d', '*'],
  ['--password=*****', '--password=*'],
  ['-j8', '-j8'],
  ['feedback', 'feedback'],
  ['a*b\\c', 'a\\*b\\\\c'],
  ['...', '\\...'],
])('%s is %s', (word, pattern) => {
  expect(patternOf(word)).toBe(pattern);
});

it('takes numbers as chosen', () => {
  expect(patternOf('sleep 5', 'all')).toBe('sleep *');
  expect(patternOf('job 12345', 'none')).toBe('job 12345');
});

it('makes of every text a pattern that it matches', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom('all', 'long', 'none'),
      (text, numbers) => {
        const clean = text.replaceAll('\ue000', '');
        return matchesWord(patternOf(clean, numbers as 'all'), clean);
      },
    ),
  );
});

it('matches a star with any text, and nothing else', () => {
  expect(matchesWord('a*c', 'abc')).toBe(true);
  expect(matchesWord('a*c', 'ac')).toBe(true);
  expect(matchesWord('a*c', 'acd')).toBe(false);
  expect(matchesWord('a\\*c', 'abc')).toBe(false);
  expect(matchesWord('a\\*c', 'a*c')).toBe(true);
  expect(matchesWord('*a*a*', 'a')).toBe(false);
  expect(matchesWord(`${'*a'.repeat(200)}*b`, 'a'.repeat(100_000))).toBe(false);
});
