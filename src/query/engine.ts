import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, DuckDBResult } from '@duckdb/node-api';
import type { ProgressLine } from '../console/progress.ts';
import { exitStatus, messageOf, NstraceError } from '../errors.ts';
import { loadDuckDb, pathOf } from './duckdb.ts';
import { quoteText } from './quote.ts';
import { allColumns } from './schema.ts';
import type { QueryInput } from './sources.ts';
import { checkStatement, sqlError } from './statement.ts';
import { createViews, readJson, recordsView } from './views.ts';

/** Shows how far it is, until that is of no interest any more. */
type Shown = Pick<ProgressLine, 'show' | 'clear'>;
const progressMs = 200;

/** What a query may use before it spills into a temporary folder. */
const memoryBytes = Math.max(256 * 1024 * 1024, Math.floor(totalmem() / 4));

/**
 * A database in memory over recordings, locked: it reads the files that it was given and no other, whatever the SQL says;
 * no extension, no network, no setting. Close it, or its temporary folder stays.
 */
export class Engine {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #folder: string;
  readonly #sources: readonly QueryInput[];
  readonly #progress: Shown | undefined;
  #tolerant = false;

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    folder: string,
    sources: readonly QueryInput[],
    progress: Shown | undefined,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.#folder = folder;
    this.#sources = sources;
    this.#progress = progress;
  }

  /**
   * @param outs descriptors of files that results may be written to
   * @param progress is shown how far a statement is
   */
  static async open(sources: readonly QueryInput[], outs: readonly number[] = [], progress?: Shown): Promise<Engine> {
    const { DuckDBInstance } = await loadDuckDb('query');
    const folder = mkdtempSync(join(tmpdir(), 'nstrace-query-'));
    const instance = await DuckDBInstance.create(':memory:', {
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
      allow_community_extensions: 'false',
      memory_limit: `${memoryBytes}B`,
      // Set first: else it would spill into the current folder.
      temp_directory: folder,
    });
    const engine = new Engine(instance, await instance.connect(), folder, sources, progress);
    try {
      await engine.#prepare(outs);
    } catch (error) {
      engine.close();
      throw error;
    }
    return engine;
  }

  /**
   * Runs one statement that only reads. Its result is whole before the first row is given: an error leaves no half of it.
   *
   * @throws NstraceError (2) if it is no such statement, or wrong
   */
  async run(sql: string): Promise<DuckDBResult> {
    const kind = await checkStatement(this.#connection, sql);
    if (kind === 'explain') {
      return this.#read(() => this.#connection.run(sql));
    }
    await this.#read(() =>
      this.#connection.run(`CREATE OR REPLACE TEMP TABLE result AS FROM query(${quoteText(sql)})`),
    );
    return this.#connection.stream('FROM result');
  }

  /** Writes the result of the statement as Parquet into the descriptor that was given to open(). */
  async write(sql: string, out: number): Promise<number> {
    await checkStatement(this.#connection, sql);
    const result = await this.#read(() =>
      this.#connection.runAndReadAll(
        `COPY (FROM query(${quoteText(sql)})) TO ${quoteText(pathOf(out))} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)`,
      ),
    );
    return Number(result.getRows()[0]?.[0] ?? 0);
  }

  /** Lines of the inputs that are no records; 0 as long as nothing was found to be damaged. */
  async damage(): Promise<{ file: string; lines: number }[]> {
    if (!this.#tolerant) {
      return [];
    }
    const paths = this.#sources.filter(({ format }) => format === 'json').map(({ path }) => path);
    const reader = await this.#connection.runAndReadAll(
      `SELECT s.file, count(*) FROM ${readJson(paths, allColumns(), true)} r JOIN sources s ON s.path = r.filename
       WHERE r.seq IS NULL GROUP BY s.file ORDER BY s.file`,
    );
    return reader.getRows().map(([file, lines]) => ({ file: String(file), lines: Number(lines) }));
  }

  interrupt(): void {
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #prepare(outs: readonly number[]): Promise<void> {
    const run = (sql: string) => this.#connection.run(sql);
    if (this.#progress !== undefined) {
      await run('SET enable_progress_bar = true');
      await run('SET enable_progress_bar_print = false');
    }
    const paths = [...this.#sources.map(({ path }) => path), ...outs.map(pathOf)];
    await run(`SET allowed_paths = [${paths.map(quoteText).join(', ')}]`);
    await run('CREATE TABLE sources (path VARCHAR, file VARCHAR, host VARCHAR, recording VARCHAR, first BOOLEAN)');
    for (const { path, file, host, recording, first } of this.#sources) {
      await run(`INSERT INTO sources VALUES (${[path, file, host, recording].map(quoteText).join(', ')}, ${first})`);
    }
    await run('CREATE TABLE names (recording VARCHAR, key VARCHAR, seq BIGINT, name VARCHAR, runtime VARCHAR)');
    for (const { recording, key, seq, name, runtime } of this.#lateNames()) {
      await run(
        `INSERT INTO names VALUES (${quoteText(recording)}, ${quoteText(key)}, ${seq}, ${quoteText(name)}, ${quoteText(runtime)})`,
      );
    }
    await this.#createViews();
    await run('SET enable_external_access = false');
    await run('SET lock_configuration = true');
  }

  async #createViews(): Promise<void> {
    const named = this.#lateNames().length > 0;
    await this.#connection.run(recordsView(this.#sources, { tolerant: this.#tolerant, named }));
    for (const view of createViews()) {
      await this.#connection.run(view);
    }
  }

  /** The last name of each instance. */
  #lateNames() {
    const last = new Map(
      this.#sources.flatMap(({ names }) => names.map((name) => [`${name.recording}\0${name.key}`, name])),
    );
    return [...last.values()];
  }

  /** Reads strictly; where a line is no record, once more without such lines. */
  async #read<Result>(read: () => Promise<Result>): Promise<Result> {
    const watch = setInterval(() => this.#showProgress(), progressMs);
    try {
      return await read();
    } catch (error) {
      if (!this.#tolerant && isDamage(error)) {
        this.#tolerant = true;
        await this.#createViews();
        return this.#read(read);
      }
      throw isMemory(error) ? memoryError(error) : sqlError(error);
    } finally {
      clearInterval(watch);
      this.#progress?.clear();
    }
  }

  #showProgress(): void {
    const { percentage } = this.#connection.progress;
    if (percentage > 0) {
      this.#progress?.show({ bytes: percentage, total: 100 });
    }
  }
}

/** How DuckDB says that a line is no JSON, too long, or has a value of another type. */
const isDamage = (error: unknown): boolean =>
  /JSON.* in file|maximum_object_size/i.test(messageOf(error).split('\n')[0] ?? '');
const isMemory = (error: unknown): boolean => /^Out of Memory/.test(messageOf(error));
const memoryError = (error: unknown): NstraceError =>
  new NstraceError(messageOf(error).split('\n')[0] ?? '', {
    advice: 'ask for less: fewer columns, a WHERE, or one recording at a time',
    status: exitStatus.failed,
  });
