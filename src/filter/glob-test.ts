import { type Glob, matchesGlob, parseGlob } from './glob.ts';
import { type Answer, answer } from './matcher.ts';
import type { Subject } from './subject.ts';

type ReadText = (subject: Subject) => string | undefined;

export const globTest = (read: ReadText) => (values: readonly string[]) => {
  const globs = values.map(parseGlob);
  return { of: (subject: Subject) => globAnswer(globs, read(subject)) };
};

/** Where a record can have several texts, any of them. */
export const globsTest = (read: (subject: Subject) => readonly string[]) => (values: readonly string[]) => {
  const globs = values.map(parseGlob);
  return {
    of: (subject: Subject): Answer => {
      const texts = read(subject);
      return texts.length === 0 ? 'none' : answer(texts.some((text) => globAnswer(globs, text) === 'yes'));
    },
  };
};

export const globAnswer = (globs: readonly Glob[], text: string | undefined): Answer => {
  if (text === undefined) {
    return 'none';
  }
  for (const glob of globs) {
    if (matchesGlob(glob, text)) {
      return 'yes';
    }
  }
  return 'no';
};
