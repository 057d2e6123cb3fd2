import type { NstraceRecord } from '../record/schema.ts';
import { exactClock } from './clock.ts';
import { type CommandStyle, describe, innermostPid } from './command.ts';
import { containerName } from './container.ts';
import { escapeText } from './escape.ts';
import { exeFileWords } from './exe-file.ts';
import type { UserNames } from './users.ts';

export interface LineContext {
  readonly style: CommandStyle;
  /** Whether ARGS begins with the kind of line. */
  readonly kinds: boolean;
  /** Kernel time at which tracing began, in ns. */
  readonly startedMono: string;
  readonly users: UserNames;
}

export interface Column {
  readonly name: string;
  readonly title: string;
  /** Characters it is padded to; the last column is as long as it is. */
  readonly width: number;
  readonly right?: boolean;
  readonly about: string;
  readonly value: (record: NstraceRecord, context: LineContext) => string;
}

const none = '-';
const field = (record: NstraceRecord, name: string): string => {
  const value = (record as unknown as Record<string, unknown>)[name];
  return value === undefined || value === null ? none : escapeText(String(value));
};
const inode = (type: 'pid' | 'mnt' | 'net' | 'user') => (record: NstraceRecord) => {
  if (record.type === 'container' && type === 'pid') {
    return String(record.container.pidns ?? none);
  }
  return 'ns' in record ? String(record.ns[type] ?? none) : none;
};
const container = (key: 'id' | 'runtime') => (record: NstraceRecord) =>
  'container' in record && record.container ? escapeText(record.container[key]) : none;

/** Every column that a line can have: the one source for --columns, the header, the help and the man page. */
export const columns: readonly Column[] = [
  { name: 'time', title: 'TIME', width: 15, about: 'wall clock', value: (record) => exactClock(record.time) },
  { name: 'timestamp', title: 'TIME(s)', width: 9, about: 'seconds since tracing began', value: sinceStart },
  { name: 'uid', title: 'UID', width: 5, right: true, about: 'user id', value: (record) => field(record, 'uid') },
  {
    name: 'user',
    title: 'USER',
    width: 8,
    about: 'user name',
    value: (record, { users }) => ('uid' in record ? escapeText(users.nameOf(record.uid as number)) : none),
  },
  { name: 'gid', title: 'GID', width: 5, right: true, about: 'group id', value: (record) => field(record, 'gid') },
  {
    name: 'euid',
    title: 'EUID',
    width: 5,
    right: true,
    about: 'user id whose rights it has, if not its own',
    value: (record) => field(record, 'euid'),
  },
  {
    name: 'egid',
    title: 'EGID',
    width: 5,
    right: true,
    about: 'the same for the group',
    value: (record) => field(record, 'egid'),
  },
  {
    name: 'caps',
    title: 'CAPS',
    width: 14,
    about: 'capabilities that the exec gained',
    value: (record) =>
      record.type === 'exec' && record.caps_gained !== undefined ? escapeText(record.caps_gained.join(',')) : none,
  },
  {
    name: 'auid',
    title: 'AUID',
    width: 5,
    right: true,
    about: 'user id that logged in',
    value: (record) => field(record, 'auid'),
  },
  {
    name: 'login',
    title: 'LOGIN',
    width: 8,
    about: 'user that logged in',
    value: (record, { users }) =>
      'auid' in record && record.auid !== undefined ? escapeText(users.nameOf(record.auid)) : none,
  },
  {
    name: 'session',
    title: 'SESSION',
    width: 7,
    right: true,
    about: 'session of the audit system',
    value: (record) => field(record, 'session'),
  },
  { name: 'tty', title: 'TTY', width: 6, about: 'terminal', value: (record) => field(record, 'tty') },
  {
    name: 'host',
    title: 'HOST',
    width: 16,
    about: 'host that it is from, of merged recordings',
    value: (record) => (record.type === 'header' ? escapeText(record.host.name) : field(record, 'host')),
  },
  {
    name: 'container',
    title: 'CONTAINER',
    width: 16,
    about: 'container name, or host',
    value: (record) => containerName('container' in record ? record.container : null),
  },
  { name: 'id', title: 'ID', width: 12, about: 'container id, whole', value: container('id') },
  { name: 'runtime', title: 'RUNTIME', width: 8, about: 'container runtime', value: container('runtime') },
  { name: 'pidns', title: 'PIDNS', width: 10, right: true, about: 'inode of its pid namespace', value: inode('pid') },
  { name: 'mntns', title: 'MNTNS', width: 10, right: true, about: 'inode of its mount namespace', value: inode('mnt') },
  {
    name: 'netns',
    title: 'NETNS',
    width: 10,
    right: true,
    about: 'inode of its network namespace',
    value: inode('net'),
  },
  {
    name: 'userns',
    title: 'USERNS',
    width: 10,
    right: true,
    about: 'inode of its user namespace',
    value: inode('user'),
  },
  {
    name: 'pid',
    title: 'PID',
    width: 7,
    right: true,
    about: 'pid on the host',
    value: (record) => field(record, 'pid'),
  },
  {
    name: 'nspid',
    title: 'NSPID',
    width: 6,
    right: true,
    about: 'pid in its innermost pid namespace',
    value: (record) => ('nspid' in record ? innermostPid(record.nspid) : none),
  },
  {
    name: 'nspids',
    title: 'NSPIDS',
    width: 12,
    about: 'its pids from the host to the innermost namespace',
    value: chain,
  },
  {
    name: 'ppid',
    title: 'PPID',
    width: 7,
    right: true,
    about: 'pid of its parent',
    value: (record) => field(record, 'ppid'),
  },
  { name: 'comm', title: 'COMM', width: 15, about: 'command name', value: (record) => field(record, 'comm') },
  {
    name: 'pcomm',
    title: 'PCOMM',
    width: 15,
    about: 'command name of its parent',
    value: (record) => field(record, 'pcomm'),
  },
  {
    name: 'ret',
    title: 'RET',
    width: 3,
    right: true,
    about: '0, or the negative errno',
    value: (record) => field(record, 'ret'),
  },
  {
    name: 'origin',
    title: 'ORIGIN',
    width: 6,
    about: 'init, born or joined',
    value: (record) => field(record, 'origin'),
  },
  { name: 'cwd', title: 'CWD', width: 16, about: 'working directory', value: (record) => field(record, 'cwd') },
  { name: 'exe', title: 'EXE', width: 24, about: 'path as executed', value: (record) => field(record, 'exe') },
  {
    name: 'file',
    title: 'FILE',
    width: 8,
    about: 'upper or deleted, where the file that runs is not as its image has it',
    value: (record) => (record.type === 'exec' && exeFileWords(record.exe_file).join(',')) || none,
  },
  {
    name: 'args',
    title: 'ARGS',
    width: 0,
    about: 'command line, or what happened',
    value: (record, { style, kinds }) => `${kinds ? `${record.type} ` : ''}${describe(record, style)}`,
  },
];

export const defaultColumns = ['container', 'pidns', 'pid', 'nspid', 'ppid', 'ret', 'args'] as const;

function chain(record: NstraceRecord): string {
  return 'nspid' in record && record.nspid ? record.nspid.join(',') : none;
}

function sinceStart(record: NstraceRecord, { startedMono }: LineContext): string {
  // Probes attach one after the other: the first events can be older than the moment when all were.
  return (Math.max(0, Number(BigInt(record.mono) - BigInt(startedMono))) / 1e9).toFixed(3);
}
