import { describe, expect, it } from 'vitest';
import { bindings, bindingsOf, footBindings, keyCommandOf } from '../../../src/tui/keys/bindings.ts';
import { helpLines } from '../../../src/tui/paint/help.ts';
import { makeTheme } from '../../../src/tui/paint/theme.ts';

const live = { isReplay: false, mode: 'flat' };
const replay = { isReplay: true, mode: 'flat' };

describe('the table of keys', () => {
  it('gives a key one meaning in each place', () => {
    for (const isReplay of [false, true]) {
      const keys = bindingsOf(isReplay)
        .filter(({ when }) => when !== 'lanes')
        .flatMap((binding) => Object.keys(binding.keys));
      expect(keys).toEqual([...new Set(keys)]);
    }
  });

  it('is about traces, replays and lanes where a binding says so', () => {
    expect([keyCommandOf(' ', live), keyCommandOf(' ', replay)]).toEqual(['pause', 'play']);
    expect([keyCommandOf('r', live), keyCommandOf('r', replay)]).toEqual(['record', undefined]);
    expect([keyCommandOf('+', live), keyCommandOf('+', replay)]).toEqual([undefined, 'faster']);
    expect([live, replay].map((place) => keyCommandOf('+', { ...place, mode: 'lanes' }))).toEqual([
      'shorter',
      'shorter',
    ]);
  });

  it('knows no keys by the names of JavaScript', () => {
    for (const key of ['constructor', '__proto__', '']) {
      expect(keyCommandOf(key, live), key).toBeUndefined();
    }
  });

  it('is the help and the last line of the screen', () => {
    for (const isReplay of [false, true]) {
      const help = helpLines(isReplay, makeTheme({ colors: 'none', unicode: true }).glyphs);
      expect(help.filter((line) => line.length > 80)).toEqual([]);
      for (const { label, what, section } of bindingsOf(isReplay)) {
        expect(help).toContain(section);
        expect(help.some((line) => line.includes(label) && line.endsWith(what))).toBe(true);
      }
      expect(footBindings(isReplay)[0]).toEqual(['?', 'help']);
    }
    expect(bindings.every(({ keys }) => Object.keys(keys).length > 0)).toBe(true);
  });
});
