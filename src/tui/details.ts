import { namespaceTypes } from '../kernel/namespaces.ts';
import type { NamespaceSet, NstraceRecord } from '../record/schema.ts';
import { commandOrComm } from '../view/command.ts';
import { containerName } from '../view/container.ts';
import { seconds } from '../view/durations.ts';
import { endingText } from '../view/ending.ts';
import { escapeBytes, escapeText } from '../view/escape.ts';
import { quoteCommand } from '../view/quote.ts';
import type { Store, ViewEvent, ViewProcess } from './store.ts';

/** All that is known of one event, a line each; escaped. */
export const detailLines = (event: ViewEvent, store: Store, users: { nameOf(uid: number): string }): string[] => {
  const { record, group } = event;
  const process =
    'pid' in record && record.pid !== undefined ? processOf(record.pid, store, Number(record.mono)) : undefined;
  return [
    ...what(record),
    ...section('command', command(record)),
    ...section('who', who(event, process, users)),
    ...section('ancestry', ancestry(record, store)),
    ...section('namespaces', namespaces(record, group.info?.init, store)),
    ...section('cgroups', (group.info?.cgroups ?? []).map(escapeText)),
    ...section('exit', ended(record, process)),
    ...section('get there', getThere(event)),
  ];
};

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** The process that had that pid at that time: pids are used again. */
const processOf = (pid: number, store: Store, at: number): ViewProcess | undefined => {
  const was = ({ startAt, endAt = Number.POSITIVE_INFINITY }: ViewProcess): boolean => startAt <= at && at <= endAt;
  const living = store.processes.get(pid);
  return living !== undefined && was(living)
    ? living
    : store.endedProcesses.findLast((process) => process.pid === pid && was(process));
};

const what = (record: NstraceRecord): string[] => {
  const failed =
    record.type === 'exec' && record.ret !== 0 ? ` failed: ${escapeText(record.errno ?? String(record.ret))}` : '';
  return [`${record.type}${'op' in record ? ` ${record.op}` : ''}${failed} at ${record.time}`];
};

/** One argument a line, and the line that a shell takes. */
const command = (record: NstraceRecord): string[] => {
  if (record.type !== 'exec' && record.type !== 'process') {
    return [];
  }
  const { args, args_base64: exact, args_truncated: cut, args_bytes: bytes } = record;
  const shown = args.map((arg, index) => {
    const text = exact ? escapeBytes(Buffer.from(exact[index] ?? '', 'base64')) : escapeText(arg);
    return `${String(index).padStart(3)}  ${text === '' ? '(empty)' : text}`;
  });
  return [...shown, ...(cut ? [`     (cut: the whole is ${bytes} bytes)`] : []), '', `$ ${quoteCommand(args, exact)}`];
};

/** The command line of an event, to be pasted into a shell. */
export const pasteable = ({ record }: ViewEvent): string | undefined =>
  record.type === 'exec' || record.type === 'process' ? quoteCommand(record.args, record.args_base64) : undefined;

const who = (
  { record, group }: ViewEvent,
  process: ViewProcess | undefined,
  users: { nameOf(uid: number): string },
): string[] => {
  const program = record.type === 'exec' ? record : process?.program;
  const lines: (string | undefined)[] = [
    group.ref === null
      ? `on the host${program?.unit ? `, unit ${escapeText(program.unit)}` : ''}`
      : `container  ${containerName(group.ref)} (${escapeText(group.ref.runtime)}), id ${escapeText(group.ref.id)}`,
    'pid' in record && record.pid !== undefined
      ? `pid        ${record.pid}${'nspid' in record && (record.nspid?.length ?? 0) > 1 ? `, inside ${record.nspid!.slice(1).join(', ')}` : ''}`
      : undefined,
    program && `user       ${escapeText(users.nameOf(program.uid))} (${program.uid}:${program.gid})`,
    program && `executable ${escapeText(program.exe)}`,
    program?.cwd && `folder     ${escapeText(program.cwd)}`,
    program?.origin && `came       ${program.origin}`,
    group.info?.image && `image      ${escapeText(group.info.image)}`,
  ];
  return lines.filter((line): line is string => line !== undefined);
};

const maxAncestors = 32;

/** Up to the first process that is known; where it crosses into another container is said. */
const ancestry = (record: NstraceRecord, store: Store): string[] => {
  const lines: string[] = [];
  let pid = 'ppid' in record ? record.ppid : undefined;
  let container = 'container' in record && record.type !== 'container' ? (record.container?.id ?? '') : '';
  const seen = new Set<number>();
  while (pid !== undefined && pid > 0 && !seen.has(pid) && lines.length < maxAncestors) {
    seen.add(pid);
    const process = processOf(pid, store, Number(record.mono));
    if (process === undefined) {
      lines.push(`${pid} (not known)`);
      break;
    }
    const its = process.group.ref?.id ?? '';
    const border =
      its === container ? '' : `  <- in ${process.group.ref === null ? 'the host' : containerName(process.group.ref)}`;
    container = its;
    lines.push(`${pid} ${commandOrComm(process.program ?? process)}${border}`);
    pid = process.ppid;
  }
  return lines;
};

const namespaces = (record: NstraceRecord, init: number | undefined, store: Store): string[] => {
  if (!('ns' in record)) {
    return [];
  }
  const host = store.header?.host_ns ?? {};
  const own: NamespaceSet =
    (init === undefined ? undefined : processOf(init, store, Number(record.mono))?.program?.ns) ?? {};
  return namespaceTypes.flatMap((type) => {
    const inode = record.ns[type];
    if (inode === undefined) {
      return [];
    }
    const whose = inode === host[type] ? "the host's" : inode === own[type] ? "the container's" : 'its own';
    return [`${type.padEnd(7)} ${String(inode).padEnd(11)} ${whose}`];
  });
};

const ended = (record: NstraceRecord, process: ViewProcess | undefined): string[] => {
  if (record.type === 'exit') {
    return [`${endingText({ ...record, code: record.code ?? 0 })} after ${seconds(record.duration_ns)}`];
  }
  return process?.end === undefined ? [] : [`later: ${escapeText(process.end)}`];
};

/** Commands that lead into the same namespaces. */
const getThere = ({ record, group }: ViewEvent): string[] => {
  if (group.ref === null) {
    return [];
  }
  const { runtime, name, id } = group.ref;
  const commands: Record<string, string[]> = {
    docker: ['docker', 'exec', '-it', name, 'sh'],
    podman: ['podman', 'exec', '-it', name, 'sh'],
    runc: ['runc', 'exec', '-t', id, 'sh'],
    crun: ['crun', 'exec', '-t', id, 'sh'],
    lxc: ['lxc-attach', '-n', name],
    containerd: ['ctr', 'task', 'exec', '-t', '--exec-id', 'shell', id, 'sh'],
  };
  const own = commands[runtime];
  const pid = group.info?.init ?? ('pid' in record ? record.pid : undefined);
  return [...(own === undefined ? [] : [quoteCommand(own)]), ...(pid === undefined ? [] : [`nsenter -t ${pid} -a`])];
};
