import stringWidth from 'string-width';
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

  it('is as string-width has it for every character', () => {
    const others = characters().filter((character) => widthOf(character) !== stringWidth(character));
    expect(others).toEqual([]);
  });

  it('is never less than string-width has it, whatever a selector, a keycap or a neighbour makes of a character', () => {
    const letters = Array.from({ length: 26 }, (_, index) => String.fromCodePoint(0x1f1e6 + index));
    const flags = letters.flatMap((first) => letters.map((second) => first + second));
    const clusters = [
      ...characters().flatMap((character) => [`${character}\ufe0f`, `${character}\ufe0f\u20e3`, `${character}\u20e3`]),
      ...[
        '1\ufe0f\u20e3',
        '❤\ufe0f',
        '❤\ufe0f\u200d🔥',
        '👁\u200d🗨',
        '☝🏽',
        '🏴\u{e0067}\u{e0062}\u{e007f}',
        '\u1112\u1161\u11ab',
      ],
      ...flags,
    ];
    const less = clusters.filter((cluster) => widthOf(cluster) < stringWidth(cluster));
    expect(less).toEqual([]);
    expect(['1\ufe0f\u20e3', '1\u20e3', '❤\ufe0f', '⌚\ufe0f', '1\ufe0f', '\ufe0f'].map(widthOf)).toEqual([
      2, 2, 2, 2, 1, 0,
    ]);
  });
});

/** Every character that Unicode has a meaning for; control characters are escaped before. */
const characters = (): string[] =>
  Array.from({ length: 0x110000 }, (_, code) => String.fromCodePoint(code)).filter((character) =>
    /[^\p{Cn}\p{Co}\p{Cc}\p{Cs}\p{Script=Han}\p{Script=Hangul}]|[\u4e00\uac00\u1100\u1161\u11a8]/u.test(character),
  );

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
