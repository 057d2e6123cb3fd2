import { describe, expect, it } from 'vitest';
import { stepOf } from '../../src/tui/moves.ts';

describe('the lines that a key moves by', () => {
  it.each([
    ['j', 1],
    ['up', -1],
    ['pagedown', 21],
    ['ctrl+b', -21],
    ['ctrl+d', 10],
    ['x', undefined],
    ['', undefined],
  ])('%j: %s', (key, lines) => {
    expect(stepOf(key, 21)).toBe(lines);
  });

  it('to either end are more than any list has', () => {
    expect([stepOf('g', 21), stepOf('end', 21)]).toEqual([-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  });
});
