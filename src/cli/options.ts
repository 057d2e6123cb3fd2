import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../errors.ts';
import { type EventKind, eventKinds, type FilterOptions } from '../filter/filter.ts';
import { columns } from '../view/columns.ts';
import { UserNames } from '../view/users.ts';

/** Values of the options for what is traced or shown, as commander gives them. */
export interface FilterValues {
  container?: string[];
  ns?: number[];
  pid?: number[];
  uid?: number[];
  name?: RegExp[];
  line?: RegExp[];
  failed?: boolean;
  events?: EventKind[];
  duration?: number;
  maxEvents?: number;
  bpftrace?: string;
}

export interface LineValues {
  time?: boolean;
  timestamp?: boolean;
  printUid?: boolean;
  quote?: boolean;
  maxArgs?: number;
  columns?: string[];
  header: boolean;
  color: 'auto' | 'always' | 'never';
  output?: 'table' | 'json';
  json?: boolean;
}

/** @param usual which kinds of events there are without -e, in words */
export const addFilterOptions = (command: Command, usual: string): Command =>
  command
    .option(
      '-c, --container <sel>',
      'only this container: name, id, id prefix, cgroup path, pid:[inode], host pid; !SEL leaves one out, host is the rest (repeat)',
      collect,
    )
    .option('--ns <inode>', 'only processes in this namespace, of whatever type (repeat)', collectNumber)
    .option('-p, --pid <pid>', 'only this host pid and its descendants (repeat)', collectNumber)
    .option('-u, --uid <user>', 'only this user, by name or number (repeat)', collectUser)
    .option('-n, --name <regex>', 'only commands whose name or executable matches (repeat)', collectRegex)
    .option('-l, --line <regex>', 'only whole command lines that match (repeat)', collectRegex)
    .option('-x, --failed', 'failed execs too')
    .option('-e, --events <list>', `which kinds: ${eventKinds.join(', ')}, or all (without it: ${usual})`, parseEvents)
    .option('--duration <time>', 'stop after this time: 30s, 5m, 1h', parseDuration)
    .option('--max-events <n>', 'stop after so many events', parseCount);

export const addTracerOptions = (command: Command): Command =>
  command.option('--bpftrace <path>', 'the bpftrace to run, if not the system’s');

/** What live and replay list without -e. */
export const usualKinds = 'exec; with -o json also container';

export const addLineOptions = (command: Command): Command =>
  command
    .option('-T, --time', 'wall clock')
    .option('-t, --timestamp', 'seconds since tracing began')
    .option('-U, --print-uid', 'user id')
    .option('-q, --quote', 'quote arguments so that a shell reads them back')
    .option('--max-args <n>', 'show so many arguments at most', parseCount)
    .option('--columns <list>', `columns to show: ${columns.map(({ name }) => name).join(', ')}`, parseColumns)
    .option('--no-header', 'no header line')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(new Option('-o, --output <format>', 'table, or json: one record a line').choices(['table', 'json']))
    .option('--json', 'the same as -o json');

/** @param fallback which kinds there are without -e */
export const filterOf = (values: FilterValues, fallback: readonly EventKind[]): FilterOptions => ({
  containers: values.container ?? [],
  namespaces: values.ns ?? [],
  pids: values.pid ?? [],
  uids: values.uid ?? [],
  names: values.name ?? [],
  lines: values.line ?? [],
  failed: values.failed ?? false,
  events: new Set(values.events ?? fallback),
});

/** What the header of a recording says of the filters. */
export const tellFilters = (values: FilterValues): Record<string, unknown> => {
  const { bpftrace: _, ...rest } = values;
  const told: Record<string, unknown> = {};
  for (const name of [
    'container',
    'ns',
    'pid',
    'uid',
    'name',
    'line',
    'failed',
    'events',
    'duration',
    'maxEvents',
  ] as const) {
    const value = rest[name];
    if (value !== undefined) {
      told[name] = Array.isArray(value) ? value.map((item) => (item instanceof RegExp ? item.source : item)) : value;
    }
  }
  return told;
};

export const collect = (value: string, before: string[] = []): string[] => {
  if (value === '' || value === '!') {
    throw new InvalidArgumentError('it names no container');
  }
  return [...before, value];
};

export const collectNumber = (value: string, before: number[] = []): number[] => {
  const digits = /^(?:[a-z]+:\[)?(\d+)\]?$/.exec(value);
  if (digits === null) {
    throw new InvalidArgumentError('it is not a number');
  }
  return [...before, Number(digits[1])];
};

export const collectUser = (value: string, before: number[] = []): number[] => {
  const uid = /^\d+$/.test(value) ? Number(value) : new UserNames().idOf(value);
  if (uid === undefined) {
    throw new InvalidArgumentError('there is no such user');
  }
  return [...before, uid];
};

const collectRegex = (value: string, before: RegExp[] = []): RegExp[] => {
  try {
    return [...before, new RegExp(value, 'u')];
  } catch {
    throw new InvalidArgumentError('it is not a regular expression');
  }
};

const parseEvents = (value: string): EventKind[] => {
  const words = value.split(',').map((word) => word.trim());
  if (words.includes('all')) {
    return [...eventKinds];
  }
  const unknown = words.find((word) => !(eventKinds as readonly string[]).includes(word));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${eventKinds.join(', ')}, all`);
  }
  return words as EventKind[];
};

const parseColumns = (value: string): string[] => {
  const words = value.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !columns.some(({ name }) => name === word));
  if (unknown !== undefined) {
    throw new InvalidArgumentError(`there is no column ${JSON.stringify(unknown)}`);
  }
  return words;
};

export const parseCount = (value: string): number => {
  if (!/^[1-9]\d*$/.test(value)) {
    throw new InvalidArgumentError('it must be a number from 1');
  }
  return Number(value);
};

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** The longest time that a timer can wait. */
const maxTimerMs = 2_147_483_647;

/** `30s`, `1.5m`, `500ms`; seconds without a unit. In ms. */
export const parseDuration = (value: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(value);
  const ms = match ? Number(match[1]) * units[match[2] ?? 's']! : 0;
  if (ms <= 0 || ms > maxTimerMs) {
    throw new InvalidArgumentError('it is not a time such as 30s, 5m or 1h (24 days at most)');
  }
  return ms;
};

export const requireJsonOrTable = ({ output, json }: Pick<LineValues, 'output' | 'json'>): 'table' | 'json' => {
  if (json === true && output === 'table') {
    throw usageError('--json and -o table contradict each other', 'leave one of them out');
  }
  return json === true ? 'json' : (output ?? 'table');
};

/** Whether there is a terminal for a view, and nothing asks for lines. */
export const wantsTui = (values: LineValues): boolean => {
  const { output, json, time, timestamp, printUid, quote, maxArgs, columns, header } = values;
  const lines = [output, json, time, timestamp, printUid, quote, maxArgs, columns].some((value) => value !== undefined);
  return process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb' && !lines && header;
};
