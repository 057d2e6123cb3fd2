import { describe, expect, it } from 'vitest';
import { CommonClock } from '../../src/record/common-clock.ts';
import { header } from '../fixtures/records.ts';

const at = (mono: string, time: string) => header({ mono, time });

describe('the clock that several recordings share', () => {
  it('counts from the first header', () => {
    const clock = new CommonClock();
    expect(clock.shiftOf(at('1000', '2026-01-02T03:04:05.000000000Z'))).toBe(0n);
    expect(clock.at('1500', 0n)).toBe(500);
  });

  it('puts a host with another uptime where its wall time says', () => {
    const clock = new CommonClock();
    clock.shiftOf(at('1000', '2026-01-02T03:04:05.000000000Z'));
    const shift = clock.shiftOf(at('900000', '2026-01-02T03:04:05.000000700Z'));
    expect(clock.at('900000', shift)).toBe(700);
    expect(clock.at('900001', shift)).toBe(701);
  });

  it('is exact where the kernel’s clock is past 2^53', () => {
    const clock = new CommonClock();
    clock.shiftOf(at('9007199254740993', '2026-01-02T03:04:05.000000000Z'));
    expect(clock.at('9007199254740996', 0n)).toBe(3);
    // From below 2^53 to above it.
    const low = new CommonClock();
    low.shiftOf(at('9007199254740990', '2026-01-02T03:04:05.000000000Z'));
    expect(low.at('9007199254740993', 0n)).toBe(3);
  });

  it('knows the wall time at which it began', () => {
    const clock = new CommonClock();
    clock.shiftOf(at('1000', '1970-01-01T00:00:01.000000005Z'));
    expect(clock.begin).toBe(1_000_000_005n);
  });
});
