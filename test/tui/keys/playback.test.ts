import { describe, expect, it } from 'vitest';
import { playbackOf } from '../../../src/tui/keys/playback.ts';

describe('what commands ask of a recording that plays', () => {
  it.each([
    ['play', { type: 'play' }],
    ['faster', { type: 'speed', factor: 2 }],
    ['slower', { type: 'speed', factor: 0.5 }],
    ['seekBack', { type: 'seek', seconds: -5 }],
    ['seekOn', { type: 'seek', seconds: 5 }],
    ['jump', undefined],
    ['down', undefined],
    ['quit', undefined],
  ] as const)('%s', (command, effect) => {
    expect(playbackOf(command)).toEqual(effect);
  });
});
