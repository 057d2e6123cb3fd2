import { describe, expect, it } from 'vitest';
import { livesText } from '../../src/view/lives.ts';
import { container } from '../fixtures/records.ts';
import { at, castOf, inTime, lifeOf, startOf, timelinesOf } from '../fixtures/story.ts';

const lines = (...lives: ReturnType<typeof timelinesOf>): string[] =>
  livesText(lives, undefined)
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/ +/g, ' '));

describe('livesText', () => {
  it('says of each life when, how long, how it ended and how long it took to start', () => {
    const lives = timelinesOf(inTime(...lifeOf(), ...lifeOf({ base: 50_000, from: 5000 })));
    expect(lines(...lives)).toEqual([
      'CONTAINER BEGAN RAN STARTUP ENDED',
      'xyxy12 2026-01-02T03:04:05.001Z 980.0 ms 19.0 ms code 5',
      'xyxy12 2026-01-02T03:04:10.001Z 980.0 ms 19.0 ms code 5',
    ]);
  });

  it('says what goes on, what was there before, and what could not start', () => {
    const { info } = castOf();
    const before = timelinesOf([container({ ...at(0), container: info, op: 'seen' })]);
    const running = timelinesOf(startOf());
    const failed = timelinesOf([
      container({ ...at(0), container: info, op: 'created' }),
      container({ ...at(9), container: info, op: 'stopped', code: 127 }),
      container({ ...at(10), container: info, op: 'removed' }),
    ]);
    const removed = timelinesOf([
      container({ ...at(0), container: info, op: 'created' }),
      container({ ...at(10), container: info, op: 'removed' }),
    ]);
    expect(lines(...before, ...running, ...failed, ...removed).slice(1)).toEqual([
      'xyxy12 before tracing - - goes on',
      'xyxy12 2026-01-02T03:04:05.001Z - 19.0 ms goes on',
      'xyxy12 2026-01-02T03:04:05.000Z - - never started, code 127',
      'xyxy12 2026-01-02T03:04:05.000Z - - removed',
    ]);
  });

  it('names the host where there are several, and escapes', () => {
    const [life] = timelinesOf(lifeOf());
    expect(lines({ ...life!, host: 'a\u001b[31m' }).map((line) => line.split(' ')[0])).toEqual(['HOST', 'a\\x1b[31m']);
  });
});
