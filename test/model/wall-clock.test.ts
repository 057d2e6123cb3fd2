import { describe, expect, it } from 'vitest';
import { WallClock } from '../../src/model/wall-clock.ts';

describe('WallClock', () => {
  it('reports time in UTC with nine digits', () => {
    expect(new WallClock(0n).time('0')).toBe('1970-01-01T00:00:00.000000000Z');
    expect(new WallClock(1_767_323_045_000_000_000n).time('123456789')).toBe('2026-01-02T03:04:05.123456789Z');
  });

  it.each([
    ['1', '1970-01-01T00:00:00.000000001Z'],
    ['999999999', '1970-01-01T00:00:00.999999999Z'],
    ['1000000000', '1970-01-01T00:00:01.000000000Z'],
    ['86400000000001', '1970-01-02T00:00:00.000000001Z'],
  ])('places %s ns of the kernel clock', (mono, time) => {
    expect(new WallClock(0n).time(mono)).toBe(time);
  });

  it('carries nanoseconds over to the next second', () => {
    const clock = new WallClock(1_999_999_999n);
    expect(clock.time('1')).toBe('1970-01-01T00:00:02.000000000Z');
    expect(clock.time('2000000002')).toBe('1970-01-01T00:00:04.000000001Z');
  });

  it('is exact where numbers are not', () => {
    expect(new WallClock(1_700_000_000_000_000_001n).time('9007199254740993')).toBe('2024-02-27T04:13:19.254740994Z');
  });

  it('agrees with exact arithmetic whichever way time goes', () => {
    const offset = 1_767_323_045_987_654_321n;
    const clock = new WallClock(offset);
    for (let step = 0n; step < 500n; step += 1n) {
      const mono = (step * 7_919_123_456_789n) % 50_000_000_000_000n;
      const time = clock.time(String(mono));
      const seconds = BigInt(Date.parse(`${time.slice(0, 19)}Z`) / 1000);
      expect(seconds * 1_000_000_000n + BigInt(time.slice(20, 29))).toBe(offset + mono);
    }
  });

  it('follows the wall clock when it is set', () => {
    const clock = new WallClock(0n);
    clock.time('5000000000');
    clock.setOffset(3_600_000_000_000n);
    expect(clock.time('5000000000')).toBe('1970-01-01T01:00:05.000000000Z');
  });
});
