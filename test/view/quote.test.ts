import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteCommand } from '../../src/view/quote.ts';

/** The arguments that bash makes of a quoted command line, as bytes. */
const readByBash = (quoted: string, locale = 'C.UTF-8'): Buffer =>
  execFileSync('bash', ['--norc', '-c', `printf '%s\\0' ${quoted}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, LC_ALL: locale },
  });

const joined = (args: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(args.flatMap((arg) => [Buffer.from(arg as string), Buffer.of(0)]));

const base64 = (args: readonly Buffer[]): string[] => args.map((arg) => arg.toString('base64'));

describe('quoteCommand', () => {
  it('leaves words bare that mean nothing else to a shell', () => {
    expect(quoteCommand(['/usr/bin/env', '--opt=a,b', 'user@host:1'])).toBe('/usr/bin/env --opt=a,b user@host:1');
  });

  it('gives a command on one line that only has printable characters', () => {
    expect(quoteCommand(['a\nb', '\x1b[2J', '\u202e', 'é'])).toMatch(/^[\x20-\x7e]+$/);
  });

  it.each([
    ['empty arguments', ['', 'a', '', '']],
    ['blanks and line breaks', ['a b', ' ', '\n', 'a\n\nb\n', '\t', '\r\n']],
    ['quotes and backslashes', ["'", '"', "it's", '\\', '\\n', "'\\''", `"'"`, '\\\n', "\n'\\'"]],
    ['what shells expand', ['$HOME', '$x', '$(id)', '`id`', '*', '?', '[a]', '{a,b}', '~', '!!', '!$', '%1', '^a^b']],
    ['operators', ['a;b', '|', '&', '&&', '>', '<<', '(', ')', '#c', '-n', '--', '=', 'a=b']],
    ['controls beside hex digits', ['\x01a', '\x011', '\x1b0', '\x7ff', '\x0a0']],
    ['other scripts', ['é', '日本語', '🙂', '\u0085', '\u00a0', '\u202eabc']],
  ])('is read back by bash to the same bytes: %s', (_what, args) => {
    expect(readByBash(quoteCommand(args))).toEqual(joined(args));
  });

  it.each(['C', 'C.UTF-8'])('is read back to the same bytes for every byte in the locale %s', (locale) => {
    const args = Array.from({ length: 255 }, (_, index) => Buffer.of(index + 1, 0x61, index + 1, 0x30, index + 1));
    const quoted = quoteCommand(
      args.map((arg) => arg.toString()),
      base64(args),
    );
    expect(readByBash(quoted, locale)).toEqual(joined(args));
  });

  it('takes the exact bytes rather than the text beside them', () => {
    const args = [Buffer.from('ls'), Buffer.from([0x66, 0xff, 0xfe]), Buffer.alloc(0), Buffer.from([0xc3])];
    const quoted = quoteCommand(['ls', 'f\ufffd\ufffd', '', '\ufffd'], base64(args));
    expect(readByBash(quoted)).toEqual(joined(args));
  });
});

it('reads text as it reads the bytes of that text', () => {
  const args = ['ls', '-l', "it's", 'a b', 'ä\u{1f600}', '\u001b[31m', '', 'X=1', 'if'];
  const bytes = args.map((arg) => Buffer.from(arg).toString('base64'));
  expect(quoteCommand(args)).toBe(quoteCommand(args, bytes));
  expect(quoteCommand(['X=1', 'X=1'])).toBe(
    quoteCommand(
      ['', ''],
      ['X=1', 'X=1'].map((arg) => btoa(arg)),
    ),
  );
});
