import { afterEach, describe, expect, it } from 'vitest';
import { callersZone, showUtc } from '../../src/console/zone.ts';

const before = process.env.TZ;

afterEach(() => {
  if (before === undefined) {
    delete process.env.TZ;
  } else {
    process.env.TZ = before;
  }
});

describe('showUtc', () => {
  it('changes what we show, not the time zone of what we start', () => {
    process.env.TZ = 'Asia/Tokyo';
    expect(new Date(0).getHours()).toBe(9);
    showUtc();
    expect(new Date(0).getHours()).toBe(0);
    expect(callersZone()).toEqual({ TZ: before });
  });
});
