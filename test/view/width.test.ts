import { describe, expect, it } from 'vitest';
import { cutTo, padStartTo, padTo, widthOf } from '../../src/view/width.ts';

/** Texts as names and arguments have them, with the columns that a terminal gives them. */
const texts = [
  ['', 0],
  ['plain', 5],
  ['Grüße', 5],
  ['日本語', 6],
  ['ｆｕｌｌ', 8],
  ['e\u0301', 1],
  // At most: some terminals draw one sign, some add up the three.
  ['👩‍👩‍👧', 6],
  ['a日b', 4],
] as const;

describe('widthOf', () => {
  it.each(texts)('gives %j %i columns', (text, columns) => {
    expect(widthOf(text)).toBe(columns);
  });
});

describe('cutTo', () => {
  it('leaves what fits as it is', () => {
    for (const [text, columns] of texts) {
      expect(cutTo(text, columns)).toBe(text);
      expect(cutTo(text, columns + 3)).toBe(text);
    }
  });

  it('says that something is missing', () => {
    expect(cutTo('abcdef', 4)).toBe('abc~');
    expect(cutTo('abcdef', 1)).toBe('~');
    expect(cutTo('abcdef', 4, '..')).toBe('ab..');
  });

  it('is exactly so wide, also where a wide character would be halved', () => {
    expect(cutTo('日本語', 4)).toBe('日~ ');
    for (const [text, columns] of texts) {
      for (let room = 1; room < columns; room += 1) {
        expect(widthOf(cutTo(text, room)), `${text} in ${room}`).toBe(room);
      }
    }
  });

  it('never leaves half a character', () => {
    expect(cutTo('👩‍👩‍👧👩‍👩‍👧', 7)).toBe('👩‍👩‍👧~');
    expect(cutTo('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301~');
  });

  it('has nothing where there is no room', () => {
    expect(cutTo('abc', 0)).toBe('');
    expect(cutTo('日本', -2)).toBe('');
  });
});

describe('padTo and padStartTo', () => {
  it('fill up to the columns of a terminal, not to characters', () => {
    expect(padTo('日本', 6)).toBe('日本  ');
    expect(padStartTo('日本', 6)).toBe('  日本');
    expect(padTo('e\u0301', 3)).toBe('e\u0301  ');
  });

  it('leave what is wider as it is', () => {
    expect(padTo('abcd', 2)).toBe('abcd');
    expect(padStartTo('abcd', 2)).toBe('abcd');
  });
});
