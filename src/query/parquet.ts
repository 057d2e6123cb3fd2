import { closeSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cannotOpen, cannotWrite, messageOf } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { openRecording } from '../recording/write/file.ts';
import { loadDuckDb } from './duckdb.ts';
import { Engine } from './engine.ts';
import { quoteName, quoteText } from './quote.ts';
import { allColumns, columnsOf, type TableType, tableTypes, typedColumn } from './schema.ts';
import { spooledSource } from './sources.ts';
import { RecordSpool } from './unpacked.ts';

/**
 * A folder with a file of Parquet for each type of record that there is (exec.parquet, ...), with the columns and types of
 * the schema, and the recording and host of each record. `query` reads such a folder.
 */
export class ParquetFolder {
  readonly #folder: string;
  readonly #force: boolean;
  readonly #spool = new RecordSpool();
  readonly #types = new Set<TableType>();

  private constructor(folder: string, force: boolean) {
    this.#folder = folder;
    this.#force = force;
  }

  /** @throws NstraceError (3) without DuckDB, (1) if the folder cannot be made or exists */
  static async make(folder: string, force: boolean, what = '--to parquet'): Promise<ParquetFolder> {
    await loadDuckDb(what);
    try {
      mkdirSync(folder, { mode: 0o700, recursive: force });
    } catch (error) {
      const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
      throw cannotOpen(folder, exists ? 'it exists' : messageOf(error), 'name another folder with -o, or use --force');
    }
    return new ParquetFolder(folder, force);
  }

  take(record: NstraceRecord): void {
    this.#types.add(record.type);
    this.#spool.put(record);
  }

  /**
   * Writes the files. Returns how many rows each has.
   *
   * @param ending stands behind their names
   */
  async end(ending = ''): Promise<Map<TableType, number>> {
    this.#spool.flush();
    const files = tableTypes
      .filter((type) => this.#types.has(type))
      .map((type) => ({ type, path: join(this.#folder, `${type}.parquet${ending}`) }))
      .map((file) => ({ ...file, out: openRecording(file.path, { force: this.#force }) }));
    const outs = files.map(({ out }) => out);
    const engine = await Engine.open([spooledSource(this.#spool.descriptor, '')], outs);
    const rows = new Map<TableType, number>();
    try {
      for (const { type, path, out } of files) {
        rows.set(type, await engine.write(selectOf(type), out).catch((error) => failed(path, error)));
      }
    } finally {
      engine.close();
      for (const descriptor of [...outs, this.#spool.descriptor]) {
        closeSync(descriptor);
      }
    }
    return rows;
  }
}

/** Of a file that was not written to its end nothing is left. */
const failed = (path: string, error: unknown): never => {
  rmSync(path, { force: true });
  throw cannotWrite(path, messageOf(error));
};

/** The columns of one type of record as the schema has them. */
const selectOf = (type: TableType): string => {
  const shared = allColumns();
  const select = [...columnsOf(type)]
    .filter(([name]) => name !== 'recording' && name !== 'host')
    .map(([name, own]) => {
      const sql = name === 'container' ? containerOf(own) : typedColumn(name, own, shared.get(name) ?? '');
      return `${sql} AS ${quoteName(name)}`;
    });
  return `SELECT ${[...select, 'recording', 'host'].join(', ')} FROM records WHERE type = ${quoteText(type)}`;
};

/** Of the container what this type of record says of it. */
const containerOf = (own: string): string => {
  const isInfo = /"cgroups"/.test(own);
  const fields = [...own.matchAll(/"(\w+)" /g)].map(([, name]) => `${name!} := container.${quoteName(name!)}`);
  return isInfo ? 'container' : `CASE WHEN container IS NOT NULL THEN struct_pack(${fields.join(', ')}) END`;
};
