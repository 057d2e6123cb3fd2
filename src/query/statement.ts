import type { DuckDBConnection } from '@duckdb/node-api';
import { usageError } from '../errors.ts';
import { quoteText } from './quote.ts';

/**
 * Whether late names of containers, or which of several recordings in a file it is, can make a difference to a statement. They
 * make none if it is about events only and names no column that depends on them; where that is not plain to see, they may.
 */
export const asksForNames = (sql: string): boolean => {
  const words = sql
    .toLowerCase()
    .replaceAll(/\bcount\(\s*\*\s*\)/g, '')
    .replaceAll(plainSource, '');
  return words === sql.toLowerCase() || dependent.test(words);
};

/** A view of events, neither under another name nor as a row. */
const plainSource = /\bfrom\s+(?:execs|failed|exits|forks)(?=\s*\)|\s+(?:where|group|order|limit|having|union)\b)/g;
/** All columns, other views, views as rows, and columns that say whose an event is. */
const dependent =
  /[*"$]|\b(?:execs|failed|exits|forks|from|columns|pivot|container\w*|runtime|instance|recording|host|file)\b/;

/** What may stand before a statement that is only explained. */
const explain = /^\s*explain(?:\s+analyze|\s*\([^)]*\))?\s+/i;

/**
 * Checks, before anything of it runs, that a text is one statement that only reads. Two things keep it from all else: this,
 * and the lock of the database (engine.ts).
 *
 * @returns whether its result is a plain relation, and not that of EXPLAIN
 * @throws NstraceError (2) if it is something else, or no SQL
 */
export const checkStatement = async (connection: DuckDBConnection, sql: string): Promise<'select' | 'explain'> => {
  const inner = sql.replace(explain, '');
  let count: number;
  try {
    count = (await connection.extractStatements(sql)).count;
  } catch (error) {
    throw sqlError(error);
  }
  if (count !== 1) {
    throw usageError(
      count === 0 ? 'there is no statement' : `these are ${count} statements, and one is run at a time`,
      'give one SELECT; PIVOT needs its values named with IN (...)',
    );
  }
  // DuckDB serializes SELECT only, whatever it is written as: FROM, VALUES, DESCRIBE, SUMMARIZE.
  const reader = await connection.runAndReadAll(`SELECT json_serialize_sql(${quoteText(inner)})`);
  const { error, statements } = JSON.parse(String(reader.getRows()[0]?.[0])) as {
    error: boolean;
    statements?: unknown[];
  };
  if (error || statements?.length !== 1) {
    throw usageError(
      'only SELECT is run: nothing is written, set or attached',
      'query --write FILE.parquet keeps a result',
    );
  }
  return inner === sql ? 'select' : 'explain';
};

/** DuckDB says what is wrong on its first line; the rest shows the place in SQL that can be ours. */
export const sqlError = (error: unknown): Error => {
  const [first = '', ...rest] = String(error instanceof Error ? error.message : error).split('\n');
  const hint = rest.find((text) => /^(?:Did you mean|Candidate)/.test(text));
  return usageError(
    first.replace(/^Failed to extract statements: /, ''),
    hint ?? 'nstrace query --list shows the views, and queries that work',
  );
};
