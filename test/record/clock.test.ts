import { describe, expect, it } from 'vitest';
import { clockAt, clockNs } from '../../src/record/clock.ts';

const at = { time: '2026-01-02T03:04:05.123456789Z', mono: '9007199254740993' };

describe('the clock of a stream', () => {
  it('is the kernel’s where one host recorded', () => {
    expect(clockAt(at)).toBe(9007199254740993n);
    expect(clockNs({ ...at, mono: '1500' })).toBe(1500);
  });

  it('is the wall clock where several hosts were merged, exact to 256 ns', () => {
    const merged = { ...at, source_seq: 7 };
    const exact = BigInt(Date.UTC(2026, 0, 2, 3, 4, 5)) * 1_000_000n + 123_456_789n;
    expect(Math.abs(Number(clockAt(merged) - exact))).toBeLessThanOrEqual(256);
    expect(clockNs({ ...merged, time: '2026-01-02T03:04:06.123456789Z' }) - clockNs(merged)).toBe(1e9);
  });
});
