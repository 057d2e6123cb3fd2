import { parseExpression } from '../../filter/expression.ts';
import type { Compiler } from '../../filter/matcher.ts';
import type { CompilePattern } from '../../filter/pattern.ts';
import { type Problem, splitWords } from '../../filter/words.ts';
import type { ViewEvent } from '../store/event.ts';

/** What `/` filters by: an expression of the filter language, asked about events. */
export interface Query {
  readonly text: string;
  readonly empty: boolean;
  /** Words that cannot be understood: they are left out. */
  readonly problems: readonly Problem[];
  /** What was lost could have matched: only where it was is asked about. */
  readonly matches: (event: ViewEvent) => boolean;
}

export type QueryUsers = Compiler['users'];

/** Until the engine of regular expressions is loaded, an expression is looked for as it is written. */
const asText: CompilePattern = (source) => ({ test: (text) => text.includes(source) });

export const parseQuery = (text: string, users: QueryUsers, compile: CompilePattern = asText): Query => {
  const { empty, problems, matches } = parseExpression(text, { users, compile });
  const hosts = parseExpression(hostWords(text), { users, compile });
  return {
    ...{ text, empty, problems },
    matches: ({ kind, subject }) => (kind === 'lost' ? hosts.matches(subject) : matches(subject)),
  };
};

const hostWords = (text: string): string =>
  splitWords(text)
    .words.filter(({ key }) => key === 'host')
    .map(({ start, end }) => text.slice(start, end))
    .join(' ');

/** Why a word is left out. */
export const problemText = ({ message, advice }: Problem): string =>
  advice === undefined ? message : `${message}${message.endsWith(':') ? '' : ':'} ${advice}`;
