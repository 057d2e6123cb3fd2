import { didYouMean } from '../kernel/did-you-mean.ts';
import type { CompilePattern } from './pattern.ts';
import type { KnownProcess, Root } from './processes.ts';
import type { Subject } from './subject.ts';

/** What a word says of a record: yes, no, or that the record has no such key. */
export type Answer = 'yes' | 'no' | 'none';

/** A key or a flag with its values, compiled. */
export interface Matcher {
  readonly of: (subject: Subject) => Answer;
  /** Of a test of containers: what it selects them by. */
  readonly selectors?: readonly string[];
  /** Of a test of pids: those themselves, without their descendants. See `Processes`. */
  readonly root?: Root;
  /** For a test with a root, which bit of `KnownProcess.roots` is its. */
  bit?: number;
}

/** What values are compiled with. */
export interface Compiler {
  /** The engine of regular expressions; undefined if it is not loaded. */
  readonly compile: CompilePattern | undefined;
  readonly users: { idOf(name: string): number | undefined; nameOf(uid: number): string; all(): string[] };
}

/** What is wrong with the values of a key, and what to do. */
export class ValueError extends Error {
  readonly advice: string | undefined;

  constructor(message: string, advice?: string) {
    super(message);
    this.advice = advice;
  }
}

export const answer = (yes: boolean): Answer => (yes ? 'yes' : 'no');

/** Records about containers say nothing of the user or the command of a process. */
export const processOf = ({ record, process }: Subject): KnownProcess | undefined =>
  record.type === 'container' ? undefined : process;

export const checkWords = (values: readonly string[], words: readonly string[], what: string): void => {
  for (const value of values) {
    if (!words.includes(value)) {
      throw new ValueError(
        `${JSON.stringify(value)} is no ${what}`,
        didYouMean(value, words, `there are ${words.join(', ')}`),
      );
    }
  }
};
