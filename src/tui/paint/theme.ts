/** What a piece of text means; the theme says how that looks. Nothing is said by colour alone. */
export type Tone = 'plain' | 'dim' | 'strong' | 'title' | 'good' | 'warn' | 'bad' | 'accent' | 'bar';

export interface Theme {
  readonly paint: (tone: Tone, text: string) => string;
  readonly selected: (text: string) => string;
  readonly glyphs: Glyphs;
  /** What the terminal can show of a text: without UTF-8 other characters by their numbers. */
  readonly text: (text: string) => string;
}

export interface Glyphs {
  readonly live: string;
  readonly paused: string;
  readonly waiting: string;
  readonly ended: string;
  readonly recording: string;
  readonly open: string;
  readonly closed: string;
  readonly starts: string;
  readonly joins: string;
  readonly fails: string;
  readonly exits: string;
  readonly made: string;
  readonly line: string;
  readonly bar: string;
  readonly outside: string;
  readonly end: string;
  /** It was there already at the left edge, and what it did before tracing is not known. */
  readonly before: string;
  readonly unseen: string;
  readonly up: string;
  readonly down: string;
  readonly spark: readonly string[];
  readonly branch: string;
  readonly last: string;
  readonly pipe: string;
}

const unicode: Glyphs = {
  ...{ live: '●', paused: '‖', waiting: '◌', ended: '■', recording: '◉', open: '▾', closed: '▸' },
  ...{ starts: '▶', joins: '◆', fails: '✗', exits: '◂', made: '+', line: '─', bar: '━', outside: '─', end: '┤' },
  ...{ before: '«', unseen: '┄', up: '▲', down: '▼' },
  spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  ...{ branch: '├─ ', last: '└─ ', pipe: '│  ' },
};

const ascii: Glyphs = {
  ...{ live: '*', paused: '=', waiting: '.', ended: '#', recording: '@', open: 'v', closed: '>' },
  ...{ starts: '>', joins: 'J', fails: 'x', exits: '<', made: '+', line: '-', bar: '=', outside: '-', end: '|' },
  ...{ before: '<', unseen: '.', up: '^', down: 'v' },
  spark: ['.', ':', '-', '=', '+', '*', '%', '#'],
  ...{ branch: '|- ', last: '`- ', pipe: '|  ' },
};

/** How many colours a terminal has, and on what. */
export type Colors = 'none' | 'dark' | 'light' | 'unknown' | 'many';

/** Codes of styles (SGR). Each set is readable where it is used: see its test. */
export const palettes: Readonly<Record<Colors, Readonly<Record<Tone, string>>>> = {
  none: { plain: '', dim: '', strong: '', title: '', good: '', warn: '', bad: '', accent: '', bar: '' },
  // The terminal's own 8 colours. Yellow, green and cyan cannot be read on white, blue not on black.
  dark: {
    ...{ plain: '', dim: '2', strong: '1', title: '1;36', good: '32' },
    ...{ warn: '33', bad: '1;31', accent: '36', bar: '36' },
  },
  light: {
    ...{ plain: '', dim: '2', strong: '1', title: '1;34', good: '34' },
    ...{ warn: '35', bad: '1;31', accent: '34', bar: '34' },
  },
  unknown: {
    ...{ plain: '', dim: '2', strong: '1', title: '1', good: '' },
    ...{ warn: '35', bad: '1;31', accent: '1', bar: '' },
  },
  // Of 256, those that are halfway between black and white.
  many: {
    ...{ plain: '', dim: '38;5;243', strong: '1', title: '1;38;5;30', good: '38;5;28' },
    ...{ warn: '38;5;130', bad: '1;38;5;160', accent: '38;5;30', bar: '38;5;32' },
  },
};

const asciiOf = (text: string): string =>
  text.replace(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);

export const makeTheme = (options: { colors: Colors; unicode: boolean }): Theme => {
  const codes = palettes[options.colors];
  return {
    paint: (tone, text) => (codes[tone] === '' ? text : `\x1b[${codes[tone]}m${text}\x1b[0m`),
    // Inverse is no colour: it stays without them, or the cursor could not be seen.
    selected: (text) => `\x1b[7m${text}\x1b[0m`,
    glyphs: options.unicode ? unicode : ascii,
    text: options.unicode ? (text) => text : asciiOf,
  };
};
