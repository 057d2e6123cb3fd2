import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/filter/moment.ts';

const now = Date.parse('2026-01-02T12:00:00Z');

describe('parseMoment', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000000000Z'],
    ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123456789Z'],
    ['2026-01-02T03:04:05.1234567891Z', '2026-01-02T03:04:05.123456789Z'],
    ['2026-01-02t03:04:05.5z', '2026-01-02T03:04:05.500000000Z'],
    ['2026-01-02T03:04:05+02:00', '2026-01-02T01:04:05.000000000Z'],
    ['2026-01-02 03:04Z', '2026-01-02T03:04:00.000000000Z'],
    ['10m', '2026-01-02T11:50:00.000000000Z'],
    ['1h30m', '2026-01-02T10:30:00.000000000Z'],
    ['1.5s', '2026-01-02T11:59:58.500000000Z'],
    ['250ms', '2026-01-02T11:59:59.750000000Z'],
    ['2d', '2025-12-31T12:00:00.000000000Z'],
    ['0s', '2026-01-02T12:00:00.000000000Z'],
  ])('%j is %s', (text, expected) => {
    expect(parseMoment(text, now)).toBe(expected);
  });

  it('takes a time without an offset as local', () => {
    const local = new Date('2026-01-02T03:04:05').toISOString().replace('Z', '000000Z');
    expect(parseMoment('2026-01-02T03:04:05', now)).toBe(local);
    expect(parseMoment('2026-01-02', now)).toBe(new Date('2026-01-02T00:00').toISOString().replace('Z', '000000Z'));
  });

  it.each(['', 'yesterday', '10', 'm', '10x', '2026-13-02T00:00:00Z', '2026-01-02T25:00:00Z', '99999999999d'])(
    'does not know %j',
    (text) => {
      expect(parseMoment(text, now)).toBeUndefined();
    },
  );
});
