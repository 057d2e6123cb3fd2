import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { escapeBytes, escapeText } from '../../src/view/escape.ts';

/** Controls, what changes the order of text, what takes no room and what is a line break to some terminals. */
const dangerous =
  /[\p{Cc}\p{Cs}\p{Bidi_Control}\p{Zl}\p{Zp}\u00ad\u200b-\u200f\u2060-\u206f\ufe00-\ufe0f\ufeff\u{e0000}-\u{e0fff}]/u;

const someBytes = (count: number): Buffer =>
  Buffer.concat(
    Array.from({ length: Math.ceil(count / 32) }, (_, index) => createHash('sha256').update(String(index)).digest()),
  );

describe('escapeText', () => {
  it('leaves plain text as it is', () => {
    expect(escapeText('ls -l "a b" ~')).toBe('ls -l "a b" ~');
  });

  it('leaves readable text of other scripts as it is', () => {
    expect(escapeText('Grüße 日本語 🙂 العربية')).toBe('Grüße 日本語 🙂 العربية');
  });

  it('keeps the sign for text that was not UTF-8', () => {
    expect(escapeText('a\ufffdb')).toBe('a\ufffdb');
  });

  it.each([
    ['\x1b[31mred', '\\x1b[31mred'],
    ['a\nb\rc\td', 'a\\nb\\rc\\td'],
    ['\x7f\x80\x9b', '\\x7f\\x80\\x9b'],
    ['\u202eexe.txt', '\\u{202e}exe.txt'],
    ['pass\u200bword', 'pass\\u{200b}word'],
    ['\u{e0041}', '\\u{e0041}'],
    ['\ud800', '\\u{d800}'],
  ])('shows %j as what it is', (text, shown) => {
    expect(escapeText(text)).toBe(shown);
  });

  it('lets no code point through that a terminal could obey or hide', () => {
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const shown = escapeText(`a${String.fromCodePoint(code)}b`);
      if (dangerous.test(shown)) {
        expect.unreachable(`U+${code.toString(16)} is shown as ${JSON.stringify(shown)}`);
      }
    }
  });

  it('changes nothing in what it already escaped', () => {
    const once = escapeText('\x1b\u202e\n');
    expect(escapeText(once)).toBe(once);
  });
});

describe('escapeBytes', () => {
  it('shows bytes that are not UTF-8 and keeps the text around them', () => {
    expect(escapeBytes(Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0x62]))).toBe('a\\xfféb');
  });

  it.each([
    ['an overlong slash', [0xc0, 0xaf], '\\xc0\\xaf'],
    ['an overlong ESC in three bytes', [0xe0, 0x80, 0x9b], '\\xe0\\x80\\x9b'],
    ['an encoded surrogate', [0xed, 0xa0, 0x80], '\\xed\\xa0\\x80'],
    ['what is beyond U+10FFFF', [0xf4, 0x90, 0x80, 0x80], '\\xf4\\x90\\x80\\x80'],
    ['a sequence cut off at the end', [0xe2, 0x82], '\\xe2\\x82'],
    ['a C1 control in UTF-8', [0xc2, 0x9b], '\\x9b'],
    ['a byte order mark', [0xef, 0xbb, 0xbf], '\\u{feff}'],
  ])('shows %s', (_what, bytes, shown) => {
    expect(escapeBytes(Uint8Array.from(bytes))).toBe(shown);
  });

  it('shows text that is UTF-8 just as escapeText does', () => {
    const text = 'a\x1b[0m é € 🙂 \u202e\n';
    expect(escapeBytes(Buffer.from(text))).toBe(escapeText(text));
  });

  it('gives output without one dangerous character for any bytes', () => {
    const bytes = someBytes(64 * 1024);
    expect(escapeBytes(bytes)).not.toMatch(dangerous);
    for (let first = 0; first < 256; first += 1) {
      const pairs = Uint8Array.from({ length: 512 }, (_, index) => (index % 2 === 0 ? first : index >> 1));
      expect(escapeBytes(pairs)).not.toMatch(dangerous);
    }
  });
});
