import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Limit, maxTimerMs, timeLeft } from '../../src/console/limit.ts';
import { container, exec, exit, footer, header, lost, process as running } from '../fixtures/records.ts';

describe('--max-events', () => {
  it('counts events, and not what frames them', () => {
    const reached = vi.fn();
    const limit = new Limit({ maxEvents: 2 }, reached);
    for (const frame of [header({}), running({}), container({}), lost({})]) {
      expect(limit.allows(frame)).toBe(true);
    }
    expect(limit.allows(exec({}))).toBe(true);
    expect(reached).not.toHaveBeenCalled();
    expect(limit.allows(exit({}))).toBe(true);
    expect(reached).toHaveBeenCalledOnce();
    expect(limit.allows(exec({}))).toBe(false);
    expect(limit.allows(footer({}))).toBe(true);
    expect(reached).toHaveBeenCalledOnce();
  });

  it('counts containers where they were asked for', () => {
    const limit = new Limit({ maxEvents: 1, events: ['container'] }, () => {});
    expect(limit.allows(container({}))).toBe(true);
    expect(limit.allows(container({}))).toBe(false);
  });

  it('is none without it', () => {
    const limit = new Limit({}, () => expect.unreachable());
    for (let count = 0; count < 1000; count += 1) {
      expect(limit.allows(exec({}))).toBe(true);
    }
  });
});

describe('the time that is left', () => {
  beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-31T12:00:00Z') }));
  afterEach(() => void vi.useRealTimers());

  it('is what --duration or --until leave, whichever is less', () => {
    expect(timeLeft(undefined, undefined)).toBeUndefined();
    expect(timeLeft(5000, undefined)).toBe(5000);
    expect(timeLeft(undefined, '2026-01-31T12:00:02Z')).toBe(2000);
    expect(timeLeft(5000, '2026-01-31T12:00:02Z')).toBe(2000);
  });

  it('is never less than nothing, and never more than a timer can wait', () => {
    expect(timeLeft(undefined, '2026-01-31T11:00:00Z')).toBe(0);
    expect(timeLeft(undefined, '2027-01-31T12:00:00Z')).toBe(maxTimerMs);
  });
});
