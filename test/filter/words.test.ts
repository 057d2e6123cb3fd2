import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitWords } from '../../src/filter/words.ts';

/** The words of a text, in short: key, values and signs. */
const read = (text: string) =>
  splitWords(text).words.map(
    ({ key, values, negated, valueNegated }) =>
      `${negated ? 'not ' : ''}${key === undefined ? '' : `${key}=`}${valueNegated ? '!' : ''}${values.join('|')}`,
  );

describe('splitWords', () => {
  it.each([
    ['', []],
    ['  \t ', []],
    ['curl', ['curl']],
    ['c:web  exit:!0', ['c=web', 'exit=!0']],
    ['!c:web !failed', ['not c=web', 'not failed']],
    ['!exit:!0', ['not exit=!0']],
    ['n:curl,wget a,b', ['n=curl|wget', 'a|b']],
    ['l:"a b",c', ['l=a b|c']],
    ['l:a" "b', ['l=a b']],
    ['"c:web"', ['c:web']],
    ['"a,b" x', ['a,b', 'x']],
    ['l:"\\d+ \\"x\\""', ['l=\\d+ "x"']],
    ['l:"a\\\\" b', ['l=a\\\\', 'b']],
    ['say\\"hi', ['say"hi']],
    ['c:pid:[4026532572]', ['c=pid:[4026532572]']],
    ['label:app=web', ['label=app=web']],
    // Not keys: a path, a port, a number.
    ['/a:b 10.0.0.1:80 1:2', ['/a:b', '10.0.0.1:80', '1:2']],
    ['l:"!b"', ['l=!b']],
  ])('reads %j', (text, words) => {
    expect(read(text)).toEqual(words);
  });

  it('says where each word stands', () => {
    expect(splitWords(' a  c:"x y"').words.map(({ start, end }) => [start, end])).toEqual([
      [1, 2],
      [4, 11],
    ]);
  });

  it('says where a quote is not closed', () => {
    expect(splitWords('a l:"b c').problems).toEqual([
      { start: 2, end: 8, message: 'a double quote is not closed', unfinished: true },
    ]);
  });

  it.each([
    ['c:', true],
    ['c:a,', true],
    ['c:,a', true],
    ['a,,b', true],
    ['!', true],
    ['c:""', false],
    ['c:"",a', false],
  ])('says of %j whether a value is missing: %s', (text, hasGap) => {
    expect(splitWords(text).words[0]?.hasGap).toBe(hasGap);
  });

  it('takes any text apart, in order and without overlap', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'ac:!,"\\ \t*[]é😀') }), (text) => {
        let before = 0;
        for (const { start, end, values } of splitWords(text).words) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThan(start);
          expect(values.length).toBeGreaterThan(0);
          before = end;
        }
        expect(before).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('gives back any values that are quoted', () => {
    const value = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\\'));
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 4 }), (values) => {
        const text = `c:${values.map((each) => `"${each.replaceAll('"', '\\"')}"`).join(',')}`;
        expect(splitWords(text).words[0]?.values).toEqual(values);
      }),
    );
  });
});
