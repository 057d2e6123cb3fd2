import { type Command, InvalidArgumentError } from 'commander';
import { usageError } from '../../errors.ts';
import { type Expression, needsPatterns, requireExpression } from '../../filter/expression.ts';
import { type FilterOptions, RecordFilter } from '../../filter/filter.ts';
import { findKey } from '../../filter/keys.ts';
import { type EventKind, eventKinds } from '../../filter/kinds.ts';
import { Lookahead } from '../../filter/lookahead.ts';
import { type Compiler, type Matcher, ValueError } from '../../filter/matcher.ts';
import { momentOf } from '../../filter/moment.ts';
import { loadPatterns, type Pattern, PatternError } from '../../filter/pattern.ts';
import { parseSelector } from '../../filter/selector.ts';
import { didYouMean } from '../../kernel/did-you-mean.ts';
import { UserNames } from '../../view/users.ts';
import { collect, collectNumber, collectUser, collectWord, parseCount, parseDuration } from './parse.ts';

/** Values of the options for what is traced or shown, as commander gives them. */
export interface FilterValues {
  container?: string[];
  where?: string[];
  ns?: number[];
  pid?: number[];
  uid?: number[];
  name?: string[];
  line?: string[];
  auid?: string[];
  tty?: string[];
  host?: string[];
  since?: string;
  until?: string;
  failed?: boolean;
  events?: EventKind[];
  duration?: number;
  maxEvents?: number;
}

export type SelectorValues = Pick<FilterValues, 'container' | 'where' | 'host' | 'since' | 'until'>;

/** -c and --where, which all commands about records have. */
export const addSelectorOptions = (command: Command): Command =>
  command
    .option(
      '-c, --container <sel>',
      'only this container: name, id, RUNTIME/ID, cgroup path, pid:[inode], host pid, id prefix; !SEL leaves one out, host is the rest (repeat)',
      collect,
    )
    .option('--where <expr>', 'only records that match a filter: c:web exit:!0, see nstrace(8) (repeat)', collectText);

/** Of which hosts, and of which time. */
export const addRangeOptions = (command: Command): Command =>
  command
    .option('--host <glob>', 'only records of this host (repeat)', collectWord)
    .option('--since <time>', 'only from this time on: RFC 3339, or an age such as 10m')
    .option('--until <time>', untilHelp);

const untilHelp = 'only up to this time: RFC 3339, or an age such as 10m';

/**
 * @param usual which kinds of events there are without -e, in words
 * @param until what --until is to the command, if it is more than a time
 */
export const addFilterOptions = (command: Command, usual: string, until = untilHelp): Command =>
  addSelectorOptions(command)
    .option('--ns <inode>', 'only processes in this namespace, of whatever type (repeat)', collectNumber)
    .option('-p, --pid <pid>', 'only this host pid and its descendants (repeat)', collectNumber)
    .option('-u, --uid <user>', 'only this user, by name or number (repeat)', collectUser)
    .option('--auid <user>', 'only this login user, by name or number (repeat)', collectText)
    .option('--tty <tty>', 'only this terminal: pts/3, or a glob (repeat)', collectWord)
    .option('-n, --name <regex>', 'only commands whose name or executable matches, RE2 syntax (repeat)', collectText)
    .option('-l, --line <regex>', 'only whole command lines that match, RE2 syntax (repeat)', collectText)
    .option('-x, --failed', 'failed execs too')
    .option('-e, --events <list>', `which kinds: ${eventKinds.join(', ')}, or all (without it: ${usual})`, parseEvents)
    .option('--host <glob>', 'only records of this host (repeat)', collectWord)
    .option('--since <time>', 'only from this time on: RFC 3339, or an age such as 10m')
    .option('--until <time>', until)
    .option('--duration <time>', 'stop after this time: 30s, 5m, 1h', parseDuration)
    .option('--max-events <n>', 'stop after N events', parseCount);

const none: FilterOptions = {
  ...{ containers: [], namespaces: [], pids: [], uids: [], names: [], lines: [] },
  ...{ failed: false, events: new Set() },
};

/**
 * What the options ask for, compiled.
 *
 * @param fallback which kinds there are without -e; words about kinds or ends in --where ask for all of them
 * @throws NstraceError (2) that says which option is wrong, and why
 */
export const filterOf = async (values: FilterValues, fallback: readonly EventKind[]): Promise<FilterOptions> => {
  const { name = [], line = [], auid = [], tty = [], host = [] } = values;
  const compiler = await compilerFor(values);
  const where = whereOf(values, compiler);
  return {
    ...none,
    containers: values.container ?? [],
    namespaces: values.ns ?? [],
    pids: values.pid ?? [],
    uids: values.uid ?? [],
    names: patternsOf('--name', name, compiler),
    lines: patternsOf('--line', line, compiler),
    processes: [...keyTest('auid', auid, compiler), ...keyTest('tty', tty, compiler)],
    records: keyTest('host', host, compiler),
    hosts: host,
    where,
    lookahead: lookaheadOf(values.container ?? [], where),
    ...rangeOf(values),
    failed: values.failed ?? where?.wantsFailed ?? false,
    events: new Set(values.events ?? (where?.wantsKinds ? eventKinds : fallback)),
  };
};

/** Undefined where nothing selects containers. */
const lookaheadOf = (words: readonly string[], where: Expression | undefined): Lookahead | undefined => {
  const inWhere = where?.tests.flatMap(({ selectors = [] }) => selectors) ?? [];
  const texts = [...words.map((word) => parseSelector(word).text), ...inWhere].filter((text) => text !== 'host');
  return texts.length === 0 ? undefined : new Lookahead(texts);
};

/** @throws NstraceError (2) if nothing is between the two, or one is no time */
const rangeOf = (values: Pick<FilterValues, 'since' | 'until'>) => {
  const since = momentOf('--since', values.since);
  const until = momentOf('--until', values.until);
  if (since !== undefined && until !== undefined && since > until) {
    throw usageError(
      `--until ${values.until} is before --since ${values.since}: there is nothing between`,
      'an age counts back from now: --since 2h --until 1h is the hour before the last one',
    );
  }
  return { since, until };
};

/** What -c, --where, --host, --since and --until choose, failed execs included; undefined for all records. */
export const chosenBy = async (values: SelectorValues): Promise<RecordFilter | undefined> => {
  const { container, where, host, since, until } = values;
  const asked = Object.entries({ container, where, host, since, until }).filter(([, value]) => value !== undefined);
  return asked.length === 0
    ? undefined
    : new RecordFilter(await filterOf({ ...Object.fromEntries(asked), failed: true }, eventKinds));
};

/** What the filter language is compiled with: the engine of regular expressions is loaded if something needs it. */
const compilerFor = async ({ name = [], line = [], where = [] }: FilterValues): Promise<Compiler> => {
  const needed = name.length > 0 || line.length > 0 || where.some(needsPatterns);
  return { compile: needed ? await loadPatterns() : undefined, users: new UserNames() };
};

const whereOf = ({ where = [] }: FilterValues, compiler: Compiler): Expression | undefined =>
  where.length === 0 ? undefined : requireExpression(where.join(' '), compiler);

const patternsOf = (option: string, sources: readonly string[], { compile }: Compiler): Pattern[] =>
  sources.map((source) => {
    try {
      return compile!(source);
    } catch (error) {
      throw error instanceof PatternError
        ? usageError(`${option} ${JSON.stringify(source)} is no regular expression: ${error.message}`, re2Advice)
        : error;
    }
  });

export const re2Advice = 'expressions are in RE2 syntax: github.com/google/re2/wiki/Syntax';

const keyTest = (key: string, values: readonly string[], compiler: Compiler): Matcher[] => {
  try {
    return values.length === 0 ? [] : [findKey(key)!.test(values, compiler)];
  } catch (error) {
    throw error instanceof ValueError ? usageError(`--${key}: ${error.message}`, error.advice) : error;
  }
};

/** Options that are no filters: where they are said, the header of a recording need not repeat them. */
const filterNames = [
  ...['container', 'where', 'ns', 'pid', 'uid', 'auid', 'tty', 'name', 'line', 'failed', 'events', 'host'],
  ...['since', 'until', 'duration', 'maxEvents'],
] as readonly (keyof FilterValues)[];

/** What the header of a recording says of the filters. */
export const describeFilters = (values: FilterValues): Record<string, unknown> =>
  Object.fromEntries(filterNames.flatMap((name) => (values[name] === undefined ? [] : [[name, values[name]]])));

export const collectText = (value: string, before: string[] = []): string[] => [...before, value];

const parseEvents = (value: string): EventKind[] => {
  const words = value.split(',').map((word) => word.trim());
  if (words.includes('all')) {
    return [...eventKinds];
  }
  const unknown = words.find((word) => !(eventKinds as readonly string[]).includes(word));
  if (unknown !== undefined) {
    const advice = didYouMean(unknown, [...eventKinds, 'all'], `there are ${eventKinds.join(', ')}, all`);
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is no kind of event: ${advice}`);
  }
  return words as EventKind[];
};
