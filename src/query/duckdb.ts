import { loadLibrary } from '../library.ts';

/** DuckDB is large: only who asks a question waits for it, and an installation can do without. */
export const loadDuckDb = (what: string): Promise<typeof import('@duckdb/node-api')> =>
  loadLibrary<typeof import('@duckdb/node-api')>('@duckdb/node-api', what);

/** A file by its descriptor: DuckDB reads what was opened, however it is called now, and takes no name for a pattern. */
export const pathOf = (descriptor: number): string => `/proc/self/fd/${descriptor}`;
