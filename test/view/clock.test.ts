import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { clock, exactClock, moment, shortMoment } from '../../src/view/clock.ts';

const time = '2026-01-02T23:04:05.123456789Z';

let before: string | undefined;
beforeEach(() => {
  before = process.env.TZ;
});
afterEach(() => {
  if (before === undefined) {
    delete process.env.TZ;
  } else {
    process.env.TZ = before;
  }
});

describe('times', () => {
  it.each([
    ['UTC', '23:04:05', '2026-01-02T23:04:05.123456789Z'],
    ['Europe/Berlin', '00:04:05', '2026-01-03T00:04:05.123456789+01:00'],
    ['America/St_Johns', '19:34:05', '2026-01-02T19:34:05.123456789-03:30'],
  ])('are in the time zone %s', (zone, ofDay, whole) => {
    process.env.TZ = zone;
    expect(clock(time)).toBe(ofDay);
    expect(exactClock(time)).toBe(`${ofDay}.123456`);
    expect(moment(time)).toBe(whole);
    expect(shortMoment(time)).toBe(whole.replace('456789', ''));
    expect(Date.parse(moment(time))).toBe(Date.parse(time));
  });

  it('are left as they are where they are none', () => {
    expect(moment('soon')).toBe('soon');
  });
});
