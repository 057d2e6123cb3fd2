import type { ContainerInfo, ProcessRecord, RecordOf } from '../record/schema.ts';
import { describe } from '../view/command.ts';
import { quoteCommand } from '../view/quote.ts';
import type { Details } from './tracks.ts';

/** What it was called with: few names, so that viewers can sum them up. */
export const programName = ({ args, exe, comm }: RecordOf<'process' | 'exec'>): string => {
  const called = args[0] || exe;
  return called.slice(called.lastIndexOf('/') + 1) || comm;
};

export const processName = (record: ProcessRecord): string => ('comm' in record ? record.comm : undefined) ?? 'process';

export const birthDetails = (record: ProcessRecord): Details => [
  'pid',
  record.pid,
  'nspid',
  record.nspid.length > 1 ? record.nspid.join(' ') : undefined,
  'ppid',
  'ppid' in record ? record.ppid : undefined,
  'started',
  record.type === 'process' ? record.started : undefined,
];

export const programDetails = (record: RecordOf<'process' | 'exec'>): Details => {
  const { args, args_base64, args_truncated, exe, cwd, uid, origin } = record;
  return [
    'command',
    quoteCommand(args, args_base64),
    'truncated',
    args_truncated || undefined,
    'exe',
    exe,
    'cwd',
    cwd,
    'uid',
    uid,
    'origin',
    origin,
  ];
};

export const changeName = (record: RecordOf<'namespace' | 'cgroup'>): string => {
  if (record.type === 'cgroup') {
    return `cgroup ${record.op}`;
  }
  const types = Object.keys(record.created ?? record.joined ?? {}).join(' ');
  return types === '' ? record.op : `${record.op} ${types}`;
};

export const changeDetails = (record: RecordOf<'namespace' | 'cgroup'>): Details =>
  record.type === 'cgroup'
    ? ['path', record.path, 'hierarchy', record.hierarchy, 'by', record.by]
    : ['change', describe(record, { quote: false, maxArgs: 0 })];

export const containerDetails = ({ id, runtime, image, pidns, init }: ContainerInfo): Details => [
  'id',
  id,
  'runtime',
  runtime,
  'image',
  image,
  'pidns',
  pidns,
  'init',
  init,
];
