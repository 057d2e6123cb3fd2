import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { keyName } from '../../../src/tui/keys/keys.ts';

const none: Key = {
  ...{ upArrow: false, downArrow: false, leftArrow: false, rightArrow: false, pageDown: false, pageUp: false },
  ...{ home: false, end: false, return: false, escape: false, ctrl: false, shift: false, tab: false },
  ...{ backspace: false, delete: false, meta: false, super: false, hyper: false, capsLock: false, numLock: false },
};

describe('keyName', () => {
  it.each([
    ['upArrow', 'up'],
    ['downArrow', 'down'],
    ['leftArrow', 'left'],
    ['rightArrow', 'right'],
    ['pageUp', 'pageup'],
    ['pageDown', 'pagedown'],
    ['home', 'home'],
    ['end', 'end'],
    ['return', 'enter'],
    ['escape', 'escape'],
    ['tab', 'tab'],
    ['backspace', 'backspace'],
    ['delete', 'delete'],
  ] as const)('names %s, of which Ink gives no text: %s', (flag, name) => {
    expect(keyName('', { ...none, [flag]: true })).toBe(name);
  });

  it('gives letters, also large ones, and text as they are', () => {
    expect(keyName('j', none)).toBe('j');
    expect(keyName('G', { ...none, shift: true })).toBe('G');
    expect(keyName(' ', none)).toBe(' ');
    expect(keyName('日', none)).toBe('日');
    expect(keyName('pasted text', none)).toBe('pasted text');
  });

  it('names letters that are held with Ctrl', () => {
    expect(keyName('c', { ...none, ctrl: true })).toBe('ctrl+c');
    expect(keyName('d', { ...none, ctrl: true })).toBe('ctrl+d');
  });
});
