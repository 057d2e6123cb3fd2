/** A regular expression that searches a text in time that grows with the text only. */
export interface Pattern {
  test(text: string): boolean;
}

/** @throws PatternError if it is not RE2 syntax */
export type CompilePattern = (source: string) => Pattern;

export class PatternError extends Error {
  override name = 'PatternError';
}

/** RE2's limit keeps a small expression from becoming a large program; this one is for what is typed. */
const maxSource = 10_000;

/** The engine is large: only who has a regular expression waits for it. */
export const loadPatterns = async (): Promise<CompilePattern> => {
  const { RE2JS, RE2JSSyntaxException } = await import('re2js');
  return (source) => {
    if (source.length > maxSource) {
      throw new PatternError(`a regular expression has at most ${maxSource} characters`);
    }
    try {
      return RE2JS.compile(source);
    } catch (error) {
      throw new PatternError(
        error instanceof RE2JSSyntaxException
          ? reasonOf(source, String(error.getDescription()), String(error.getPattern()))
          : 'it is too large for a regular expression',
      );
    }
  };
};

const linear = 'RE2 syntax has none, so that no text can keep the tracer busy';

/** What RE2 leaves out on purpose is named; the rest is what its parser says. */
const reasonOf = (source: string, description: string, part: string): string => {
  if (/^\(\?(?:<?[=!])/.test(part)) {
    return `lookaround (${part}): ${linear}`;
  }
  if (/^\\(?:[1-9]|[kg])/.test(part)) {
    return `a back-reference (${part}): ${linear}`;
  }
  if (part.startsWith('(?>') || description.includes('nested repetition')) {
    return `an atomic group or a repetition of a repetition (${part}): ${linear}`;
  }
  return part === '' || part === source ? description : `${description} (${part})`;
};
