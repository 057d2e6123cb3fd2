import { describe, expect, it } from 'vitest';
import { stepOf } from '../../../src/tui/keys/moves.ts';

describe('the lines that a command moves by', () => {
  it.each([
    ['down', 1],
    ['up', -1],
    ['pageDown', 21],
    ['pageUp', -21],
    ['halfDown', 10],
    ['quit', undefined],
    [undefined, undefined],
  ] as const)('%j: %s', (command, lines) => {
    expect(stepOf(command, 21)).toBe(lines);
  });

  it('to either end are more than any list has', () => {
    expect([stepOf('first', 21), stepOf('last', 21)]).toEqual([-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]);
  });
});
