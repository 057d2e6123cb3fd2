import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UntilStopped } from '../../src/tracing/until-stopped.ts';
import { container, exec, xyxy12Info } from '../fixtures/records.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const watch = (...selectors: string[]) => {
  const until = new UntilStopped(selectors, false);
  until.onEnd = vi.fn();
  return { until, onEnd: until.onEnd };
};

describe('UntilStopped', () => {
  it('ends when the container is removed after it has stopped, with its code', () => {
    const { until, onEnd } = watch('xyxy12');
    until.take(container({ op: 'created' }));
    until.take(container({ op: 'stopped', code: 42 }));
    expect(onEnd).not.toHaveBeenCalled();
    until.take(container({ op: 'removed' }));
    expect(onEnd).toHaveBeenCalledOnce();
    expect(until.status).toBe(42);
  });

  it('does not wait long for the removal', () => {
    const { until, onEnd } = watch('xyxy12');
    until.take(container({ op: 'stopped', signal: 'SIGKILL' }));
    vi.advanceTimersByTime(2000);
    expect(onEnd).toHaveBeenCalledOnce();
    expect(until.status).toBe(137);
  });

  it('is not ended by other containers', () => {
    const { until, onEnd } = watch('xyxy12', '!old');
    const other = { ...xyxy12Info, id: 'other', name: 'other', init: 7, pidns: 1 };
    until.take(container({ op: 'stopped', container: other, code: 1 }));
    until.take(exec());
    vi.advanceTimersByTime(5000);
    expect(onEnd).not.toHaveBeenCalled();
    expect(until.status).toBeUndefined();
  });

  it('takes its first end', () => {
    const { until } = watch('xyxy12');
    until.take(container({ op: 'stopped', code: 3 }));
    until.take(container({ op: 'stopped', code: 4 }));
    expect(until.status).toBe(3);
  });

  it.each([[[]], [['a', 'b']], [['host']], [['!a']]])('refuses %j, which is not one container', (selectors) => {
    expect(() => new UntilStopped(selectors, false)).toThrow('needs one container');
  });

  it('refuses a command beside it', () => {
    expect(() => new UntilStopped(['a'], true)).toThrow('contradict');
  });
});
