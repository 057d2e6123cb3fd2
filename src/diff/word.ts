/**
 * A word of a command line as a pattern: `*` is any text, `\*` and `\\` are those signs. What changes from run to run without
 * meaning is `*`: pids and other long numbers, hashes, ids, temporary names, masked secrets.
 */
export type WordPattern = string;

/** As the last word of a shape any number of arguments; as text it is `\\...`. */
export const anyMore = '...';

/** Which numbers are as good as any other: all of them, those as long as pids, or none. */
export const numberChoices = ['all', 'long', 'none'] as const;
export type Numbers = (typeof numberChoices)[number];

/** What changes from run to run, and whether it can be in a text, which is cheaper to see. */
interface Changing {
  readonly sign: RegExp;
  readonly canBeIn: (text: string) => boolean;
}

/** Hashes and ids: 8 or more hex digits with a decimal one among them, UUIDs; what mktemp(1) makes; pids in /proc. */
const changing: readonly Changing[] = [
  {
    sign: /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
    canBeIn: ({ length }) => length >= 36,
  },
  { sign: /\b(?=[a-f]*\d)[0-9a-f]{8,}\b/gi, canBeIn: ({ length }) => length >= 8 },
  { sign: /(?<=\/proc\/(?:self\/fd\/)?)\d+/g, canBeIn: (text) => text.includes('/proc/') },
  { sign: /(?<=\/dev\/fd\/)\d+/g, canBeIn: (text) => text.includes('/dev/fd/') },
  {
    sign: /(?<=\/(?:tmp|var\/tmp|run\/user\/\d+)\/)[^/\s:="']+/g,
    canBeIn: (text) => text.includes('/tmp/') || text.includes('/run/user/'),
  },
  {
    sign: /(?<=[.\-_])(?=[A-Za-z]*\d)(?=\w*[A-Z])[A-Za-z0-9]{6,10}\b/g,
    canBeIn: (text) => /[A-Z]/.test(text),
  },
  { sign: /\*{5}/g, canBeIn: (text) => text.includes('*****') },
];

const numbers: Readonly<Record<Numbers, RegExp | undefined>> = { all: /\d+/g, long: /\d{4,}/g, none: undefined };

/** A private sign in place of a wildcard until the rest is escaped; text from records may not bring it along. */
const hole = '\ue000';

/** A longer word is compared by its beginning. */
const maxCharacters = 4096;

export const patternOf = (word: string, choice: Numbers = 'long'): WordPattern =>
  plain.test(word) ? word : readPattern(word, choice);

/** Words in which nothing can change: no digit, no temporary folder, no sign of a pattern, and too short for a UUID. */
const plain = /^(?!\.\.\.$|.*\/(?:tmp|user)\/)[A-Za-z_./=:,+@%-]{0,35}$/;

const readPattern = (word: string, choice: Numbers): WordPattern => {
  let text = word.length > maxCharacters ? `${word.slice(0, maxCharacters)}${hole}` : word;
  text = text.includes(hole) ? text.replaceAll(/\ue000(?!$)/g, '\ufffd') : text;
  for (const { sign, canBeIn } of changing) {
    text = canBeIn(text) ? text.replace(sign, hole) : text;
  }
  const digits = numbers[choice];
  text = digits === undefined ? text : text.replace(digits, hole);
  const escaped = /[\\*]/.test(text) ? text.replace(/[\\*]/g, '\\$&') : text;
  const pattern = escaped.includes(hole) ? escaped.replace(/\ue000+/g, '*') : escaped;
  return pattern === anyMore ? `\\${anyMore}` : pattern;
};

/** Whether a text is as the pattern says. Linear: what a star takes is moved on, never gone back over twice. */
export const matchesWord = (pattern: WordPattern, text: string): boolean => {
  const parts = partsOf(pattern);
  const [first = ''] = parts;
  if (parts.length === 1) {
    return text === first;
  }
  const last = parts[parts.length - 1] ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return false;
  }
  let from = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at === -1 || at + part.length > end) {
      return false;
    }
    from = at + part.length;
  }
  return true;
};

/** The texts between the stars of a pattern. */
const partsOf = (pattern: WordPattern): string[] => {
  const parts = [''];
  for (let index = 0; index < pattern.length; index += 1) {
    const sign = pattern[index]!;
    if (sign === '*') {
      parts.push('');
    } else {
      index += sign === '\\' ? 1 : 0;
      parts[parts.length - 1] += pattern[index] ?? '';
    }
  }
  return parts;
};
