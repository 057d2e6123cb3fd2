import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LossNotice } from '../../src/console/loss.ts';
import { divertSay } from '../../src/console/say.ts';
import { lost } from '../fixtures/records.ts';
import { at } from '../fixtures/story.ts';

const said: string[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  said.length = 0;
  divertSay((text) => said.push(text));
  process.env.TZ = 'UTC';
});
afterEach(() => {
  divertSay(undefined);
  vi.useRealTimers();
});

const loss = (from: number, to: number, more: Parameters<typeof lost>[0] = {}) =>
  lost({ ...at(to), from: at(from).time, to: at(to).time, count: 3, exact: true, stage: 'kernel', ...more });

describe('LossNotice', () => {
  it('says the first loss at once, and of thousands one line a second with their sum', () => {
    const notice = new LossNotice(() => Date.now());
    for (let index = 0; index < 2000; index += 1) {
      notice.take(loss(index, index + 1));
      vi.advanceTimersByTime(1);
    }
    notice.end();
    expect(said.length).toBeLessThanOrEqual(4);
    const counts = said.map((line) => Number(/(\d+) events lost/.exec(line)?.[1]));
    expect(counts[0]).toBe(3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(6000);
  });

  it('says from the earliest to the latest of a sum, whatever order they come in, and of all stages', () => {
    const notice = new LossNotice(() => Date.now());
    notice.take(loss(0, 1));
    notice.take(loss(9000, 10_000));
    notice.take(loss(3000, 4000, { exact: false }));
    notice.take(loss(5000, 6000, { stage: 'pipe' }));
    notice.end();
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^3 events lost between \S+ and \S+ \(kernel\)$/);
    expect(said[1]).toMatch(
      /^at least 9 events lost between \S*03:04:08\.\S+ and \S*03:04:15\.\d+Z? \(kernel 6, pipe 3\)$/,
    );
  });

  it('says what a limit left out in the same line', () => {
    const notice = new LossNotice(() => Date.now());
    notice.take(loss(0, 1, { stage: 'limit' }));
    notice.take(loss(1, 2, { stage: 'limit' }));
    notice.take(loss(1, 2, { cpu: 1 }));
    notice.end();
    notice.end();
    expect(said).toEqual([
      expect.stringMatching(/^3 events left out by --limit between/),
      expect.stringMatching(/^3 events lost on CPU 1 between .* \(kernel\); 3 events left out by --limit between /),
    ]);
  });
});
