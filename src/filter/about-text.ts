import { answer, type Compiler, type Matcher, processOf, ValueError } from './matcher.ts';
import { type Pattern, PatternError } from './pattern.ts';

export const patternsOf = (values: readonly string[], { compile }: Compiler): Pattern[] =>
  values.map((value) => {
    try {
      return compile!(value);
    } catch (error) {
      throw error instanceof PatternError
        ? new ValueError(
            `${JSON.stringify(value)} is no regular expression: ${error.message}`,
            'see github.com/google/re2/wiki/Syntax',
          )
        : error;
    }
  });

/** By command name or executable. */
export const nameTest = (values: readonly string[], compiler: Compiler): Matcher =>
  namePatterns(patternsOf(values, compiler));

export const namePatterns = (patterns: readonly Pattern[]): Matcher => ({
  of: (subject) => {
    const process = processOf(subject);
    const { comm } = subject.record as { comm?: string };
    if (process === undefined || (process.comm === undefined && process.exe === undefined && comm === undefined)) {
      return 'none';
    }
    return answer(
      anyMatches(patterns, process.comm) || anyMatches(patterns, process.exe) || anyMatches(patterns, comm),
    );
  },
});

export const lineTest = (values: readonly string[], compiler: Compiler): Matcher =>
  linePatterns(patternsOf(values, compiler));

export const linePatterns = (patterns: readonly Pattern[]): Matcher => ({
  of: (subject) => {
    const line = processOf(subject)?.line;
    return line === undefined ? 'none' : answer(anyMatches(patterns, line));
  },
});

const anyMatches = (patterns: readonly Pattern[], text: string | undefined): boolean => {
  if (text !== undefined) {
    for (const pattern of patterns) {
      if (pattern.test(text)) {
        return true;
      }
    }
  }
  return false;
};

/** A word without a key: a part of the command line. */
export const textTest = (values: readonly string[]): Matcher => ({
  of: (subject) => {
    const line = processOf(subject)?.line;
    return line === undefined ? 'none' : answer(values.some((value) => line.includes(value)));
  },
});
