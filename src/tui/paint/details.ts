import { namespaceTypes } from '../../kernel/namespaces.ts';
import { clockNs } from '../../record/clock.ts';
import type { NamespaceSet, NstraceRecord, RecordOf } from '../../record/schema.ts';
import { clock, moment } from '../../view/clock.ts';
import { commandOrComm, describe, wholeCommand } from '../../view/command.ts';
import { age, seconds } from '../../view/durations.ts';
import { endingText } from '../../view/ending.ts';
import { escapeBytes, escapeText } from '../../view/escape.ts';
import { exeFileText } from '../../view/exe-file.ts';
import { quoteCommand } from '../../view/quote.ts';
import { cutTo } from '../../view/width.ts';
import { wayInto } from '../keys/shell-commands.ts';
import { isEvent } from '../keys/target.ts';
import { nameOf, sharesOf } from '../rows/naming.ts';
import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { Group, Requester } from '../store/group.ts';
import type { Store } from '../store/store.ts';
import { askedBy, personOf, type Users } from './requester.ts';

type Program = RecordOf<'exec'> | RecordOf<'process'>;

/** All that is known of one event or process, a line each; escaped. */
export const detailLines = (of: ViewEvent | ViewProcess, store: Store, users: Users): string[] =>
  isEvent(of) ? eventLines(of, store, users) : processLines(of, store, users);

/** Who it is about: pids of a process of its own, or of the record's. */
interface Subject {
  readonly pid: number | undefined;
  readonly nspid: readonly number[];
  readonly ppid: number | undefined;
  readonly ns: NamespaceSet | undefined;
  readonly at: number;
  readonly group: Group;
  readonly program: Program | undefined;
  readonly process: ViewProcess | undefined;
}

const eventLines = (event: ViewEvent, store: Store, users: Users): string[] => {
  const { record, group, process } = event;
  const program = record.type === 'exec' || record.type === 'process' ? record : process?.program;
  const subject: Subject = {
    pid: 'pid' in record ? record.pid : undefined,
    nspid: 'nspid' in record ? (record.nspid ?? []) : [],
    ppid: 'ppid' in record ? record.ppid : process?.ppid,
    ns: 'ns' in record ? record.ns : undefined,
    at: clockNs(record),
    ...{ group, program, process },
  };
  return [
    titleOf(event),
    ...section('command', program === undefined ? [] : command(program)),
    ...section('asked for by', record.type === 'container' ? asked(record, users) : []),
    ...section('tried before it, in PATH', misses(event)),
    ...section('earlier runs, the last first', earlierRuns(event)),
    ...about(subject, store, users),
    ...section('exit', ended(record, process)),
    ...section('get there', wayInto(group, subject.pid)),
    ...section(record.type === 'namespace' ? 'what followed at once' : 'what the runtime did', runtimeSteps(event)),
  ];
};

/** What a process runs and where it comes from, whatever event is the last. */
const processLines = (process: ViewProcess, store: Store, users: Users): string[] => {
  const { pid, ppid, nspid, ns, comm, startAt, before, endAt, end, spawned, program, group } = process;
  const when =
    endAt === undefined ? `has run for ${age((store.now - startAt) / 1e6)}` : `ran for ${seconds(endAt - startAt)}`;
  const programs = spawned.count === 0 ? '' : `, started ${spawned.count} programs`;
  const title = `process ${pid} [${escapeText(comm)}] ${when}${before ? ', since before tracing began' : ''}${programs}`;
  const at = endAt ?? store.now;
  return [
    title,
    ...section('command', program === undefined ? [] : command(program)),
    ...about({ pid, nspid, ppid, ns, at, group, program, process }, store, users),
    ...section('exit', end === undefined ? [] : [escapeText(/^\d+$/.test(end) ? `code ${end}` : end)]),
    ...section('get there', wayInto(group, pid)),
  ];
};

const about = (subject: Subject, store: Store, users: Users): string[] => [
  ...section('who', who(subject, store, users)),
  ...section('ancestry', ancestry(subject, store)),
  ...section('namespaces', namespaces(subject, store)),
  ...section('cgroups', (subject.group.info?.cgroups ?? []).map(escapeText)),
];

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];

/** What happened: `exit at TIME: sh, code 0 after 227.6 ms`. */
const titleOf = ({ record, process }: ViewEvent): string => {
  const at = `at ${moment(record.time)}`;
  switch (record.type) {
    case 'exec':
      return record.ret === 0 ? `exec ${at}` : `exec failed: ${escapeText(record.errno ?? String(record.ret))} ${at}`;
    case 'exit': {
      const how = endingText({ ...record, code: record.code ?? 0 });
      const name = process?.program?.args[0] ?? record.comm ?? '?';
      return `exit ${at}: ${escapeText(name)}, ${how} after ${seconds(record.duration_ns)}`;
    }
    default:
      return `${record.type}${'op' in record ? ` ${record.op}` : ''} ${at}`;
  }
};

/** One argument a line, and the line that a shell takes. */
const command = ({ args, args_base64: exact, args_truncated: cut, args_bytes: bytes }: Program): string[] => {
  if (args.length === 0) {
    return [];
  }
  const shown = args.map((arg, index) => {
    const text = exact ? escapeBytes(Buffer.from(exact[index] ?? '', 'base64')) : escapeText(arg);
    return `${String(index).padStart(3)}  ${text === '' ? '(empty)' : text}`;
  });
  const line = quoteCommand(args, exact);
  // Where no argument needs quotes, the line says it all.
  const list = exact === undefined && line === args.join(' ') ? [] : [...shown, ''];
  return [...list, `$ ${line}`, ...(cut ? [`  (cut: the whole is ${bytes} bytes)`] : [])];
};

/** Who asked for a container or an entering: the runtime's command, and the person behind it. */
const asked = ({ by, asked_by: person }: RecordOf<'container'>, users: Users): string[] => [
  ...(person === undefined ? [] : [`${personOf(person, users) ?? '?'}, pid ${person.pid}: ${lineOf(person)}`]),
  ...(person?.evidence ?? []).map((text) => `  known by ${escapeText(text)}`),
  ...(by === undefined ? [] : [`${personOf(by, users) ?? '?'}, pid ${by.pid}: ${lineOf(by)}`]),
];

const lineOf = ({ args, comm }: Requester): string => (args === undefined ? escapeText(comm) : quoteCommand(args));

/** Where a program was looked for. */
const misses = ({ misses: fold, record }: ViewEvent): string[] =>
  fold === undefined || (fold.count === 1 && record.type === 'exec' && record.ret !== 0)
    ? []
    : [
        ...fold.last.map(({ errno, exe }) => `${escapeText(errno ?? '?').padEnd(7)} ${escapeText(exe)}`),
        ...(fold.count > fold.last.length ? [`and ${fold.count - fold.last.length} before`] : []),
      ];

const runtimeSteps = ({ work }: ViewEvent): string[] =>
  work === undefined
    ? []
    : [
        ...(work.count > work.last.length ? [`${work.count - work.last.length} before`] : []),
        ...work.last.map(({ record }) => {
          const pid = 'pid' in record ? String(record.pid) : '';
          return `${clock(record.time)} ${pid.padStart(7)} ${record.type.padEnd(9)} ${describe(record, wholeCommand)}`;
        }),
      ];

const earlierRuns = ({ runs }: ViewEvent): string[] =>
  runs === undefined
    ? []
    : [
        ...runs.last
          .toReversed()
          .map(({ time, end }) => `${time}  ${/^\d+$/.test(end) ? `code ${end}` : escapeText(end)}`),
        ...(runs.count > runs.last.length ? [`and ${runs.count - runs.last.length} before`] : []),
      ];

const who = ({ pid, nspid, program, group, process }: Subject, store: Store, users: Users): string[] => {
  const lines: (string | undefined)[] = [
    group.ref === null
      ? `on the host${program?.unit ? `, unit ${escapeText(program.unit)}` : ''}`
      : `container  ${nameOf(group, store)} (${escapeText(group.ref.runtime)}), id ${escapeText(group.ref.id)}`,
    group.source.name === undefined ? undefined : `host       ${escapeText(group.source.name)}`,
    pid === undefined
      ? undefined
      : `pid        ${pid}${nspid.length > 1 ? `, inside ${nspid.slice(1).join(', ')}` : ''}`,
    program &&
      `user       ${escapeText(users.nameOf(program.uid))} (${program.uid}:${program.gid})${rightsOf(program)}`,
    program?.auid === undefined ? undefined : `login      ${escapeText(users.nameOf(program.auid))} (${program.auid})`,
    program?.tty && `terminal   ${escapeText(program.tty)}`,
    program?.exe &&
      `executable ${escapeText(program.exe)}${program.type === 'exec' ? exeFileText(program.exe_file) : ''}`,
    program?.cwd && `folder     ${escapeText(program.cwd)}`,
    program?.origin && `came       ${cameBy[program.origin]}${broughtBy(process?.came, users)}`,
    group.info?.image && `image      ${escapeText(group.info.image)}`,
    sharesOf(group, store),
  ];
  return lines.filter((line): line is string => line !== undefined && line !== '');
};

const cameBy = {
  init: 'as its first process',
  born: 'from a process in it',
  joined: 'from outside',
} as const;

/** Who started or entered the container when the process, or the one that it comes from, got in. */
const broughtBy = (came: ViewProcess['came'], users: Users): string => {
  const by = came?.asked_by ?? came?.by;
  return by === undefined ? '' : `, ${came!.op} by ${askedBy(by, users)}, pid ${by.pid}`;
};

/** Rights that are not its user's. */
const rightsOf = ({ uid, gid, euid = uid, egid = gid, caps_gained: caps }: Program): string => {
  const as = euid === uid && egid === gid ? '' : `, with the rights of ${euid}:${egid}`;
  return `${as}${caps === undefined ? '' : `, gained ${caps.map(escapeText).join(' ')}`}`;
};

const maxAncestors = 32;
/** Of a command line of an ancestor: those of runtimes are very long. */
const maxAncestorLine = 150;

const ancestorLine = (process: ViewProcess): string =>
  cutTo(commandOrComm(process.program ?? process), maxAncestorLine);

/** Up to the first process that is known; where it crosses into another container is said. */
const ancestry = (subject: Subject, store: Store): string[] => {
  const lines: string[] = [];
  let pid = subject.ppid;
  let process = subject.process?.parent?.pid === pid ? subject.process?.parent : undefined;
  let { group } = subject;
  const { source } = group;
  const seen = new Set<number>();
  while (pid !== undefined && pid > 0 && !seen.has(pid) && lines.length < maxAncestors) {
    seen.add(pid);
    process ??= store.processes.at(pid, source, subject.at);
    if (process === undefined) {
      lines.push(`${pid} (not known)`);
      break;
    }
    const border =
      process.group === group
        ? ''
        : `  <- in ${process.group.ref === null ? 'the host' : nameOf(process.group, store)}`;
    group = process.group;
    lines.push(`${pid} ${ancestorLine(process)}${border}`);
    pid = process.ppid;
    process = process.parent?.pid === pid ? process.parent : undefined;
  }
  return lines;
};

const namespaces = ({ ns, group, at }: Subject, store: Store): string[] => {
  if (ns === undefined) {
    return [];
  }
  const host = group.source.header?.host_ns ?? {};
  const init = group.info?.init;
  const own: NamespaceSet = (init === undefined ? undefined : store.processes.at(init, group.source, at)?.ns) ?? {};
  return namespaceTypes.flatMap((type) => {
    const inode = ns[type];
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
