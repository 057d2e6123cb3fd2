import { nsPerTick } from '../kernel/time.ts';
import type { NowProcess, Snapshot } from '../now/snapshot.ts';
import { commandLine } from './command.ts';
import { escapeText } from './escape.ts';
import type { TableColumn } from './table.ts';
import type { UserNames } from './users.ts';

export interface PsRow extends NowProcess {
  /** Depth below the processes that are shown, for the tree. */
  readonly depth: number;
}

const none = '-';

/** Every column of `nstrace ps`: the one source for --columns, --sort and the help. */
export const psColumns = (snapshot: Snapshot, users: UserNames): readonly TableColumn<PsRow>[] => {
  const now = Date.parse(snapshot.time);
  const startMs = ({ record }: PsRow): number => Date.parse(record.started);
  const inode =
    (type: 'pid' | 'mnt' | 'net' | 'user') =>
    ({ proc }: PsRow) =>
      String(proc.ns?.[type] ?? none);
  return [
    {
      name: 'container',
      title: 'CONTAINER',
      about: 'container name, or host',
      most: 24,
      value: ({ record }) => (record.container === null ? 'host' : escapeText(record.container.name)),
    },
    {
      name: 'id',
      title: 'ID',
      about: 'container id, whole',
      value: ({ record }) => escapeText(record.container?.id ?? none),
    },
    {
      name: 'runtime',
      title: 'RUNTIME',
      about: 'container runtime',
      value: ({ record }) => escapeText(record.container?.runtime ?? none),
    },
    { name: 'pidns', title: 'PIDNS', about: 'inode of its pid namespace', right: true, value: inode('pid') },
    { name: 'mntns', title: 'MNTNS', about: 'inode of its mount namespace', right: true, value: inode('mnt') },
    { name: 'netns', title: 'NETNS', about: 'inode of its network namespace', right: true, value: inode('net') },
    { name: 'userns', title: 'USERNS', about: 'inode of its user namespace', right: true, value: inode('user') },
    number('pid', 'PID', 'pid on the host', ({ proc }) => proc.pid),
    {
      name: 'nspid',
      title: 'NSPID',
      about: 'pid in its innermost pid namespace',
      right: true,
      value: ({ proc }) => (proc.nspid.length > 1 ? String(proc.nspid.at(-1)) : none),
      key: ({ proc }) => proc.nspid.at(-1) ?? 0,
    },
    {
      name: 'nspids',
      title: 'NSPIDS',
      about: 'its pids from the host to the innermost namespace',
      value: ({ proc }) => proc.nspid.join(','),
    },
    number('ppid', 'PPID', 'pid of its parent', ({ proc }) => proc.ppid),
    number('uid', 'UID', 'user id', ({ proc }) => proc.uid),
    number('gid', 'GID', 'group id', ({ proc }) => proc.gid),
    {
      name: 'user',
      title: 'USER',
      about: 'user name',
      most: 12,
      value: ({ proc }) => escapeText(users.nameOf(proc.uid)),
    },
    { name: 'origin', title: 'ORIGIN', about: 'init, born or joined', value: ({ record }) => record.origin ?? none },
    { name: 'state', title: 'S', about: 'state as in ps: R, S, D, Z, T', value: ({ proc }) => proc.state },
    {
      name: 'start',
      title: 'START',
      about: 'when it started',
      value: (row) => startTime(startMs(row), now),
      key: startMs,
    },
    {
      name: 'age',
      title: 'AGE',
      about: 'how long it runs',
      right: true,
      value: (row) => age(now - startMs(row)),
      key: (row) => -startMs(row),
    },
    {
      name: 'time',
      title: 'TIME',
      about: 'CPU time of all its threads',
      right: true,
      value: ({ proc }) => cpuTime(proc.cpuTicks),
      key: ({ proc }) => proc.cpuTicks,
    },
    {
      name: 'rss',
      title: 'RSS',
      about: 'resident memory',
      right: true,
      value: ({ proc }) => (proc.rssBytes === undefined ? none : size(proc.rssBytes)),
      key: ({ proc }) => proc.rssBytes ?? 0,
    },
    number('threads', 'THR', 'threads', ({ proc }) => proc.threads),
    {
      name: 'unit',
      title: 'UNIT',
      about: 'systemd unit, on the host',
      value: ({ record }) => escapeText(record.unit ?? none),
    },
    { name: 'comm', title: 'COMM', about: 'command name', value: ({ record }) => escapeText(record.comm) },
    {
      name: 'command',
      title: 'COMMAND',
      about: 'command line',
      value: ({ record, depth }) => '  '.repeat(Math.min(depth, maxDepth)) + commandOf(record),
    },
  ];
};

const maxDepth = 30;

export const defaultPsColumns = [
  ...['container', 'pidns', 'pid', 'nspid', 'ppid', 'user', 'start', 'time', 'rss', 'threads', 'command'],
] as const;

const number = (name: string, title: string, about: string, of: (row: PsRow) => number): TableColumn<PsRow> => ({
  name,
  title,
  about,
  right: true,
  value: (row) => String(of(row)),
  key: of,
});

/** A kernel thread, and a process that has ended, has no command line: its name in brackets, as ps writes it. */
const commandOf = (record: NowProcess['record']): string =>
  record.args.length === 0
    ? `[${escapeText(record.comm)}]`
    : commandLine(record, { quote: false, maxArgs: Number.POSITIVE_INFINITY });

const dayMs = 86_400_000;

/** Local time, or the date for what is older than a day. */
const startTime = (ms: number, now: number): string => {
  const date = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  return now - ms < dayMs
    ? `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
    : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
};

export const age = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000));
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'm'],
    [1, 's'],
  ] as const;
  const first = units.findIndex(([unit]) => total >= unit);
  const [unit, letter] = units[first === -1 ? 3 : first]!;
  const next = first === -1 ? undefined : units[first + 1];
  const rest = next === undefined ? 0 : Math.floor((total % unit) / next[0]);
  return `${Math.floor(total / unit)}${letter}${rest > 0 ? `${rest}${next![1]}` : ''}`;
};

/** `0:01.23`, as top writes it. */
const cpuTime = (ticks: number): string => {
  const hundredths = Math.floor((ticks * nsPerTick) / 1e7);
  const seconds = Math.floor(hundredths / 100);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}.${two(hundredths % 100)}`;
};

export const size = (bytes: number): string => {
  const units = ['B', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return unit === 0 || value >= 100 ? `${Math.round(value)}${units[unit]}` : `${value.toFixed(1)}${units[unit]}`;
};

/** Parents before their children, with how deep they are below the ones that are shown. */
export const asTree = (processes: readonly NowProcess[]): PsRow[] => {
  const children = new Map<number, NowProcess[]>();
  const shown = new Set(processes.map(({ proc }) => proc.pid));
  for (const process of processes) {
    push(children, shown.has(process.proc.ppid) ? process.proc.ppid : 0, process);
  }
  const rows: PsRow[] = [];
  const done = new Set<NowProcess>();
  // Pids that were used again while they were read can be each other's parents: those are below nobody, and come last.
  for (const roots of [children.get(0) ?? [], ...processes.map((process) => [process])]) {
    const waiting = roots.map((process) => ({ process, depth: 0 })).reverse();
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { process, depth } = next;
      if (!done.has(process)) {
        done.add(process);
        rows.push({ ...process, depth });
        for (const child of (children.get(process.proc.pid) ?? []).toReversed()) {
          waiting.push({ process: child, depth: depth + 1 });
        }
      }
    }
  }
  return rows;
};

/** One container after the other, in the order in which they began, the host last. */
export const byContainer = (processes: readonly NowProcess[]): NowProcess[][] => {
  const groups = new Map<string, NowProcess[]>();
  for (const process of processes) {
    const { container } = process.record;
    const key = container === null ? '' : `${container.runtime}\0${container.id}`;
    push(groups, key, process);
  }
  const host = groups.get('');
  groups.delete('');
  return [...groups.values(), ...(host === undefined ? [] : [host])];
};

const push = <Key>(groups: Map<Key, NowProcess[]>, key: Key, process: NowProcess): void => {
  const group = groups.get(key);
  if (group === undefined) {
    groups.set(key, [process]);
  } else {
    group.push(process);
  }
};
