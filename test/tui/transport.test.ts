import { describe, expect, it } from 'vitest';
import { transportOf } from '../../src/tui/transport.ts';

describe('the keys of a recording that plays', () => {
  it.each([
    [' ', { type: 'play' }],
    ['+', { type: 'speed', factor: 2 }],
    ['-', { type: 'speed', factor: 0.5 }],
    ['left', { type: 'seek', seconds: -5 }],
    ['>', { type: 'seek', seconds: 5 }],
    ['1', { type: 'jump', to: 'start' }],
    ['4', { type: 'jump', to: 'join' }],
  ])('%j', (key, effect) => {
    expect(transportOf(key)).toEqual(effect);
  });

  it('are no others', () => {
    for (const key of ['5', 'a', '', 'constructor', '__proto__']) {
      expect(transportOf(key), key).toBeUndefined();
    }
  });
});
