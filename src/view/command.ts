import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { containerName } from './container.ts';
import { seconds } from './durations.ts';
import { endingText } from './ending.ts';
import { escapeBytes, escapeText } from './escape.ts';
import { quoteCommand } from './quote.ts';
import { size } from './sizes.ts';

export interface CommandStyle {
  /** Paste-able shell quoting. */
  readonly quote: boolean;
  /** At most this many arguments are shown; `...` replaces the rest. */
  readonly maxArgs: number;
}

/** What a command line is made of: an exec, a process, a step of a timeline. */
export interface CommandLine {
  readonly args?: readonly string[] | undefined;
  readonly args_base64?: readonly string[] | undefined;
  readonly args_truncated?: boolean | undefined;
  readonly exe?: string | undefined;
  readonly comm?: string | undefined;
}

/** The command line of a record, safe to show. What is not there is said: `...` for arguments left out or cut. */
export const commandLine = (program: CommandLine, style: CommandStyle): string => {
  const { args = [], args_base64: exact, args_truncated: cut, exe, comm } = program;
  const shown = args.length > style.maxArgs ? args.slice(0, style.maxArgs) : args;
  const text = style.quote
    ? quoteCommand(shown, exact)
    : shown
        .map((arg, index) => (exact ? escapeBytes(Buffer.from(exact[index] ?? '', 'base64')) : escapeText(arg)))
        .join(' ');
  const more = cut || shown.length < args.length ? ' ...' : '';
  return `${text || escapeText(exe || comm || '?')}${more}`;
};

/** Every argument, as it is. */
export const wholeCommand: CommandStyle = { quote: false, maxArgs: Number.POSITIVE_INFINITY };

/** The command line, or the comm in brackets, as ps writes it: a kernel thread and a process that has ended have no arguments. */
export const commandOrComm = (program: CommandLine): string =>
  program.args === undefined || program.args.length === 0
    ? `[${escapeText(program.comm ?? '?')}]`
    : commandLine(program, wholeCommand);

/** The pid in the innermost namespace; `-` on the host. */
export const innermostPid = (nspid: readonly number[] | undefined): string =>
  nspid !== undefined && nspid.length > 1 ? String(nspid.at(-1)) : '-';

/** What a record says, after its first word. */
export const describe = (record: NstraceRecord, style: CommandStyle): string => {
  switch (record.type) {
    case 'exec':
      return `${commandLine(record, style)}${record.folded ? ` (and ${record.folded} more failed execs)` : ''}`;
    case 'process':
      return commandLine(record, style);
    case 'fork':
      return [record.comm, ...record.flags].map(escapeText).join(' ');
    case 'exit':
      return describeExit(record);
    case 'namespace':
      return describeNamespaces(record);
    case 'cgroup':
      return describeCgroup(record);
    case 'usage':
      return describeUsage(record);
    case 'container':
      return describeContainer(record);
    default:
      return '';
  }
};

const describeCgroup = ({ op, hierarchy, path, new_path: to, tid }: RecordOf<'cgroup'>): string => {
  const renamed = to === undefined ? [] : ['to', escapeText(to)];
  const thread = tid === undefined ? [] : [`(thread ${tid})`];
  return [op, escapeText(hierarchy), ...(path === '' ? [] : [escapeText(path)]), ...renamed, ...thread].join(' ');
};

/** runc calls unshare also where nothing is left to make: then no namespace changes. */
const describeNamespaces = ({ op, created, joined, tid }: RecordOf<'namespace'>): string => {
  const changes = [...inodes('created', created), ...inodes('joined', joined)];
  const thread = tid === undefined ? [] : [`(thread ${tid})`];
  return [op, ...(changes.length > 0 ? changes : ['changed nothing']), ...thread].join(' ');
};

/** What ended: the end of its path, or its comm where that names no program (a descriptor, busybox calling itself). */
export const exitedName = ({ exe = '', comm = '?' }: Pick<RecordOf<'exit'>, 'exe' | 'comm'>): string => {
  const name = exe.slice(exe.lastIndexOf('/') + 1);
  return name === '' || name === 'exe' || exe.startsWith('/dev/fd/') ? comm : name;
};

const describeExit = (record: RecordOf<'exit'>): string => {
  const how = endingText({ ...record, code: record.code ?? 0 });
  return `${escapeText(exitedName(record))} ${how} after ${seconds(record.duration_ns)}`;
};

const describeContainer = (record: RecordOf<'container'>): string => {
  const { container, op } = record;
  const end = endingText(record);
  const startup = record.startup_ns === undefined ? '' : `in ${seconds(record.startup_ns)}`;
  const by = record.by === undefined ? '' : `by ${escapeText(record.by.comm)}, pid ${record.by.pid}`;
  return [op, containerName(container), `(${escapeText(container.runtime)})`, end, startup, by]
    .filter((word) => word !== '')
    .join(' ');
};

const inodes = (word: string, set: Partial<Record<string, number>> = {}): string[] => {
  const changed = Object.entries(set).map(([type, inode]) => `${type}:[${inode}]`);
  return changed.length > 0 ? [word, ...changed] : [];
};

const describeUsage = ({ cpu_ns: cpu, memory_bytes: bytes }: RecordOf<'usage'>): string =>
  [cpu === undefined ? '' : `cpu ${seconds(cpu)}`, bytes === undefined ? '' : `memory ${size(bytes)}`]
    .filter((word) => word !== '')
    .join(', ');
