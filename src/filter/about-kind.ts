import type { NstraceRecord } from '../record/schema.ts';
import { eventKinds } from './kinds.ts';
import { answer, checkWords, type Matcher } from './matcher.ts';

/** Kinds as the view lists them: of execs those that failed are one of their own, of containers those that were entered. */
export const filterKinds = [...eventKinds, 'failed', 'join', 'process'] as const;

const viewKindOf = (record: NstraceRecord): string => {
  if (record.type === 'exec' && record.ret !== 0) {
    return 'failed';
  }
  return record.type === 'container' && record.op === 'joined' ? 'join' : record.type;
};

export const kindTest = (values: readonly string[]): Matcher => {
  checkWords(values, filterKinds, 'kind of event');
  return { of: ({ record }) => answer(values.includes(record.type) || values.includes(viewKindOf(record))) };
};

/** By the beginning of a kind, as it is typed. */
export const viewKindTest = (values: readonly string[]): Matcher => {
  for (const value of values) {
    if (!filterKinds.some((kind) => kind.startsWith(value))) {
      checkWords([value], filterKinds, 'kind of event');
    }
  }
  return { of: ({ record }) => answer(values.some((value) => viewKindOf(record).startsWith(value))) };
};
