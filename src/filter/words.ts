/** What is wrong with a part of an expression, from `start` up to `end` (UTF-16 units of the text). */
export interface Problem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly advice?: string | undefined;
  /** More typing can still make it right: an open quote, a key that has no value yet. */
  readonly unfinished?: boolean | undefined;
}

/** A word of an expression, taken apart: `[!]KEY:[!]VALUE,VALUE` or `[!]TEXT,TEXT`. Quotes are gone from the values. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly negated: boolean;
  /** What stands before the first colon, if it looks like a key and is not quoted. */
  readonly key: string | undefined;
  /** Whether `!` stands before the values of a key. */
  readonly valueNegated: boolean;
  readonly values: readonly string[];
  /** Whether one of the values is empty, and not in quotes. */
  readonly hasGap: boolean;
  /** Whether `!` stands before another value than the first one. */
  readonly lateNegation: boolean;
  /** Whether a part of it is quoted: then it is no flag. */
  readonly quoted: boolean;
}

/**
 * Takes an expression apart into words. Double quotes keep blanks, commas, colons and `!` from meaning anything; `\"` is a
 * quote itself, and any other backslash stays, as regular expressions need it.
 */
export const splitWords = (text: string): { words: Word[]; problems: Problem[] } => {
  const words: Word[] = [];
  const problems: Problem[] = [];
  for (let at = 0; at < text.length; ) {
    if (isBlank(text[at]!)) {
      at += 1;
    } else {
      const reader = new WordReader(text, at);
      words.push(reader.read());
      if (reader.open) {
        problems.push({ start: at, end: text.length, message: 'a double quote is not closed', unfinished: true });
      }
      at = reader.at;
    }
  }
  return { words, problems };
};

const isBlank = (char: string): boolean => char === ' ' || (char >= '\t' && char <= '\r');

/** Reads one word, character by character. */
class WordReader {
  readonly #text: string;
  readonly #start: number;
  at: number;
  /** In quotes. */
  open = false;
  #quoted = false;
  /** The values so far, the last of them being read. */
  readonly #values: string[] = [''];
  #key: string | undefined;
  #negated = false;
  #valueNegated = false;
  /** Whether nothing of the last value was read yet, not even quotes. */
  #isGap = true;
  #hasGap = false;
  #lateNegation = false;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#start = start;
    this.at = start;
  }

  read(): Word {
    if (this.#text[this.at] === '!') {
      this.#negated = true;
      this.at += 1;
    }
    while (this.at < this.#text.length && (this.open || !isBlank(this.#text[this.at]!))) {
      this.#take(this.#text[this.at]!);
    }
    return {
      start: this.#start,
      end: this.at,
      negated: this.#negated,
      key: this.#key,
      valueNegated: this.#valueNegated,
      values: this.#values,
      hasGap: this.#hasGap || this.#isGap,
      lateNegation: this.#lateNegation,
      quoted: this.#quoted,
    };
  }

  #take(char: string): void {
    this.at += 1;
    if (char === '\\' && this.at < this.#text.length && (this.open || this.#text[this.at] === '"')) {
      this.#put(this.#text[this.at] === '"' ? '"' : `\\${this.#text[this.at]}`);
      this.at += 1;
    } else if (char === '"') {
      this.open = !this.open;
      this.#quoted = true;
      this.#isGap = false;
    } else if (this.open) {
      this.#put(char);
    } else if (char === ',') {
      this.#next();
      this.#lateNegation ||= this.#text[this.at] === '!';
    } else if (char === ':' && this.#key === undefined && !this.#quoted && isKey(this.#values)) {
      this.#key = this.#values.pop()!;
      this.#isGap = true;
      this.#values.push('');
      if (this.#text[this.at] === '!') {
        this.#valueNegated = true;
        this.at += 1;
      }
    } else {
      this.#put(char);
    }
  }

  #next(): void {
    this.#hasGap ||= this.#isGap;
    this.#isGap = true;
    this.#values.push('');
  }

  #put(text: string): void {
    this.#isGap = false;
    this.#values[this.#values.length - 1] += text;
  }
}

/** One value so far, and that a word: not the port of an address, not a path. */
const isKey = ([value, ...more]: readonly string[]): boolean =>
  more.length === 0 && /^[A-Za-z][A-Za-z_-]*$/.test(value ?? '');
