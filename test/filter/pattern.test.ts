import { beforeAll, describe, expect, it } from 'vitest';
import { type CompilePattern, loadPatterns, PatternError } from '../../src/filter/pattern.ts';

let compile: CompilePattern;
beforeAll(async () => {
  compile = await loadPatterns();
});

const reasonOf = (source: string): string => {
  try {
    compile(source);
  } catch (error) {
    expect(error).toBeInstanceOf(PatternError);
    return (error as Error).message;
  }
  return 'none';
};

describe('loadPatterns', () => {
  it.each([
    ['^(curl|wget)$', 'curl', true],
    ['^(curl|wget)$', 'curls', false],
    ['url', 'curl', true],
    ['(?i)CURL', 'curl', true],
    ['\\bls\\b', 'do ls -l', true],
    ['[[:digit:]]{2}', 'a12', true],
    ['é+', 'éé', true],
    ['\\p{Greek}', 'α', true],
    ['', 'x', true],
  ])('%j finds %j: %s', (source, text, expected) => {
    expect(compile(source).test(text)).toBe(expected);
  });

  it.each(['a(?=b)', 'a(?!b)', '(?<=a)b', '(?<!a)b'])('says of %j that RE2 has no lookaround', (source) => {
    expect(reasonOf(source)).toMatch(/^lookaround/);
  });

  it.each(['(a)\\1', '(?P<x>a)\\k<x>'])('says of %j that RE2 has no back-references', (source) => {
    expect(reasonOf(source)).toMatch(/^a back-reference/);
  });

  it.each([
    ['(?>a)', 'an atomic group'],
    ['a++', 'an atomic group'],
    ['(', 'missing closing'],
    ['[a', 'missing closing'],
    ['*', 'missing argument'],
    ['a{1001}', 'invalid repeat count'],
    ['x'.repeat(10_001), 'at most 10000'],
  ])('says what is wrong with %j', (source, reason) => {
    expect(reasonOf(source)).toContain(reason);
  });

  it('takes time that grows with the text only', () => {
    // What backtracks would take longer than the universe has time.
    expect(compile('(a+)+$').test(`${'a'.repeat(20_000)}b`)).toBe(false);
    expect(compile('(a|aa)*c').test('a'.repeat(20_000))).toBe(false);
  });
});
