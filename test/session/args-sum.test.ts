import { describe, expect, it } from 'vitest';
import { tailOffset } from '../../src/probe/wire.ts';
import { tailSum } from '../../src/session/args-sum.ts';

const key = 0x1234_5678_9abc_def1n;
const area = (length: number): Buffer => Buffer.from(Array.from({ length }, (_, index) => (index * 7) & 255));

describe('the sum of a long argv', () => {
  it('changes with every byte behind what was sent, and with none before', () => {
    const length = tailOffset + 75;
    const sum = tailSum(area(length), key);
    for (let at = tailOffset; at < length; at += 1) {
      const other = area(length);
      other[at] = other[at]! ^ 1;
      expect(tailSum(other, key)).not.toBe(sum);
    }
    const before = area(length);
    before[100] = 0;
    expect(tailSum(before, key)).toBe(sum);
  });

  it('is another one for each key', () => {
    expect(tailSum(area(20_000), key)).not.toBe(tailSum(area(20_000), key + 2n));
  });

  it('takes an end of any length', () => {
    for (let more = 1; more < 70; more += 1) {
      expect(tailSum(area(tailOffset + more), key)).toBeGreaterThan(0n);
    }
  });
});
