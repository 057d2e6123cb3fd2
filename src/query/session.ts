import { rmSync } from 'node:fs';
import { ProgressLine } from '../console/progress.ts';
import { say } from '../console/say.ts';
import { sayMissing } from '../console/selection.ts';
import { write } from '../console/stdout.ts';
import { terminalSize } from '../console/terminal.ts';
import { cannotWrite, messageOf } from '../errors.ts';
import type { RecordFilter } from '../filter/filter.ts';
import { openRecording } from '../recording/write/file.ts';
import { escapeText } from '../view/escape.ts';
import { redactRecord } from '../view/redact/record.ts';
import { Engine } from './engine.ts';
import { type FormatName, formatFor } from './format.ts';
import { printResult } from './print.ts';
import { openSources } from './sources.ts';
import { asksForNames } from './statement.ts';
import type { Take } from './unpacked.ts';

/** How many damages are reported one by one. */
const maxReported = 10;

export interface SessionValues {
  output: FormatName;
  write?: string;
  force?: boolean;
  redact: boolean;
  /** False with --no-spool. */
  spool: boolean;
}

/** Recordings that are asked: opened once, then any number of statements. */
export class QuerySession {
  readonly #values: SessionValues;
  readonly #filter: RecordFilter | undefined;
  readonly #aborter = new AbortController();
  readonly #progress: ProgressLine | undefined;
  #engine: Engine | undefined;
  #out: number | undefined;
  #written = false;
  #damage = 0;

  /** @param filter undefined to ask all records */
  constructor(values: SessionValues, filter: RecordFilter | undefined) {
    this.#values = values;
    this.#filter = filter;
    this.#progress = process.stderr.isTTY ? new ProgressLine('recordings') : undefined;
  }

  get interrupted(): boolean {
    return this.#aborter.signal.aborted;
  }

  /** Whether something is missing or broken in what was read so far. */
  get damaged(): boolean {
    return this.#damage > 0;
  }

  /** @param sql the only statement that is to come, if that is known */
  async open(files: readonly string[], sql?: string): Promise<void> {
    const { write, force } = this.#values;
    const filter = this.#filter;
    const sources = await openSources(files, {
      take: this.#take(filter),
      signal: this.#aborter.signal,
      spool: this.#values.spool,
      seeker: filter?.lookahead,
      names: sql === undefined || asksForNames(sql),
      onProgress: this.#progress?.show,
      onNotice: (file, what) => this.#report(file, what),
      onDamage: (file, { line, what }) => this.#report(file, line > 0 ? `line ${line}: ${what}` : what),
    });
    this.#progress?.clear();
    if (filter !== undefined) {
      sayMissing(filter);
    }
    this.#out = write === undefined ? undefined : openRecording(write, { force: force ?? false });
    this.#engine = await Engine.open(sources, this.#out === undefined ? [] : [this.#out], this.#progress);
  }

  async print(sql: string): Promise<number> {
    const result = await this.#open.run(sql);
    const { isTTY } = process.stdout;
    const format = formatFor(this.#values.output, isTTY ? terminalSize().columns : undefined);
    return printResult(result, format, write);
  }

  /** The number of rows that were written. */
  async write(sql: string): Promise<number> {
    const { write: path = '' } = this.#values;
    try {
      const rows = await this.#open.write(sql, this.#out ?? -1);
      this.#written = true;
      return rows;
    } catch (error) {
      throw /^IO Error/.test(messageOf(error)) ? cannotWrite(path, messageOf(error)) : error;
    }
  }

  /** Says which lines were left out, where a statement came upon one that is no record. */
  async reportDamage(): Promise<void> {
    for (const { file, lines } of await this.#open.damage()) {
      this.#report(
        file,
        `${lines} ${lines === 1 ? 'line is no record and was' : 'lines are no records and were'} left out`,
      );
    }
  }

  interrupt(): void {
    this.#aborter.abort();
    this.#engine?.interrupt();
  }

  /** Ends the statement that runs, and none after it. */
  cancel(): void {
    this.#engine?.interrupt();
  }

  close(): void {
    this.#engine?.close();
    this.#engine = undefined;
    if (this.#out !== undefined && !this.#written && this.#values.write !== undefined && !this.#values.force) {
      rmSync(this.#values.write, { force: true });
    }
  }

  get #open(): Engine {
    if (this.#engine === undefined) {
      throw new Error('no recording is open');
    }
    return this.#engine;
  }

  #report(file: string, what: string): void {
    this.#damage += 1;
    this.#progress?.clear();
    if (this.#damage <= maxReported) {
      say(`${escapeText(file)}: ${escapeText(what)}`);
    }
  }

  /** What is asked, where that is not all: records that filters want, and what leaves the host with secrets masked. */
  #take(filter: RecordFilter | undefined): Take | undefined {
    const { write, redact } = this.#values;
    const masks = write !== undefined && redact;
    if (filter === undefined && !masks) {
      return undefined;
    }
    return (record) => (filter?.wants(record) === false ? undefined : masks ? redactRecord(record) : record);
  }
}
