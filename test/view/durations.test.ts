import { describe, expect, it } from 'vitest';
import { age, cpuTime, hoursMinutesSeconds, seconds } from '../../src/view/durations.ts';

describe('seconds', () => {
  it.each([
    [0, '0.0 ms'],
    [12_340_000, '12.3 ms'],
    [1_000_000_000, '1.00 s'],
    [99_500_000_000, '99.50 s'],
    [100_000_000_000, '100 s'],
  ])('shows %d ns as %s', (ns, shown) => {
    expect(seconds(ns)).toBe(shown);
  });
});

describe('age', () => {
  it.each([
    [-5000, '0s'],
    [999, '0s'],
    [59_999, '59s'],
    [60_000, '1m'],
    [61_000, '1m1s'],
    [3_600_000, '1h'],
    [3_659_000, '1h'],
    [90_061_000, '1d1h'],
    [400 * 86_400_000, '400d'],
  ])('%i ms is %s', (ms, text) => {
    expect(age(ms)).toBe(text);
  });
});

describe('cpuTime', () => {
  it.each([
    [0, '0:00.00'],
    [123, '0:01.23'],
    [6000, '1:00.00'],
    [360_001, '60:00.01'],
  ])('%i ticks are %s', (ticks, text) => {
    expect(cpuTime(ticks)).toBe(text);
  });
});

describe('hoursMinutesSeconds', () => {
  it.each([
    [0, '00:00:00'],
    [3723, '01:02:03'],
    [360_000, '100:00:00'],
  ])('%i s are %s', (total, text) => {
    expect(hoursMinutesSeconds(total)).toBe(text);
  });
});
