import { describe, expect, it } from 'vitest';
import { makeTheme, palettes } from '../../../src/tui/paint/theme.ts';
import { capabilitiesOf } from '../../../src/tui/terminal/capabilities.ts';

const both = { color: true, utf8: true };

describe('what a terminal can show', () => {
  it.each([
    [{ TERM: 'xterm-256color' }, 'many', true],
    [{ TERM: 'xterm', COLORTERM: 'truecolor' }, 'many', true],
    [{ TERM: 'xterm-kitty' }, 'many', true],
    [{ TERM: 'tmux-256color' }, 'many', true],
    [{ TERM: 'xterm' }, 'unknown', true],
    [{ TERM: 'xterm', COLORFGBG: '0;15' }, 'light', true],
    [{ TERM: 'rxvt', COLORFGBG: '15;default;0' }, 'dark', true],
    [{ TERM: 'linux' }, 'dark', false],
    [{ TERM: 'vt100' }, 'none', false],
    [{ TERM: 'vt220' }, 'none', false],
    [{}, 'unknown', true],
  ] as const)('%j', (environment, colors, unicode) => {
    expect(capabilitiesOf(environment, both)).toEqual({ colors, unicode });
  });

  it('is no colour where none is wanted, and ASCII in another locale', () => {
    expect(capabilitiesOf({ TERM: 'xterm-256color' }, { color: false, utf8: false })).toEqual({
      colors: 'none',
      unicode: false,
    });
  });
});

/** Colours as xterm draws them. */
const basic = ['#000000', '#cd0000', '#00cd00', '#cdcd00', '#0000ee', '#cd00cd', '#00cdcd', '#e5e5e5'];
const level = (step: number): number => (step === 0 ? 0 : 55 + 40 * step);

const rgbOf = (code: string): number[] | undefined => {
  const many = /38;5;(\d+)/.exec(code);
  if (many !== null) {
    const index = Number(many[1]) - 16;
    const gray = 8 + 10 * (Number(many[1]) - 232);
    return index >= 216
      ? [gray, gray, gray]
      : [Math.floor(index / 36), Math.floor(index / 6) % 6, index % 6].map(level);
  }
  const one = /3(\d)$/.exec(code);
  const color = one === null ? undefined : basic[Number(one[1])]!;
  return color?.match(/[\da-f]{2}/g)?.map((part) => Number.parseInt(part, 16));
};

/** As WCAG 2 has it: 1 is none, 21 is black on white. */
const contrast = (rgb: readonly number[], background: number): number => {
  const linear = (value: number) => (value <= 10 ? value / 3294 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const [red, green, blue] = rgb.map(linear);
  const light = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return (Math.max(light, background) + 0.05) / (Math.min(light, background) + 0.05);
};

describe('the colours', () => {
  it.each([
    ['many', [0, 1]],
    ['unknown', [0, 1]],
    ['dark', [0]],
    ['light', [1]],
  ] as const)('of %s can be read on each background that they are used on', (colors, backgrounds) => {
    for (const [tone, code] of Object.entries(palettes[colors])) {
      const rgb = rgbOf(code);
      for (const background of rgb === undefined ? [] : backgrounds) {
        expect(contrast(rgb!, background), `${tone} on ${background}`).toBeGreaterThan(3.5);
      }
    }
  });

  it('never say anything alone: without them every sign is another one', () => {
    for (const unicode of [true, false]) {
      const { starts, joins, fails, exits, made, ended } = makeTheme({ colors: 'none', unicode }).glyphs;
      expect(new Set([starts, joins, fails, exits, made, ended]).size).toBe(6);
    }
  });

  it('are none without colours', () => {
    expect(makeTheme({ colors: 'none', unicode: true }).paint('bad', 'x')).toBe('x');
  });
});
