import { constants } from 'node:os';
import { didYouMean } from '../kernel/did-you-mean.ts';
import { answer, type Matcher, ValueError } from './matcher.ts';
import type { Subject } from './subject.ts';

interface End {
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  readonly oom?: boolean | undefined;
}

export const endOf = ({ record }: Subject): End | undefined =>
  record.type === 'exit' || (record.type === 'container' && record.op === 'stopped') ? record : undefined;

/** By exit code; what a signal killed has none, and is not 0. */
export const exitTest = (values: readonly string[]): Matcher => {
  for (const value of values) {
    if (!/^\d{1,3}$/.test(value)) {
      throw new ValueError(
        `${JSON.stringify(value)} is no exit code`,
        'exit:1, exit:!0, or signal:KILL for what was killed',
      );
    }
  }
  const codes = values.map(Number);
  return {
    of: (subject) => {
      const end = endOf(subject);
      if (end === undefined || (end.code === undefined && end.signal === undefined)) {
        return 'none';
      }
      return answer(end.code !== undefined && codes.includes(end.code));
    },
  };
};

export const signalTest = (values: readonly string[]): Matcher => {
  const signals = values.map(signalOf);
  return {
    of: (subject) => {
      const signal = endOf(subject)?.signal;
      return signal === undefined ? 'none' : answer(signals.includes(signal));
    },
  };
};

/** With SIG, as records have it. Real-time signals have numbers only. */
const signalOf = (value: string): string => {
  const word = value.toUpperCase().replace(/^SIG/, '');
  const names = Object.keys(constants.signals);
  if (names.includes(`SIG${word}`)) {
    return `SIG${word}`;
  }
  const number = /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  const found = Object.entries(constants.signals).find(([, each]) => each === number)?.[0];
  if (found === undefined && !(number >= 1 && number <= 64)) {
    const short = names.map((name) => name.slice(3));
    throw new ValueError(`there is no signal ${JSON.stringify(value)}`, didYouMean(word, short, 'signal:KILL'));
  }
  return found ?? `SIG${number}`;
};
