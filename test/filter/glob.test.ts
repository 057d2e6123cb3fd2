import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasWildcard, matchesGlob, parseGlob } from '../../src/filter/glob.ts';

const matches = (glob: string, text: string): boolean => matchesGlob(parseGlob(glob), text);

describe('matchesGlob', () => {
  it.each([
    ['web', 'web', true],
    ['web', 'webs', false],
    ['web*', 'web', true],
    ['web*', 'web-1', true],
    ['*web', 'my-web', true],
    ['*', '', true],
    ['', '', true],
    ['w?b', 'web', true],
    ['w?b', 'wb', false],
    ['?', '😀', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['web[0-9]', 'web7', true],
    ['web[0-9]', 'webx', false],
    ['web[!0-9]', 'webx', true],
    ['web[^0-9]', 'web7', false],
    ['[]a]', ']', true],
    ['[a-]', '-', true],
    ['web[', 'web[', true],
    ['docker.io/*/nginx:*', 'docker.io/library/nginx:1.27', true],
    ['.', 'x', false],
  ])('%j matches %j: %s', (glob, text, expected) => {
    expect(matches(glob, text)).toBe(expected);
  });

  it('matches as a regular expression of the same meaning', () => {
    const char = fc.constantFrom(...'ab.*?');
    fc.assert(
      fc.property(fc.string({ unit: char }), fc.string({ unit: fc.constantFrom(...'ab.') }), (glob, text) => {
        const source = [...glob].map((each) => (each === '*' ? '.*' : each === '?' ? '.' : `[${each}]`)).join('');
        expect(matches(glob, text)).toBe(new RegExp(`^${source}$`, 'su').test(text));
      }),
    );
  });

  it('takes no time without end for many stars', () => {
    expect(matches('*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(20_000))).toBe(false);
  });
});

describe('hasWildcard', () => {
  it.each([
    ['web', false],
    ['web*', true],
    ['w?b', true],
    ['w[e]b', true],
  ])('%j: %s', (text, expected) => {
    expect(hasWildcard(text)).toBe(expected);
  });
});
