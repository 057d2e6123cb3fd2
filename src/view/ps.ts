import type { NowProcess, Snapshot } from '../now/snapshot.ts';
import { startClock } from './clock.ts';
import { commandOrComm } from './command.ts';
import { containerName } from './container.ts';
import { age, cpuTime } from './durations.ts';
import { escapeText } from './escape.ts';
import { size } from './sizes.ts';
import type { TableColumn } from './table.ts';
import { treeOf } from './tree.ts';
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
      value: ({ record }) => containerName(record.container),
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
    number('euid', 'EUID', 'user id whose rights it has', ({ proc }) => proc.euid ?? proc.uid),
    {
      name: 'login',
      title: 'LOGIN',
      about: 'user that logged in',
      most: 12,
      value: ({ record: { auid } }) => (auid === undefined ? none : escapeText(users.nameOf(auid))),
    },
    {
      name: 'session',
      title: 'SESSION',
      about: 'session of the audit system',
      right: true,
      value: ({ record }) => String(record.session ?? none),
    },
    { name: 'tty', title: 'TTY', about: 'terminal', value: ({ record }) => escapeText(record.tty ?? none) },
    { name: 'origin', title: 'ORIGIN', about: 'init, born or joined', value: ({ record }) => record.origin ?? none },
    { name: 'state', title: 'S', about: 'state as in ps: R, S, D, Z, T', value: ({ proc }) => proc.state },
    {
      name: 'start',
      title: 'START',
      about: 'when it started',
      value: (row) => startClock(startMs(row), now),
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
    { name: 'cwd', title: 'CWD', about: 'working directory', value: ({ record }) => escapeText(record.cwd ?? none) },
    { name: 'comm', title: 'COMM', about: 'command name', value: ({ record }) => escapeText(record.comm) },
    {
      name: 'command',
      title: 'COMMAND',
      about: 'command line',
      value: ({ record, depth }) => '  '.repeat(Math.min(depth, maxDepth)) + commandOrComm(record),
    },
  ];
};

const maxDepth = 30;

export const defaultPsColumns = [
  ...['container', 'pidns', 'pid', 'nspid', 'ppid', 'user', 'start', 'time', 'rss', 'threads', 'command'],
] as const;

/** Those that leave a command room in 80 columns. */
export const watchedPsColumns = ['container', 'pid', 'nspid', 'user', 'time', 'rss', 'command'] as const;

/** kthreadd is pid 2, and the parent of all others. */
export const isKernelThread = ({
  pid,
  ppid,
  nspid,
}: {
  readonly pid: number;
  readonly ppid: number;
  readonly nspid: readonly number[];
}): boolean => nspid.length === 1 && (pid === 2 || ppid === 2);

const number = (name: string, title: string, about: string, of: (row: PsRow) => number): TableColumn<PsRow> => ({
  name,
  title,
  about,
  right: true,
  value: (row) => String(of(row)),
  key: of,
});

/** Parents before their children, with how deep they are below the ones that are shown. */
export const asTree = (processes: readonly NowProcess[]): PsRow[] => {
  const shown = new Map(processes.map((process) => [process.proc.pid, process]));
  const parentOf = ({ proc, record }: NowProcess): NowProcess | undefined => {
    // Pids are used again: a parent is one that was there before its child.
    const parent = shown.get(proc.ppid);
    return parent !== undefined && parent.record.started <= record.started ? parent : undefined;
  };
  return treeOf(processes, parentOf).map(({ item, depth }) => ({ ...item, depth }));
};

/** One container after the other, in the order in which they began, the host last. */
export const byContainer = (processes: readonly NowProcess[]): NowProcess[][] => {
  const groups = new Map<string, NowProcess[]>();
  for (const process of processes) {
    const { container } = process.record;
    const key = container === null ? '' : String(container.instance ?? `${container.runtime}\0${container.id}`);
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
