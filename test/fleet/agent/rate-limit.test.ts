import { describe, expect, it } from 'vitest';
import { RateLimit } from '../../../src/fleet/agent/rate-limit.ts';
import { container, exec, header, inContainer } from '../../fixtures/records.ts';

describe('a limit of a container', () => {
  it('passes that many events a second, counts the others, and reports them', () => {
    const limit = new RateLimit(2);
    expect([1, 2, 3, 4, 5].map(() => limit.allows(exec()))).toEqual([true, true, false, false, false]);
    expect(limit.due(1500)).toMatchObject([{ type: 'lost', count: 3, exact: true, stage: 'limit' }]);
    expect(limit.allows(exec())).toBe(true);
    expect(limit.due(3000)).toEqual([]);
    expect(limit.dropped).toBe(3);
  });

  it('reports what it dropped from the earliest to the latest of it, also where the clock was set back', () => {
    const limit = new RateLimit(0);
    const at = (second: number) => `2026-01-01T00:00:0${second}.000000000Z`;
    for (const second of [5, 9, 2]) {
      limit.allows(exec({ time: at(second) }));
    }
    expect(limit.due(1500)).toMatchObject([{ count: 3, from: at(2), to: at(9) }]);
  });

  it('counts each container apart', () => {
    const limit = new RateLimit(1);
    expect(limit.allows(exec())).toBe(true);
    expect(limit.allows(exec(inContainer))).toBe(true);
    expect(limit.allows(exec(inContainer))).toBe(false);
  });

  it('never holds back what says how things are', () => {
    const limit = new RateLimit(0);
    expect([header(), container()].map((record) => limit.allows(record))).toEqual([true, true]);
  });

  it('reports the rest at the end, also within a second', () => {
    const limit = new RateLimit(0);
    limit.due(1000);
    limit.allows(exec());
    expect(limit.due(1001)).toEqual([]);
    expect(limit.due(1001, true)).toMatchObject([{ count: 1 }]);
  });
});
