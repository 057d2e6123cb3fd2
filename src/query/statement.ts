import type { DuckDBConnection } from '@duckdb/node-api';
import { usageError } from '../errors.ts';
import { quoteText } from './quote.ts';

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
