import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../errors.ts';
import { type GroupKind, groupKinds } from '../filter/group.ts';
import { didYouMean } from '../kernel/nearest.ts';
import { columns } from '../view/columns.ts';
import { groupIdOf } from '../view/groups.ts';
import { UserNames } from '../view/users.ts';

export interface GroupValues {
  groupBy?: GroupKind;
}

export interface LineValues extends GroupValues {
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

export interface TracerValues {
  bpftrace?: string;
}

export const addTracerOptions = (command: Command): Command =>
  command.option('--bpftrace <path>', 'the bpftrace to run, if not the system’s');

/** What live and replay list without -e. */
export const usualKinds = 'exec; with -o json also container';

/** @param what what stands together */
export const addGroupOption = (command: Command, what: string): Command =>
  command.addOption(new Option('--group-by <kind>', what).choices(groupKinds));

/** @throws NstraceError (2) if records as they are were asked for by groups */
export const refuseGroupedJson = ({ groupBy, ...values }: Pick<LineValues, 'groupBy' | 'output' | 'json'>): void => {
  if (groupBy !== undefined && requireJsonOrTable(values) === 'json') {
    throw usageError(
      '--group-by is for people, and -o json for programs',
      `group the records with jq, or leave one out`,
    );
  }
};

export const addLineOptions = (command: Command): Command =>
  command
    .option('-T, --time', 'wall clock')
    .option('-t, --timestamp', 'seconds since tracing began')
    .option('-U, --print-uid', 'user id')
    .option('-q, --quote', 'quote arguments so that a shell reads them back')
    .option('--max-args <n>', 'show at most N arguments', parseCount)
    .option('--columns <list>', `columns to show: ${columns.map(({ name }) => name).join(', ')}`, parseColumns)
    .option('--no-header', 'no header line')
    .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto'))
    .addOption(new Option('-o, --output <format>', 'table, or json: one record a line').choices(['table', 'json']))
    .option('--json', 'the same as -o json');

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

export const collectUser = (value: string, before: number[] = []): number[] => [...before, parseUser(value)];

export const parseUser = (value: string): number => {
  const users = new UserNames();
  const uid = /^\d+$/.test(value) ? Number(value) : users.idOf(value);
  if (uid === undefined) {
    const near = didYouMean(value, users.all(), 'give the number of one that this host does not know');
    throw new InvalidArgumentError(`there is no such user: ${near}`);
  }
  return uid;
};

export const parseGroup = (value: string): number => {
  const gid = /^\d+$/.test(value) ? Number(value) : groupIdOf(value);
  if (gid === undefined) {
    throw new InvalidArgumentError('there is no such group: give the number of one that /etc/group does not know');
  }
  return gid;
};

const parseColumns = (value: string): string[] => {
  const words = value.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !columns.some(({ name }) => name === word));
  if (unknown !== undefined) {
    const names = columns.map(({ name }) => name);
    throw new InvalidArgumentError(
      `there is no column ${JSON.stringify(unknown)}: ${didYouMean(unknown, names, `the columns are ${names.join(', ')}`)}`,
    );
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
export const maxTimerMs = 2_147_483_647;

/** `30s`, `1.5m`, `500ms`; seconds without a unit. In ms. */
export const parseDuration = (value: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(value);
  const ms = match ? Number(match[1]) * units[match[2] ?? 's']! : 0;
  if (ms <= 0 || ms > maxTimerMs) {
    throw new InvalidArgumentError('it is not a time such as 30s, 5m or 1h (24 days at most)');
  }
  return ms;
};

const sizes: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
};

/** `100MB`, `1.5GiB`, `64k` in bytes; undefined for what is no size. `10m` is none: it is a time. */
export const sizeOf = (value: string): number | undefined => {
  const size = /^(\d+(?:\.\d+)?)([kmgt]i?)?b$|^(\d+(?:\.\d+)?)([kgt]i?|mi)$/i.exec(value);
  return size === null
    ? undefined
    : Math.round(Number(size[1] ?? size[3]) * (sizes[(size[2] ?? size[4] ?? '').toLowerCase()] ?? 1));
};

export const parseSize = (value: string): number => {
  const size = sizeOf(value);
  if (size === undefined || size === 0) {
    throw new InvalidArgumentError('it is no size such as 100MB or 1GB');
  }
  return size;
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
