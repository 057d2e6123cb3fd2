import { stripVTControlCharacters as plain } from 'node:util';
import { describe, expect, it } from 'vitest';
import { column, type Piece, renderEnds, renderLine } from '../../../src/tui/paint/line.ts';
import { makeTheme } from '../../../src/tui/paint/theme.ts';
import { widthOf } from '../../../src/view/width.ts';

const bare = makeTheme({ colors: 'none', unicode: true });
const colored = makeTheme({ colors: 'dark', unicode: true });

const texts = ['', 'a', 'abcdef', '日本語', 'a日b本', 'e\u0301e\u0301', '😀😀', 'שלום', 'long '.repeat(30)];

describe('renderLine', () => {
  it('is exactly as wide as asked for, whatever the texts and their tones', () => {
    for (const first of texts) {
      for (const second of texts) {
        for (const width of [0, 1, 2, 3, 7, 20, 80]) {
          for (const selected of [false, true]) {
            const line = renderLine([[first, 'good'], [second, 'bad'], ['end']], width, colored, selected);
            expect(widthOf(plain(line)), JSON.stringify([first, second, width, line])).toBe(width);
          }
        }
      }
    }
  });

  it('shows a text that just fits, and cuts one that does not with a sign', () => {
    expect(renderLine([['abcdef']], 6, bare)).toBe('abcdef');
    expect(renderLine([['abcdefg']], 6, bare)).toBe('abcde~');
    expect(renderLine([['ab'], ['cd'], ['ef']], 6, bare)).toBe('abcdef');
  });

  it('says that more was left out, also where the first text just fits', () => {
    expect(renderLine([['abcdef'], ['gh']], 6, bare)).toBe('abcde~');
  });

  it('does not say that something was left out where only empty texts follow', () => {
    expect(renderLine([['abcdef'], ['']], 6, bare)).toBe('abcdef');
  });

  it('never cuts a wide character in two', () => {
    expect(renderLine([['日本語']], 4, bare)).toBe('日~ ');
    expect(renderLine([['日本語']], 5, bare)).toBe('日本~');
  });

  it('styles each piece by its tone, and ends each style', () => {
    const pieces: Piece[] = [['bad', 'bad'], [' '], ['good', 'good']];
    expect(renderLine(pieces, 10, colored)).toBe('\x1b[1;31mbad\x1b[0m \x1b[32mgood\x1b[0m  ');
  });

  it('has no colour without colours, but the line under the cursor is inverse', () => {
    expect(renderLine([['bad', 'bad']], 5, bare)).toBe('bad  ');
    expect(renderLine([['bad', 'bad']], 5, bare, true)).toBe('\x1b[7mbad  \x1b[0m');
    expect(renderLine([['bad', 'bad']], 5, colored, true)).toBe('\x1b[7mbad  \x1b[0m');
  });
});

describe('renderEnds', () => {
  it('puts one text at each end', () => {
    expect(renderEnds([['left']], [['right']], 12, bare)).toBe('left   right');
  });

  it('is exactly as wide as asked for', () => {
    for (const left of texts) {
      for (const right of texts) {
        for (const width of [1, 5, 10, 40]) {
          expect(widthOf(renderEnds([[left]], [[right]], width, bare)), JSON.stringify([left, right, width])).toBe(
            width,
          );
        }
      }
    }
  });

  it('shows the left one only where there is no room for both', () => {
    expect(renderEnds([['left']], [['right']], 9, bare)).toBe('left     ');
  });
});

describe('column', () => {
  it('pads and cuts by width, not by length', () => {
    expect(column('ab', 4)).toBe('ab  ');
    expect(column('日本', 5)).toBe('日本 ');
    expect(column('日本語', 5)).toBe('日本~');
  });
});
