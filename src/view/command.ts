import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { escapeBytes, escapeText } from './escape.ts';
import { quoteCommand } from './quote.ts';

export interface CommandStyle {
  /** Paste-able shell quoting. */
  readonly quote: boolean;
  /** So many arguments at most; the rest is said to be left out. */
  readonly maxArgs: number;
}

type Program = RecordOf<'exec'> | RecordOf<'process'>;

/** The command line of a record, safe to show. What is not there is said: `...` for arguments left out or cut. */
export const commandLine = (record: Program, style: CommandStyle): string => {
  const { args, args_base64: exact, args_truncated: cut } = record;
  const shown = args.length > style.maxArgs ? args.slice(0, style.maxArgs) : args;
  const text = style.quote
    ? quoteCommand(shown, exact)
    : shown
        .map((arg, index) => (exact ? escapeBytes(Buffer.from(exact[index] ?? '', 'base64')) : escapeText(arg)))
        .join(' ');
  const more = cut || shown.length < args.length ? ' ...' : '';
  return `${text || escapeText(record.exe)}${more}`;
};

/** What a record tells, after its first word. */
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
      return `${record.op} ${escapeText(record.hierarchy)} ${escapeText(record.path)}`;
    case 'container':
      return describeContainer(record);
    default:
      return '';
  }
};

/** runc calls unshare also where nothing is left to make: then no namespace changes. */
const describeNamespaces = ({ op, created, joined, tid }: RecordOf<'namespace'>): string => {
  const changes = [...inodes('created', created), ...inodes('joined', joined)];
  const thread = tid === undefined ? [] : [`(thread ${tid})`];
  return [op, ...(changes.length > 0 ? changes : ['changed nothing']), ...thread].join(' ');
};

const describeExit = (record: RecordOf<'exit'>): string => {
  const how = record.signal === undefined ? `code ${record.code ?? 0}` : escapeText(record.signal);
  const core = `${record.core ? ', core dumped' : ''}${record.oom ? ', out of memory' : ''}`;
  return `${escapeText(record.comm ?? '?')} ${how}${core} after ${seconds(record.duration_ns)}`;
};

const describeContainer = (record: RecordOf<'container'>): string => {
  const { container, op } = record;
  const how = escapeText(record.signal ?? (record.code === undefined ? '' : `code ${record.code}`));
  const end = record.oom ? `${how}, out of memory` : how;
  const startup = record.startup_ns === undefined ? '' : `in ${seconds(record.startup_ns)}`;
  const by = record.by === undefined ? '' : `by ${escapeText(record.by.comm)}, pid ${record.by.pid}`;
  return [op, escapeText(container.name), `(${escapeText(container.runtime)})`, end, startup, by]
    .filter((word) => word !== '')
    .join(' ');
};

const inodes = (word: string, set: Partial<Record<string, number>> = {}): string[] => {
  const changed = Object.entries(set).map(([type, inode]) => `${type}:[${inode}]`);
  return changed.length > 0 ? [word, ...changed] : [];
};

export const seconds = (ns: number): string => {
  const value = ns / 1e9;
  return value >= 100
    ? `${value.toFixed(0)} s`
    : value >= 1
      ? `${value.toFixed(2)} s`
      : `${(value * 1000).toFixed(1)} ms`;
};
