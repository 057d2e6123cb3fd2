import type { Colors } from '../paint/theme.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Terminals whose fonts have no other signs than those of ASCII, whatever the locale: consoles, and those of old. */
const plainFont = /^(?:linux|vt\d|ansi|cons25|sun|xterm-mono)/;
/** Those that have 256 colours though their name does not say so. */
const manyColors = /256|direct|kitty|alacritty|foot|wezterm|ghostty|contour/;
/** Those that have no colours. */
const noColors = /^(?:vt(?:52|1\d\d|2\d\d|3\d\d|4\d\d)|sun|xterm-mono)/;

/** What a terminal can show, as its name and the environment say. */
export const capabilitiesOf = (
  { TERM = '', COLORTERM = '', COLORFGBG = '' }: Environment,
  { color, utf8 }: { color: boolean; utf8: boolean },
): { colors: Colors; unicode: boolean } => ({
  unicode: utf8 && !plainFont.test(TERM),
  colors: color && !noColors.test(TERM) ? colorsOf(TERM, COLORTERM, COLORFGBG) : 'none',
});

const colorsOf = (term: string, colorTerm: string, foregroundBackground: string): Colors => {
  if (manyColors.test(term) || /truecolor|24bit/.test(colorTerm)) {
    return 'many';
  }
  if (term === 'linux') {
    return 'dark';
  }
  // `15;0`, or `0;default;15`: the number of the background's colour comes last.
  const background = /;(\d+)$/.exec(foregroundBackground)?.[1];
  return background === undefined ? 'unknown' : background === '7' || background === '15' ? 'light' : 'dark';
};
