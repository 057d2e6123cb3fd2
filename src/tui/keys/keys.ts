import type { Key } from 'ink';

/** One name for a key: `down`, `ctrl+c`, `pageup`, or the text that was typed. */
export const keyName = (input: string, key: Key): string => {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.home) return 'home';
  if (key.end) return 'end';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  if (key.ctrl) return `ctrl+${input}`;
  return controls[input] ?? input;
};

/** Stands for Esc where another key came with it: Ink takes ESC and a letter for that letter with Alt. No text has it. */
const escapeMark = '\ufdd0';

/** What was typed, in which each Esc is a key of its own, whatever came right after it; sequences of a terminal are left as they are. */
export const escapesApart = (input: string): string => input.replace(/\x1b(?=[^[O])/g, escapeMark);

/** Keys that come as control characters, also in the middle of what was pasted or typed fast. */
const controls: Readonly<Record<string, string>> = {
  ...{ '\r': 'enter', '\n': 'enter', '\t': 'tab', '\x7f': 'backspace', '\b': 'backspace', '\x1b': 'escape' },
  [escapeMark]: 'escape',
  ...{ '\x03': 'ctrl+c', '\x1a': 'ctrl+z', '\x15': 'ctrl+u' },
};

/** The keys of text that came in one piece. */
export const keysOf = (input: string): string[] => [...input].map((character) => controls[character] ?? character);

/** A click on a line of the screen, from 0, or a step of the wheel, which is a key. */
export type MouseEvent =
  | { readonly type: 'click'; readonly line: number }
  | { readonly type: 'key'; readonly key: 'wheelup' | 'wheeldown' };

export const isMouse = (input: string): boolean => /^\[<\d+;\d+;\d+[Mm]/.test(input);

/** What a mouse sends in SGR coding, after its ESC: `[<64;10;5M`. */
export const mouseEventsOf = (input: string): MouseEvent[] =>
  [...input.matchAll(/\[<(\d+);\d+;(\d+)([Mm])/g)].flatMap(([, button, line, press]): MouseEvent[] => {
    switch (press === 'M' ? Number(button) : -1) {
      case 0:
        return [{ type: 'click', line: Number(line) - 1 }];
      case 64:
        return [{ type: 'key', key: 'wheelup' }];
      case 65:
        return [{ type: 'key', key: 'wheeldown' }];
      default:
        return [];
    }
  });
