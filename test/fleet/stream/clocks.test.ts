import { describe, expect, it } from 'vitest';
import { Clocks, clockText } from '../../../src/fleet/stream/clocks.ts';

const web = { cluster: 'c', host: 'web' };

describe('clocks of hosts', () => {
  it('are compared by the message that was the quickest on its way', () => {
    const clocks = new Clocks();
    // The host is 2 s ahead; the messages are 300, 4 and 90 ms on their way.
    for (const [at, way] of [
      [0, 300],
      [1000, 4],
      [2000, 90],
    ] as const) {
      clocks.take(web, { sentMs: 2000 + at, storedMs: at + way, roundTripMs: 2 * way });
    }
    const clock = clocks.of(web)!;
    expect(clock.aheadMs).toBeGreaterThanOrEqual(2000 - clock.errorMs);
    expect(clock.aheadMs).toBeLessThanOrEqual(2000 + clock.errorMs);
    expect(clock.errorMs).toBe(4);
    expect(clocks.all()).toEqual([clock]);
    expect(clocks.of({ cluster: 'c', host: 'db' })).toBeUndefined();
  });

  it('are measured anew after minutes, and know the last ones meanwhile', () => {
    const clocks = new Clocks();
    clocks.take(web, { sentMs: 5000, storedMs: 0, roundTripMs: 2 });
    clocks.take(web, { sentMs: 400_000, storedMs: 400_000, roundTripMs: 10 });
    expect(clocks.of(web)?.aheadMs).toBeGreaterThan(4000);
    clocks.take(web, { sentMs: 800_000, storedMs: 800_000, roundTripMs: 10 });
    expect(clocks.of(web)).toMatchObject({ aheadMs: 5, errorMs: 5 });
  });

  it.each([
    [{ aheadMs: 2300, errorMs: 3.2 }, '2.3 s ahead (± 4 ms)'],
    [{ aheadMs: -12_000, errorMs: 1500 }, '12 s behind (± 1.5 s)'],
  ])('of %j are %s', (clock, text) => {
    expect(clockText(clock)).toBe(text);
  });
});
