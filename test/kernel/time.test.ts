import { describe, expect, it } from 'vitest';
import { monoOfTicks, ticksOf } from '../../src/kernel/time.ts';

describe('ticksOf', () => {
  it.each([
    ['0', 0],
    ['9999999', 0],
    ['10000000', 1],
    ['5512349999999', 551234],
    ['9223372036854775807', 922337203685],
  ])('makes ticks of %s ns as the kernel does, rounding down', (mono, ticks) => {
    expect(ticksOf({ mono, at: Number(mono) })).toBe(ticks);
  });

  it('is exact where a number is not', () => {
    const mono = '90071992549999999';
    expect(Number(mono)).toBe(90_071_992_550_000_000);
    expect(ticksOf({ mono, at: Number(mono) })).toBe(9_007_199_254);
  });
});

describe('monoOfTicks', () => {
  it('is the way back', () => {
    expect(monoOfTicks(551234)).toBe('5512340000000');
    const mono = monoOfTicks(922_337_203_685);
    expect(ticksOf({ mono, at: Number(mono) })).toBe(922_337_203_685);
  });
});
