import type { DuckDBResult } from '@duckdb/node-api';
import type { ResultFormat } from './format.ts';
import { type Plain, plainOf } from './value.ts';

/**
 * Prints a result as it is read: memory does not grow with it. Returns the number of rows.
 *
 * @param write resolves with whether somebody reads it still: else no more of the result is asked for
 */
export const printResult = async (
  result: DuckDBResult,
  format: ResultFormat,
  write: (text: string) => Promise<boolean>,
): Promise<number> => {
  const columns = result.columnNames();
  let count = 0;
  for (let isRead = await write(format.header(columns)); isRead; ) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) {
      break;
    }
    const rows: Plain[][] = chunk.getRows().map((row) => row.map((value) => plainOf(value, format.time)));
    count += rows.length;
    isRead = await write(format.rows(rows));
  }
  if (count === 0) {
    // A table says what its columns are, also where it has no row.
    await write(format.rows([]));
  }
  return count;
};
