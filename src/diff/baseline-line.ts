import type { ArgsShape } from './shapes.ts';
import type { Kind } from './summary.ts';
import type { WordPattern } from './word.ts';

/**
 * A line of a baseline: `CONTAINER KIND PROGRAM ARGUMENT... => OUTCOME,...` (docs/baseline.md). Words are bare or in double
 * quotes; `*` is any text.
 */
export interface BaselineEntry {
  readonly container: WordPattern;
  readonly kind: Kind;
  readonly exe: WordPattern;
  readonly shape: ArgsShape;
  /** Undefined is any. */
  readonly outcomes: ReadonlySet<string> | undefined;
}

/** Longer lines are no part of a baseline. */
const maxLine = 64 * 1024;
const arrow = '=>';

export const formatEntry = ({ container, kind, exe, shape, outcomes }: BaselineEntry): string => {
  const words = [container, kind, exe, ...shape].map(formatWord);
  return [...words, arrow, outcomes === undefined || outcomes.size === 0 ? '*' : [...outcomes].sort().join(',')].join(
    ' ',
  );
};

/** An entry, nothing for an empty line or a comment, or what is wrong, in words. */
export const parseEntry = (line: string): BaselineEntry | string | undefined => {
  if (/^\s*(?:#|$)/.test(line)) {
    return undefined;
  }
  if (line.length > maxLine) {
    return 'it is longer than 64 KiB';
  }
  const words = splitWords(line);
  if (typeof words === 'string') {
    return words;
  }
  const at = words.findIndex(({ text, bare }) => bare && text === arrow);
  const rest = at === -1 ? [] : words.slice(at + 1);
  const [container, kind, exe, ...shape] = (at === -1 ? words : words.slice(0, at)).map(({ text }) => text);
  if (container === undefined || (kind !== 'exec' && kind !== 'join') || exe === undefined) {
    return 'it is not CONTAINER exec|join PROGRAM ARGUMENT... => OUTCOME';
  }
  if (at !== -1 && rest.length !== 1) {
    return 'after => there is one list of outcomes, with commas: 0,1,SIGTERM';
  }
  const outcomes = rest[0]?.text ?? '*';
  const list = outcomes.split(',');
  if (outcomes !== '*' && !list.every((outcome) => /^(?:\d{1,3}|[A-Z][A-Z0-9+-]*|-?\d+|\?)$/.test(outcome))) {
    return `${JSON.stringify(outcomes)} are no outcomes: codes, signals and names of errors, or *`;
  }
  return { container, kind, exe, shape, outcomes: outcomes === '*' ? undefined : new Set(list) };
};

/** Words that need no quotes. */
const bareWord = /^[A-Za-z0-9_@%+=:,./*<>^~{}[\]()$!?;&|-]+$/;

const formatWord = (word: WordPattern): string =>
  bareWord.test(word) && word !== arrow && !word.startsWith('#') ? word : `"${word.replace(special, escapeSign)}"`;

/** What ends a quoted word, breaks a line, or is not seen. A backslash stays as it is: it belongs to the pattern. */
const special = /["\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]/gu;
const escapeSign = (sign: string): string => (sign === '"' ? '\\"' : `\\u{${sign.codePointAt(0)!.toString(16)}}`);

interface Word {
  readonly text: WordPattern;
  readonly bare: boolean;
}

const splitWords = (line: string): Word[] | string => {
  const words: Word[] = [];
  const next = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"]+))(?=\s|$)/suy;
  const end = line.trimEnd().length;
  while (next.lastIndex < end) {
    const at = next.lastIndex;
    const match = next.exec(line);
    if (match === null) {
      return `there is a quote too many or too few after ${JSON.stringify(line.slice(at, at + 20))}`;
    }
    const [, quoted, bare] = match;
    const text = quoted === undefined ? bare! : unquote(quoted);
    if (/(?:^|[^\\])(?:\\\\)*\\$/.test(text)) {
      return 'a word ends in a backslash that escapes nothing';
    }
    words.push({ text, bare: quoted === undefined });
  }
  return words;
};

/** `\"` and `\u{...}` are of the file; `\*` and `\\` are of the pattern, and stay. */
const unquote = (quoted: string): WordPattern =>
  quoted.replace(/\\(?:u\{([0-9a-f]{1,6})\}|(.))/gsu, (whole, code: string | undefined, sign: string) => {
    if (code !== undefined) {
      const point = Number.parseInt(code, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
    }
    return sign === '"' ? sign : whole;
  });
