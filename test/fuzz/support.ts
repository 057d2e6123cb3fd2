import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';

/**
 * Inputs that once went wrong, one JSON value a line: each run of a fuzzer begins with them. What it finds is added by hand, as the
 * counterexample that fast-check prints.
 */
export const corpus = <Value>(name: string): [Value][] => {
  const path = `${import.meta.dirname}/corpus/${name}.ndjson`;
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
  return lines.filter((line) => line !== '').map((line) => [JSON.parse(line) as Value]);
};

/** Runs of a property: FUZZ_RUNS multiplies them, for a night of it. */
export const runs = (count: number): number => count * Number(process.env.FUZZ_RUNS ?? 1);

/** What attackers and bad luck put into text. */
export const nasty = [
  ...[
    '',
    ' ',
    '\0',
    '\n',
    '\r\n',
    '\t',
    '\u0001',
    '\u001f',
    '\u007f',
    '\u0085',
    '\u009b31m',
    '\u001b[2J',
    '\u001b]0;x\u0007',
  ],
  ...[
    '\u001b]8;;http://x\u001b\\',
    '\u001b]52;c;eA==\u0007',
    '\u001bP+q\u001b\\',
    '\u202e',
    '\u2066',
    '\u200b',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\udfff',
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    '-1',
    '-0',
    '0',
    '1e999',
    'NaN',
    'Infinity',
    '9'.repeat(40),
    'f'.repeat(17),
  ],
  ...[
    '../../etc/passwd',
    '/',
    '//',
    '.',
    '..',
    "'",
    '"',
    '`',
    '$(x)',
    '\\',
    '{',
    '}',
    '[',
    ']',
    '<script>',
    '</script>',
    '<!--',
    ']]>',
    '&',
    '=1+1',
  ],
];

export interface Change {
  /** From 0 to 1: where in the text. */
  at: number;
  /** How much of it goes. */
  length: number;
  /** What comes instead; nothing doubles what went. */
  by: string | undefined;
}

/** Changes of a text: pieces replaced, left out, or there twice. */
export const changes = (most = 4, length = 20): fc.Arbitrary<Change[]> =>
  fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(length),
      by: fc.oneof(
        fc.constant(undefined),
        fc.constantFrom(...nasty),
        fc.string({ unit: 'binary', maxLength: 8 }),
        fc.stringMatching(/^[0-9a-f]{1,20}$/),
      ),
    }),
    { maxLength: most },
  );

export const changed = (text: string, list: readonly Change[]): string => {
  let result = text;
  for (const { at, length, by } of list) {
    const from = Math.floor(at * result.length);
    const gone = result.slice(from, from + length);
    result = result.slice(0, from) + (by ?? gone + gone) + result.slice(from + length);
  }
  return result;
};

/** Any text: of nasty pieces, of ASCII, or of whatever. */
export const anyText = (maxLength = 40): fc.Arbitrary<string> =>
  fc.oneof(
    fc
      .array(fc.oneof(fc.constantFrom(...nasty), fc.string({ maxLength: 8 })), { maxLength: 8 })
      .map((parts) => parts.join('')),
    fc.string({ maxLength }),
    fc.string({ unit: 'binary', maxLength }),
  );
