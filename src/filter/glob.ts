/** A pattern of the shell's kind for a whole text: `*` is any text, `?` any character, `[a-z]` and `[!a-z]` one of a set. */
export interface Glob {
  readonly text: string;
  /** Without any of them it is compared. */
  readonly parts: readonly Part[] | undefined;
}

type Part = '*' | '?' | { readonly char: string } | CharacterSet;

interface CharacterSet {
  readonly negated: boolean;
  readonly ranges: readonly (readonly [from: string, to: string])[];
}

export const hasWildcard = (text: string): boolean => /[*?[]/.test(text);

export const parseGlob = (text: string): Glob => ({ text, parts: hasWildcard(text) ? partsOf([...text]) : undefined });

const partsOf = (chars: readonly string[]): Part[] => {
  const parts: Part[] = [];
  for (let at = 0; at < chars.length; at += 1) {
    const char = chars[at]!;
    const end = char === '[' ? endOfSet(chars, at) : -1;
    if (end > 0) {
      parts.push(setOf(chars.slice(at + 1, end)));
      at = end;
    } else if (char === '*') {
      if (parts.at(-1) !== '*') {
        parts.push('*');
      }
    } else {
      parts.push(char === '?' ? '?' : { char });
    }
  }
  return parts;
};

/** Where the `]` is; the first one after `[` or `[!` is a member. -1 if there is none: then `[` is itself. */
const endOfSet = (chars: readonly string[], from: number): number => {
  const first = from + (chars[from + 1] === '!' || chars[from + 1] === '^' ? 3 : 2);
  return chars.indexOf(']', first);
};

const setOf = (inner: readonly string[]): CharacterSet => {
  const negated = inner[0] === '!' || inner[0] === '^';
  const members = negated ? inner.slice(1) : inner;
  const ranges: (readonly [string, string])[] = [];
  for (let at = 0; at < members.length; at += 1) {
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([members[at]!, members[isRange ? at + 2 : at]!]);
    at += isRange ? 2 : 0;
  }
  return { negated, ranges };
};

/** Time grows with pattern times text at most: after a miss, only the last `*` takes one character more. */
export const matchesGlob = ({ text: pattern, parts }: Glob, text: string): boolean => {
  if (parts === undefined) {
    return pattern === text;
  }
  let part = 0;
  let at = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const length = text.codePointAt(at)! > 0xffff ? 2 : 1;
    if (parts[part] === '*') {
      star = part;
      part += 1;
      resume = at;
    } else if (part < parts.length && isOne(parts[part]!, text.slice(at, at + length))) {
      part += 1;
      at += length;
    } else if (star >= 0) {
      part = star + 1;
      resume += text.codePointAt(resume)! > 0xffff ? 2 : 1;
      at = resume;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === '*');
};

const isOne = (part: Part, char: string): boolean => {
  if (typeof part === 'string') {
    return part === '?';
  }
  return 'char' in part ? part.char === char : part.negated !== part.ranges.some(([a, b]) => a <= char && char <= b);
};
