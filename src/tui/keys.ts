import type { Key } from 'ink';

/** One name for a key: `down`, `ctrl+c`, `pageup`, or the text that was typed. */
export const keyName = (input: string, key: Key): string => {
  if (key.upArrow) return 'up';
  if (key.downArrow) return 'down';
  if (key.leftArrow) return 'left';
  if (key.rightArrow) return 'right';
  if (key.pageUp) return 'pageup';
  if (key.pageDown) return 'pagedown';
  if (key.return) return 'enter';
  if (key.escape) return 'escape';
  if (key.tab) return 'tab';
  if (key.backspace) return 'backspace';
  if (key.delete) return 'delete';
  if (key.ctrl) return `ctrl+${input}`;
  return other[input] ?? input;
};

/** Keys that Ink gives as what is left of their escape sequence. */
const other: Readonly<Record<string, string>> = {
  '[H': 'home',
  '[F': 'end',
  '[1~': 'home',
  '[4~': 'end',
  '\x1a': 'ctrl+z',
};
