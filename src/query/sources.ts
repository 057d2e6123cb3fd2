import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cannotOpen, messageOf, noRecording } from '../errors.ts';
import { counted } from '../kernel/plural.ts';
import type { Damage } from '../recording/read/damage.ts';
import { survey as lookThrough } from '../recording/read/late-names.ts';
import { statOf } from '../recording/read/paths.ts';
import type { Progress, Seeker } from '../recording/read/reader.ts';
import { isPlainFile } from '../recording/read/source.ts';
import { loadDuckDb, pathOf } from './duckdb.ts';
import { quoteName, quoteText } from './quote.ts';
import { type LateName, type Survey, survey } from './survey.ts';
import { spoolBytes, spoolRecords, type Take } from './unpacked.ts';
import type { Table } from './views.ts';

/** An input of a query: a recording, or a file of Parquet. */
export interface QueryInput extends Table {
  /** As the user called it. */
  readonly file: string;
  readonly host: string;
  readonly recording: string;
  /** The first one of its recording: what later parts carry over is there already. */
  readonly first: boolean;
  readonly names: readonly LateName[];
}

export interface InputOptions {
  /** Given, only these records are asked, and as they are returned. */
  readonly take?: Take | undefined;
  readonly signal: AbortSignal;
  /** Whether standard input is copied as it is, so that late names reach earlier records too. */
  readonly spool?: boolean;
  /** Whether late names, and recordings one behind the other in a file, make a difference to what is asked. */
  readonly names?: boolean;
  /** Is given what it looks for, in all inputs that can be read twice, before any of their records is taken. */
  readonly seeker?: Seeker | undefined;
  /** How far reading is. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** What is wrong with an input, or missing in it. */
  readonly onNotice: (file: string, what: string) => void;
  readonly onDamage: (file: string, damage: Damage) => void;
}

/**
 * Opens recordings, packed or not, `-` for standard input, and folders of Parquet. Descriptors stay open as long as the
 * process lives.
 *
 * @throws NstraceError (1) if one cannot be read or is no recording
 */
export const openSources = async (paths: readonly string[], options: InputOptions): Promise<QueryInput[]> => {
  const sources: Opened[] = [];
  const files = paths.flatMap(filesIn);
  const onBytes = meterOf(files, options);
  await seek(files, options);
  for (const path of files) {
    sources.push(path.endsWith('.parquet') ? await openParquet(path) : await openRecording(path, options, onBytes));
  }
  reportAbsent(sources, options);
  const firstParts = new Map<string, number>();
  for (const { recording, part } of sources) {
    firstParts.set(recording, Math.min(part, firstParts.get(recording) ?? part));
  }
  return sources.map(({ part, from, to, ...source }) => ({
    ...source,
    first: firstParts.get(source.recording) === part,
  }));
};

/** Standard input is looked through when it was copied. */
const seek = async (files: readonly string[], { seeker, signal }: InputOptions): Promise<void> => {
  const recordings = files.filter((path) => path !== '-' && !path.endsWith('.parquet'));
  if (seeker === undefined || !recordings.every(isPlainFile)) {
    return;
  }
  for (const path of recordings) {
    await lookThrough(path, signal, undefined, undefined, seeker);
  }
  if (!files.includes('-')) {
    seeker.settle();
  }
};

/** A source, with the numbers of its part and of its first and its last record. */
type Opened = QueryInput & { readonly part: number; readonly from: number; readonly to: number };

/** What is missing between the parts of a recording. */
const reportAbsent = (sources: readonly Opened[], { onNotice }: InputOptions): void => {
  const before = new Map<string, Opened>();
  for (const source of [...sources].sort((one, other) => one.part - other.part)) {
    const { recording, file, part, from } = source;
    const last = before.get(recording);
    before.set(recording, source);
    if (last !== undefined && part > last.part && from > last.to + 1) {
      const absent = part - last.part - 1;
      const parts = absent > 0 ? `${counted(absent, 'part is', 'parts are')} absent before it, and ` : '';
      onNotice(file, `${parts}${counted(from - last.to - 1, 'record is', 'records are')} missing before it`);
    }
  }
};

/** Adds up what is looked through, of what there is as far as that is known. */
const meterOf = (files: readonly string[], { onProgress }: InputOptions): ((count: number) => void) | undefined => {
  if (onProgress === undefined) {
    return undefined;
  }
  const sizes = files.map((path) => (isPlainFile(path) ? statSync(path).size : Number.NaN));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let bytes = 0;
  return (count) => {
    bytes += count;
    onProgress({ bytes, total: Number.isNaN(total) ? 0 : total });
  };
};

/** Of a folder its files of Parquet, else its recordings, in the order of their names. */
const filesIn = (path: string): string[] => {
  if (path === '-' || statOf(path)?.isDirectory() !== true) {
    return [path];
  }
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const parquet = files.filter((file) => file.endsWith('.parquet'));
  const found = parquet.length > 0 ? parquet : files.filter((file) => /\.ndjson(\.gz)?$/.test(file));
  if (found.length === 0) {
    throw cannotOpen(path, 'the folder has no recording and no Parquet', 'name a folder of *.parquet or *.ndjson');
  }
  return found;
};

const openRecording = async (
  path: string,
  options: InputOptions,
  onBytes: ((count: number) => void) | undefined,
): Promise<Opened> => {
  const file = path === '-' ? 'standard input' : path;
  if (path === '-' && options.spool === false) {
    return openStream(options);
  }
  const onFailure = (what: string): void => options.onNotice(file, what);
  let descriptor = isPlainFile(path) ? openPlain(path) : undefined;
  descriptor ??= await spoolBytes(path, onFailure, options.signal);
  const found = survey(descriptor, { names: options.names ?? true, onBytes });
  if (found.headers === 0 && !beginsWithRecord(descriptor)) {
    throw noRecording(file);
  }
  report(file, found, options);
  if (options.take !== undefined || found.headers > 1 || found.overlong) {
    const take = options.take ?? ((record) => record);
    const onDamage = (damage: Damage): void => options.onDamage(file, damage);
    const spool = await spoolRecords(pathOf(descriptor), take, {
      ...{ onDamage, signal: options.signal },
      ...(path === '-' && { seeker: options.seeker }),
    });
    closeSync(descriptor);
    descriptor = spool;
  }
  const { host, recording, part, names, first: from, last: to } = found;
  return { path: pathOf(descriptor), format: 'json', file, host, recording, part, from, to, first: true, names };
};

/** Standard input as it comes: only what is asked for is kept. */
const openStream = async ({ take = (record) => record, onDamage, signal }: InputOptions): Promise<Opened> => {
  const file = 'standard input';
  let any = false;
  const takeNext: Take = (record) => {
    any = true;
    return take(record);
  };
  const descriptor = await spoolRecords('-', takeNext, {
    ...{ signal, spool: false },
    onDamage: (damage) => onDamage(file, damage),
  });
  if (!any) {
    throw noRecording(file);
  }
  return { ...spooledSource(descriptor, file), part: 1, from: 1, to: 0 };
};

/** Undefined if it is packed, or cannot be opened: then openSource says why. */
const openPlain = (path: string): number | undefined => {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const head = Buffer.alloc(2);
  if (readSync(descriptor, head, 0, 2, 0) === 2 && head.readUInt16BE() === gzipMagic) {
    closeSync(descriptor);
    return undefined;
  }
  return descriptor;
};

/** RFC 1952. */
const gzipMagic = 0x1f8b;

const beginsWithRecord = (descriptor: number): boolean => {
  const head = Buffer.alloc(16);
  const count = readSync(descriptor, head, 0, 16, 0);
  return fstatSync(descriptor).size > 0 && head.toString('latin1', 0, count).trimStart().startsWith('{"type":');
};

const report = (file: string, { headers, missing, footer }: Survey, { onNotice }: InputOptions): void => {
  if (headers === 0) {
    onNotice(file, 'it does not begin with a header');
  }
  if (missing > 0) {
    onNotice(file, `${counted(missing, 'record is', 'records are')} missing in it: nstrace check says where`);
  }
  if (footer === undefined) {
    onNotice(file, 'it is incomplete: it was cut off, or is still being written');
  } else if (footer.lost > 0) {
    onNotice(file, `${footer.lost} events are missing in it; the view lost says from when to when`);
  }
};

/** Records that were spooled as one input. */
export const spooledSource = (descriptor: number, file: string): QueryInput => {
  const { host, recording } = survey(descriptor);
  return { path: pathOf(descriptor), format: 'json', file, host, recording, first: true, names: [] };
};

const openParquet = async (path: string): Promise<Opened> => {
  const descriptor = openSync(path, 'r');
  const columns = await columnsOfParquet(pathOf(descriptor)).catch((error) => {
    throw cannotOpen(path, messageOf(error).split('\n')[0] ?? '', '`nstrace export --to parquet` writes such files');
  });
  const inside = { host: '', recording: path, part: 1, from: 1, to: 0, first: true, names: [] };
  return { path: pathOf(descriptor), format: 'parquet', file: path, columns, ...inside };
};

const columnsOfParquet = async (path: string): Promise<Map<string, string>> => {
  const { DuckDBInstance } = await loadDuckDb('query');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${quoteText(path)})`);
    const columns = new Map(reader.getRows().map(([name, type]) => [String(name), String(type)]));
    if (!columns.has('type') || !columns.has('seq')) {
      throw new Error(`it has no records of nstrace: ${[...columns.keys()].slice(0, 5).map(quoteName).join(', ')}`);
    }
    return columns;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};
