import { describe, expect, it } from 'vitest';
import { edited } from '../../../src/tui/keys/prompt.ts';

describe('a line that is typed', () => {
  it.each([
    ['a', 'b', 'ab'],
    ['a', ' ', 'a '],
    ['a日', 'backspace', 'a'],
    ['a😀', 'delete', 'a'],
    ['', 'backspace', ''],
    ['abc', 'ctrl+u', ''],
    ['a', 'up', 'a'],
    ['a', 'ctrl+a', 'a'],
    ['a', '\x1b', 'a'],
    ['a', '\u202e', 'a'],
  ])('%j after %j is %j', (text, key, after) => {
    expect(edited(text, key)).toBe(after);
  });

  it('ends somewhere', () => {
    let text = '';
    for (let count = 0; count < 300; count += 1) {
      text = edited(text, 'x');
    }
    expect(text).toHaveLength(200);
  });
});
