import { expect, it } from 'vitest';
import { wantsColor } from '../../src/console/color.ts';

it.each([
  ['a terminal has colours', 'auto', {}, true, true],
  ['a pipe has none', 'auto', {}, false, false],
  ['a dumb terminal has none', 'auto', { TERM: 'dumb' }, true, false],
  ['NO_COLOR takes them', 'auto', { NO_COLOR: '1' }, true, false],
  ['an empty NO_COLOR is none', 'auto', { NO_COLOR: '' }, true, true],
  ['FORCE_COLOR gives them', 'auto', { FORCE_COLOR: '1' }, false, true],
  ['FORCE_COLOR=0 takes them', 'auto', { FORCE_COLOR: '0' }, true, false],
  ['NO_COLOR counts before FORCE_COLOR', 'auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  ['--color always counts before all', 'always', { NO_COLOR: '1', TERM: 'dumb' }, false, true],
  ['--color never too', 'never', { FORCE_COLOR: '1' }, true, false],
] as const)('%s', (_, when, environment, isTTY, expected) => {
  expect(wantsColor(when, environment, isTTY)).toBe(expected);
});
