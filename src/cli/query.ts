import { type Command, Option } from 'commander';
import { say, sayError } from '../console/say.ts';
import { write } from '../console/stdout.ts';
import { Stop } from '../console/stop.ts';
import { exitStatus, NstraceError, usageError } from '../errors.ts';
import { type FleetValues, isFleet, spoolFleet } from '../fleet/stream/input.ts';
import { counted } from '../kernel/plural.ts';
import { resultFormats } from '../query/format.ts';
import { namedQueries, namedSql, views } from '../query/named.ts';
import type { QuerySession, SessionValues } from '../query/session.ts';
import { expandPaths } from '../recording/read/paths.ts';
import { escapeText } from '../view/escape.ts';
import { addSelectorOptions, chosenBy, type SelectorValues } from './options/filter.ts';
import { addFleetOptions, oneOf, refuseFleetOptions } from './options/fleet.ts';
import { collectWord, parsePlace } from './options/parse.ts';

interface QueryValues extends SessionValues, SelectorValues, Omit<FleetValues, 'since'> {
  run?: string;
  list?: boolean;
  since?: string;
  strict?: boolean;
}

const listOf = (entries: Iterable<readonly [string, string]>): string =>
  [...entries].map(([name, about]) => `  ${name.padEnd(22)} ${about}`).join('\n');

const examples = `
Views:
${listOf(Object.entries(views))}

Times in SQL, json, csv and Parquet are UTC; tables show them in local time. Columns of a view: query FILE 'DESCRIBE execs'.

Examples:
  nstrace query session.ndjson 'SELECT exe, count(*) FROM execs GROUP BY exe'
  nstrace query --run slowest-startups 'night-*.ndjson.gz'
  nstrace query session.ndjson "SELECT line FROM execs WHERE container_name = 'web'" -o csv
  nstrace query session.ndjson 'FROM containers' -o json | jq .
  nstrace query parquet/ 'FROM failed' --write failed.parquet
  nstrace query --from nats://127.0.0.1:4222 --since 1h 'SELECT host, count(*) FROM execs GROUP BY host'
  nstrace query session.ndjson                   a prompt: one statement after another
`;

export const addQuery = (program: Command): void => {
  const command = program
    .command('query')
    .description('ask recordings in SQL (DuckDB)')
    .argument(
      '[file...]',
      'recordings, also compressed (.gz), folders of Parquet, or - for standard input; the last one may be SQL',
    )
    .option('--run <name>', 'run a named query')
    .option('--list', 'list the named queries')
    .option('--host <glob>', 'only records of this host (repeat)', collectWord)
    .option(
      '--since <time>',
      'only from this time on: RFC 3339, or an age such as 10m; for --run new-programs, since when they are new',
    )
    .option('--until <time>', 'only up to this time: RFC 3339, or an age such as 10m')
    .addOption(new Option('-o, --output <format>', 'how the result is printed').choices(resultFormats).default('table'))
    .option('--write <file>', 'write the result as Parquet, with secrets masked', parsePlace)
    .option('--no-redact', 'with --write: as it was recorded')
    .option('--force', 'with --write: over an existing file')
    .option('--strict', 'exit with status 4 if a recording is damaged or incomplete')
    .option(
      '--no-spool',
      'copy of standard input only what is asked for: a name that is learned late holds from then on only',
    )
    .addHelpText('after', examples)
    .action(async (words: string[], values: QueryValues) => {
      process.exitCode = await query(words, values);
    });
  addSelectorOptions(addFleetOptions(command, 'a recording, or nats://…: what the agents of a fleet have shipped'));
};

const query = async (words: string[], values: QueryValues): Promise<number> => {
  if (values.list) {
    const named = Object.entries(namedQueries).map(([name, { about }]) => [name, about] as const);
    await write(`Queries (--run NAME):\n${listOf(named)}\n\nViews:\n${listOf(Object.entries(views))}\n`);
    return exitStatus.ok;
  }
  refuseFleetOptions(values);
  const { files, sql } = readWords(words, values);
  const stop = new Stop();
  // The record schema and DuckDB: no other command waits for them.
  const [{ QuerySession }, { prompt }] = await Promise.all([
    import('../query/session.ts'),
    import('../query/prompt.ts'),
  ]);
  const session = new QuerySession(values, await chosenBy(rangeOf(values)));
  void stop.asked.then(() => session.interrupt());
  stop.leave.addEventListener('abort', () => session.close());
  try {
    await session.open(isFleet(values.from) ? [await copyOf(values.from, values, stop.signal)] : files, sql);
    return sql === undefined ? await prompt(session, values) : await ask(session, sql, values);
  } catch (error) {
    return session.interrupted ? exitStatus.interrupted : sayError(error);
  } finally {
    session.close();
  }
};

/** --run new-programs compares what came after --since with all that was before. */
const rangeOf = ({ since, ...others }: QueryValues): QueryValues =>
  since === undefined || namedQueries[others.run ?? '']?.since ? others : { ...others, since };

/** The records of a fleet, in a file that has no name. */
const copyOf = async (from: string, values: QueryValues, signal: AbortSignal): Promise<string> => {
  const { descriptor, records } = await spoolFleet(from, rangeOf(values), signal);
  if (records === 0) {
    throw new NstraceError(`${from} has no records of that time`, {
      advice: 'give another --since or --until; nstrace agent status says whether an agent ships',
      status: exitStatus.failed,
    });
  }
  return `/proc/self/fd/${descriptor}`;
};

const ask = async (session: QuerySession, sql: string, values: QueryValues): Promise<number> => {
  if (values.write !== undefined) {
    say(`${counted(await session.write(sql), 'row')} in ${escapeText(values.write)}`);
  } else {
    await session.print(sql);
  }
  await session.reportDamage();
  return values.strict === true && session.damaged ? exitStatus.damaged : exitStatus.ok;
};

/** Which words are files, and which one is SQL: the last one, if no file has that name. */
const readWords = (
  words: readonly string[],
  { run, since, from }: QueryValues,
): { files: string[]; sql: string | undefined } => {
  if (from !== undefined) {
    const sql = run === undefined ? words.at(-1) : namedSql(run, since);
    const example = `nstrace query --from ${from} 'SELECT ...'`;
    return { files: [oneOf(words.length > 1 || (run && words[0]) ? words[0] : undefined, from, example)], sql };
  }
  const last = words.at(-1);
  const isFile = last === undefined || namesFile(last);
  const hasSql = run === undefined && !isFile;
  const files = expandPaths(hasSql ? words.slice(0, -1) : words);
  if (files.length === 0) {
    throw usageError(
      last === undefined || !hasSql
        ? 'it needs a recording'
        : `there is no file ${JSON.stringify(last)}, and SQL needs one`,
      "nstrace query FILE 'SELECT ...'; `nstrace record -o FILE` makes a recording",
    );
  }
  return { files, sql: run === undefined ? (hasSql ? last : undefined) : namedSql(run, since) };
};

/** A file, a folder, a pattern that matches, or the name of a recording in parts. */
const namesFile = (word: string): boolean => {
  try {
    return expandPaths([word]).length > 0;
  } catch {
    return false;
  }
};
