import type { Key } from 'ink';
import { describe, expect, it } from 'vitest';
import { escapesApart, keyName, keysOf } from '../../../src/tui/keys/keys.ts';

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

describe('escapesApart', () => {
  it.each([
    ['\x1bk', ['escape', 'k']],
    ['\x1b/web\r', ['escape', '/', 'w', 'e', 'b', 'enter']],
    ['\x1b\t', ['escape', 'tab']],
    ['jj\x1bq', ['j', 'j', 'escape', 'q']],
  ])('makes Esc a key of its own in %j', (input, keys) => {
    expect(keysOf(escapesApart(input))).toEqual(keys);
  });

  it('leaves what terminals send for keys, and an Esc at the end, of which more may come', () => {
    for (const input of ['\x1b[A', '\x1bOP', '\x1b[<64;10;5M', '\x1b', 'q']) {
      expect(escapesApart(input)).toBe(input);
    }
    expect(escapesApart('\x1b\x1b')).toMatch(/^[^\x1b]\x1b$/);
    expect(escapesApart('\x1b\x1b[A')).toMatch(/^[^\x1b]\x1b\[A$/);
  });
});
