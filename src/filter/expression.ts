import { type NstraceError, usageError } from '../errors.ts';
import { didYouMean } from '../kernel/did-you-mean.ts';
import { textTest } from './about-text.ts';
import { findKey, flags, keyNames, keys } from './keys.ts';
import { type Compiler, type Matcher, ValueError } from './matcher.ts';
import type { Subject } from './subject.ts';
import { type Problem, splitWords, type Word } from './words.ts';

/** A word, compiled. */
interface Term {
  readonly test: Matcher;
  readonly negated: boolean;
  readonly valueNegated: boolean;
}

/**
 * An expression of the filter language, compiled once. All words must hold. It can be asked although it has problems: words
 * that have one are left out.
 */
export interface Expression {
  readonly text: string;
  readonly empty: boolean;
  readonly problems: readonly Problem[];
  /** Whether it asks for failed execs, which are left out otherwise. */
  readonly wantsFailed: boolean;
  /** Whether it asks about kinds of events or about ends: then all kinds are asked for that it does not leave out. */
  readonly wantsKinds: boolean;
  /** Whether it asks about containers by what can be learned late: their names, images, pods and labels. */
  readonly asksForNames: boolean;
  readonly tests: readonly Matcher[];
  readonly matches: (subject: Subject) => boolean;
}

/** Takes an expression apart; what is wrong with it is in `problems`, never thrown. */
export const parseExpression = (text: string, compiler: Compiler): Expression => {
  const { words, problems } = splitWords(text);
  const terms: Term[] = [];
  let wantsFailed = false;
  let wantsKinds = false;
  let asksForNames = false;
  for (const word of words) {
    const term = termOf(word, compiler, problems);
    if (term !== undefined) {
      terms.push(term);
      wantsFailed ||= asksForFailed(word);
      wantsKinds ||= asksForKinds(word);
      asksForNames ||= nameKeys.has(word.key);
    }
  }
  return {
    text,
    empty: terms.length === 0,
    problems,
    wantsFailed,
    wantsKinds,
    asksForNames,
    tests: terms.map(({ test }) => test),
    matches: (subject) => {
      for (const term of terms) {
        if (!holds(term, subject)) {
          return false;
        }
      }
      return true;
    },
  };
};

/** @throws NstraceError (2) that says the first thing that is wrong */
export const requireExpression = (text: string, compiler: Compiler): Expression => {
  const expression = parseExpression(text, compiler);
  const problem = expression.problems[0];
  if (problem !== undefined) {
    throw expressionError(text, problem);
  }
  return expression;
};

const expressionError = (text: string, { start, end, message, advice }: Problem): NstraceError =>
  usageError(
    `--where: ${message}${text.length > end - start ? ` (in ${JSON.stringify(text.slice(start, end))})` : ''}`,
    advice,
  );

/** Whether a text needs the engine of regular expressions. It can say so without need, never the other way round. */
export const needsPatterns = (text: string): boolean =>
  splitWords(text).words.some(({ key }) => key === 'n' || key === 'l');

const holds = ({ test, negated, valueNegated }: Term, subject: Subject): boolean =>
  (test.of(subject) === (valueNegated ? 'no' : 'yes')) !== negated;

const termOf = (word: Word, compiler: Compiler, problems: Problem[]): Term | undefined => {
  try {
    return { test: testOf(word, compiler), negated: word.negated, valueNegated: word.valueNegated };
  } catch (error) {
    if (!(error instanceof ValueError)) {
      throw error;
    }
    const { message, advice } = error;
    const unfinished = error instanceof UnfinishedError;
    problems.push({ start: word.start, end: word.end, message, advice, unfinished });
    return undefined;
  }
};

/** What a key that people guess is called here. */
const meantKey = (guess: string): string | undefined => {
  const key = keys.find(({ guesses }) => guesses?.includes(guess.toLowerCase()));
  return key === undefined ? undefined : `did you mean ${key.name}:?`;
};

/** A value is missing that may still be typed. */
class UnfinishedError extends ValueError {}

const testOf = ({ key: name, values, quoted, hasGap, lateNegation }: Word, compiler: Compiler): Matcher => {
  const key = name === undefined ? undefined : findKey(name);
  if (name !== undefined && key === undefined) {
    throw new ValueError(
      `there is no key ${name}:`,
      `${meantKey(name) ?? didYouMean(name, keyNames(), `the keys are ${keyNames().join(', ')}.`)} To search for the text itself, put it in double quotes`,
    );
  }
  if (hasGap) {
    throw new UnfinishedError(
      name === undefined ? 'a word has no text' : `${name}: has no value`,
      missing(key?.values),
    );
  }
  if (key !== undefined && lateNegation) {
    throw new ValueError(
      `${name}: has a ! in the middle of its values`,
      `one before them all turns them round: ${name}:!a,b`,
    );
  }
  const flag =
    name === undefined && !quoted && values.length === 1 ? flags.find((each) => each.name === values[0]) : undefined;
  return flag?.test ?? key?.test(values, compiler) ?? textTest(values);
};

const missing = (values: string | undefined): string =>
  values === undefined
    ? 'put blanks and commas in double quotes to search for them'
    : `${values} is missing; "" is an empty one`;

const isFlag = ({ key, quoted, values }: Word, name: string): boolean =>
  key === undefined && !quoted && values[0] === name;

const asksForFailed = (word: Word): boolean =>
  !word.negated &&
  !word.valueNegated &&
  (isFlag(word, 'failed') ||
    ((word.key === 'x' || word.key === 'e') &&
      word.values.some((value) => value !== '' && 'failed'.startsWith(value))));

const kindKeys: ReadonlySet<string | undefined> = new Set(['e', 'x', 'exit', 'signal']);

const nameKeys: ReadonlySet<string | undefined> = new Set(['c', 'image', 'pod', 'label']);

const asksForKinds = (word: Word): boolean => kindKeys.has(word.key) || isFlag(word, 'oom');
