import { describe, expect, it } from 'vitest';
import { lostWords } from '../../src/view/lost.ts';

describe('how many events were lost', () => {
  it.each([
    [5, true, '5'],
    [0, true, '0'],
    [5, false, 'at least 5'],
    [0, false, 'nobody knows how many'],
  ])('%i, exact %s, is %j', (count, exact, text) => {
    expect(lostWords({ count, exact })).toBe(text);
  });
});
