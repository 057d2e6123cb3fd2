import { quoteName, quoteText } from './quote.ts';
import { allColumns, columnsOf, type TableType, tableTypes, typedColumn } from './schema.ts';

/** A file that DuckDB reads, by a path that leads to its open descriptor. */
export interface Table {
  readonly path: string;
  readonly format: 'json' | 'parquet';
  /** Of Parquet: its columns, and their types. */
  readonly columns?: ReadonlyMap<string, string>;
}

/** No line of a recording is longer; beyond it a line is damage. Buffers of DuckDB are a multiple of it. */
const maxLineBytes = 128 * 1024;

/** Columns that every record has, beside those of its own type. */
const place = ['recording', 'host', 'file'] as const;

/**
 * The view `records`: every record of all inputs with all columns. Beside it are the tables `sources` (path, file, host,
 * recording, first) and `names` (recording, key, seq, name, runtime), which are made before.
 *
 * @param tolerant leave out lines that are no records, where otherwise the first one is an error
 */
export const recordsView = (inputs: readonly Table[], options: { tolerant: boolean; named: boolean }): string => {
  const columns = allColumns();
  const kept = [...columns.keys()].filter((name) => name !== 'host' && name !== 'recording');
  const key = `coalesce(CAST(r.container.instance AS VARCHAR), 'id:' || r.container.id)`;
  const late = (field: 'name' | 'runtime'): string =>
    options.named ? `CASE WHEN r.seq < n.seq THEN n.${field} ELSE r.container.${field} END` : `r.container.${field}`;
  return `CREATE OR REPLACE VIEW records AS SELECT ${kept.map((name) => `r.${quoteName(name)}`).join(', ')},
    coalesce(r.recording, s.recording) AS recording,
    coalesce(CASE json_type(r.host) WHEN 'VARCHAR' THEN r.host ->> '$' ELSE r.host ->> '$.name' END, s.host) AS host,
    s.file AS file,
    r.container.id AS container_id, ${late('name')} AS container_name, ${late('runtime')} AS runtime,
    r.container.instance AS instance, ${key} AS container_key
    FROM (${unionOf(inputs, columns, options.tolerant)}) r JOIN sources s ON s.path = r.filename
    ${options.named ? `LEFT JOIN names n ON n.recording = coalesce(r.recording, s.recording) AND n.key = ${key}` : ''}
    WHERE r.seq IS NOT NULL AND (r.carried IS NULL OR s.first) AND r.type IN (${tableTypes.map(quoteText).join(', ')})`;
};

const unionOf = (inputs: readonly Table[], columns: ReadonlyMap<string, string>, tolerant: boolean): string => {
  const json = inputs.filter(({ format }) => format === 'json').map(({ path }) => path);
  const parquet = new Map<string, Table[]>();
  for (const input of inputs.filter(({ format }) => format === 'parquet')) {
    const key = JSON.stringify([...(input.columns ?? [])]);
    parquet.set(key, [...(parquet.get(key) ?? []), input]);
  }
  const parts = [...parquet.values()].map((group) => readParquet(group, columns));
  if (json.length > 0) {
    parts.push(`SELECT * FROM ${readJson(json, columns, tolerant)}`);
  }
  return parts.join(' UNION ALL BY NAME ');
};

/** With columns given: what DuckDB finds out by itself breaks where keys come after its sample. */
export const readJson = (paths: readonly string[], columns: ReadonlyMap<string, string>, tolerant: boolean): string =>
  `read_json([${paths.map(quoteText).join(', ')}], format = 'newline_delimited', filename = true, ` +
  `maximum_object_size = ${maxLineBytes}, ignore_errors = ${tolerant}, ` +
  `columns = {${[...columns].map(([name, type]) => `${quoteName(name)}: ${quoteText(type)}`).join(', ')}})`;

/** Files with the same columns, as columns of records: what a file lacks is NULL. */
const readParquet = (group: readonly Table[], columns: ReadonlyMap<string, string>): string => {
  const own = group[0]?.columns ?? new Map<string, string>();
  const select = [...columns].map(([name, type]) => {
    const has = own.get(name);
    const quoted = quoteName(name);
    if (has === undefined) {
      return `CAST(NULL AS ${type}) AS ${quoted}`;
    }
    return `${type === 'JSON' ? `to_json(${quoted})` : `CAST(${quoted} AS ${type})`} AS ${quoted}`;
  });
  const paths = group.map(({ path }) => quoteText(path)).join(', ');
  return `SELECT ${select.join(', ')}, filename FROM read_parquet([${paths}], filename = true)`;
};

/** Columns of the format rather than of what happened. */
const unasked = ['type', 'container', 'carried', 'source_seq'];
const identity = ['container_id', 'runtime', 'instance'] as const;
/** Names that SQL would take for words of its own. */
const renamed: Readonly<Record<string, string>> = {
  by: 'by_pid',
  for: 'works_for',
  from: 'from_time',
  to: 'to_time',
};

/** The columns of one type of record, the ones that people look for first. */
const viewOf = (name: string, type: TableType, where: string, extra: readonly string[] = []): string => {
  const shared = allColumns();
  const own = columnsOf(type);
  const isProcess = own.has('nspid');
  const first = ['time', ...(isProcess ? ['container_name', 'pid'] : [])];
  const last = ['nspid', 'ns', 'mono', 'seq'].filter((column) => own.has(column));
  const rest = [...own.keys()].filter((column) => ![...first, ...last, ...place, ...unasked].includes(column));
  const field = (column: string): string => {
    const sql = typedColumn(column, own.get(column) ?? '', shared.get(column) ?? '');
    const as = renamed[column] ?? column;
    return as === column && sql === quoteName(column) ? sql : `${sql} AS ${quoteName(as)}`;
  };
  const select = [
    ...first.map(quoteName),
    ...(isProcess ? [innermost] : []),
    ...rest.map(field),
    ...extra,
    ...(isProcess ? identity : []),
    ...last.map(quoteName),
    ...place,
  ];
  return `CREATE OR REPLACE VIEW ${name} AS SELECT ${select.join(', ')} FROM records WHERE type = '${type}' ${where}`;
};

/** The pid in the innermost pid namespace; none on the host, as everywhere in nstrace. */
const innermost = 'CASE WHEN len(nspid) > 1 THEN nspid[-1] END AS nspid_inner';
const line = `array_to_string(args, ' ') AS line`;

const requester = (field: 'by' | 'asked_by', of: (column: string) => string): string[] => {
  const type = columnsOf('container').get(field);
  if (type === undefined) {
    return [];
  }
  const names = [...type.matchAll(/"(\w+)"/g)].map(([, name]) => name!);
  const struct = of(typedColumn(field, type, allColumns().get(field) ?? ''));
  return names.map((name) => `(${struct}).${quoteName(name)} AS ${field}_${name}`);
};

/** Somebody who came into a container, with the first program that he runs there. */
const joinsView = (): string => `CREATE OR REPLACE VIEW joins AS
  SELECT j.time, j.container_name, j.pid, ${innermost.replaceAll('nspid', 'j.nspid').replace('AS j.', 'AS ')},
    e.exe, e.args, e.line, e.uid, ${requester('by', (sql) => sql.replaceAll('"by"', 'j."by"')).join(', ')}${[
      '',
      ...requester('asked_by', (sql) => sql.replaceAll('"asked_by"', 'j."asked_by"')),
    ].join(', ')},
    j.container_id, j.runtime, j.instance, j.mono, j.seq, j.recording, j.host, j.file
  FROM (SELECT * FROM records WHERE type = 'container' AND op = 'joined') j
  LEFT JOIN (SELECT * FROM execs WHERE origin = 'joined') e
    ON j.recording = e.recording AND j.pid = e.pid AND j.mono <= e.mono
  QUALIFY row_number() OVER (PARTITION BY j.recording, j.seq ORDER BY e.mono, e.seq) = 1`;

/** One row per life. Where recordings of 0.1 have no `instance`, each one made or seen begins another life of its id. */
const containersView = (): string => {
  const latest = (sql: string): string => `arg_max(${sql}, seq)`;
  const when = (op: string, column: string): string => `min(${column}) FILTER (op = '${op}')`;
  const info = [
    ...columnsOf('container')
      .get('container')!
      .matchAll(/"(\w+)" (?=[A-Z])/g),
  ];
  const known = new Set(info.map(([, name]) => name));
  const kept = ['image', 'pidns', 'init', 'labels', 'cgroups', 'pod', 'root'].filter((name) => known.has(name));
  const seq = ['startup_ns', 'startup', 'code', 'signal', 'oom'].map((name) => `${latest(name)} AS ${name}`);
  return `CREATE OR REPLACE VIEW containers AS WITH lives AS (
    SELECT *, sum(CASE WHEN instance IS NULL AND op IN ('created', 'seen') THEN 1 ELSE 0 END)
      OVER (PARTITION BY recording, container_key ORDER BY seq) AS life
    FROM records WHERE type = 'container')
  SELECT ${latest('container_name')} AS container_name, ${latest('runtime')} AS runtime,
    ${kept.map((name) => `${latest(`container.${quoteName(name)}`)} AS ${name}`).join(', ')},
    ${['created', 'started', 'stopped', 'removed'].map((op) => `${when(op, 'time')} AS ${op}`).join(', ')},
    bool_or(op = 'seen') AS seen, ${seq.join(', ')},
    ${when('stopped', 'mono')} - coalesce(${when('started', 'mono')}, ${when('created', 'mono')}) AS duration_ns,
    count(*) FILTER (op = 'joined') AS joins,
    ${[...requester('by', (sql) => `arg_min(${sql}, seq)`), ...requester('asked_by', (sql) => `arg_min(${sql}, seq)`)].join(', ')},
    ${latest('container_id')} AS container_id, max(instance) AS instance, min(mono) AS mono, min(seq) AS seq,
    recording, any_value(host) AS host, min(file) AS file
  FROM lives GROUP BY recording, container_key, life`;
};

/** One row per process: (pid, start). A pid that is used again is another process. */
const processesView = (): string => `CREATE OR REPLACE VIEW processes AS WITH steps AS (
    SELECT *, CASE WHEN type IN ('fork', 'process') THEN 1
        WHEN coalesce(lag(type) OVER born, 'exit') = 'exit' THEN 1 ELSE 0 END AS begins
    FROM records WHERE type IN ('process', 'fork', 'exec', 'exit') AND coalesce(ret, 0) = 0
    WINDOW born AS (PARTITION BY recording, pid ORDER BY mono, seq)),
  lives AS (SELECT *, sum(begins) OVER (PARTITION BY recording, pid ORDER BY mono, seq) AS life FROM steps)
  SELECT min(CASE WHEN type = 'process' THEN started ELSE time END) AS started, max(time) FILTER (type = 'exit') AS ended,
    arg_max(container_name, seq) AS container_name, pid, arg_max(${innermost.replace(' AS nspid_inner', '')}, seq) AS nspid_inner,
    arg_min(ppid, seq) AS ppid, arg_max(comm, seq) AS comm, arg_max(exe, seq) AS exe,
    arg_max(args, seq) AS args, array_to_string(arg_max(args, seq), ' ') AS line, arg_max(uid, seq) AS uid,
    arg_max(origin, seq) AS origin, count(*) FILTER (type = 'exec') AS execs, bool_or(type = 'process') AS before,
    max(code) AS code, max(signal) AS signal, max(duration_ns) AS duration_ns,
    arg_max(container_id, seq) AS container_id, arg_max(runtime, seq) AS runtime, max(instance) AS instance,
    arg_max(nspid, seq) AS nspid, arg_max(ns, seq) AS ns, min(mono) AS mono, min(seq) AS seq,
    recording, any_value(host) AS host, min(file) AS file
  FROM lives GROUP BY recording, pid, life`;

/** The views on `records`, in the order in which they are made. */
export const createViews = (): string[] => [
  viewOf('execs', 'exec', 'AND ret = 0', [line]),
  viewOf('failed', 'exec', 'AND ret <> 0', [line]),
  viewOf('exits', 'exit', ''),
  viewOf('forks', 'fork', ''),
  viewOf('namespaces', 'namespace', ''),
  viewOf('cgroups', 'cgroup', ''),
  viewOf('lost', 'lost', ''),
  joinsView(),
  containersView(),
  processesView(),
];
