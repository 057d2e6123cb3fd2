import { expect, it } from 'vitest';
import { requireExactWords } from '../../src/tracing/exact-words.ts';

it('refuses words that are not what was typed, and no others', () => {
  const typed = (bytes: string) => (): Uint8Array => Buffer.from(bytes, 'latin1');
  const utf8 = '\xef\xbf\xbd';
  expect(() => requireExactWords(['echo', 'a\ufffd'], typed('record\0--\0echo\0a\xff\0'))).toThrow(/not UTF-8/);
  expect(() => requireExactWords(['echo', 'a\ufffd'], typed(`record\0--\0echo\0a${utf8}\0`))).not.toThrow();
  expect(() => requireExactWords(['echo', 'ä'], typed('record\0-o\0\xff\0--\0echo\0\xc3\xa4\0'))).not.toThrow();
  expect(() => requireExactWords([])).not.toThrow();
});
