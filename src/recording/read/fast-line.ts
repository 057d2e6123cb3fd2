import type { NstraceRecord } from '../../record/schema.ts';
import { timePattern } from '../../record/time.ts';

/**
 * Lines as nstrace writes most of them: forks, execs and exits with their fields in its order. Such a line is a valid record,
 * which an expression says several times as fast as JSON.parse. A line that is not as usual may be one all the same, and has
 * to be parsed.
 */
const int = '(?:0|[1-9]\\d{0,14})';
const text = '"[^"\\\\\\x00-\\x1f]*(?:\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\\\\x00-\\x1f]*)*"';
const list = `\\[(?:${text}(?:,${text})*)?\\]`;
const field = (name: string, value: string): string => `,"${name}":${value}`;
const optional = (name: string, value: string): string => `(?:${field(name, value)})?`;
const namespaces = ['mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'].map((type) => optional(type, int)).join('');
const inside = `\\{"id":${text},"name":${text},"runtime":${text}${optional('instance', '[1-9]\\d{0,14}')}\\}`;
const origin = optional('origin', '"(?:init|born|joined)"');
const evidence = optional('evidence', '"(?:init|lineage|pidns|cgroup|mnt)"');

const fields = {
  fork: [field('comm', text), field('flags', list), optional('by_pid', int), origin],
  exec: [
    ...[optional('pcomm', text), field('uid', int), field('gid', int), field('comm', text), field('exe', text)],
    ...[field('args', list), field('args_bytes', int), field('args_truncated', 'false'), field('ret', '0')],
    ...[optional('pcomm', text), optional('euid', int), optional('egid', int), optional('auid', int)],
    ...[optional('session', int), optional('tty', text), optional('caps_gained', list), optional('cwd', text)],
    ...[origin, evidence, optional('unit', text)],
  ],
  exit: [
    ...[optional('code', '(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])'), optional('signal', text)],
    ...[field('core', '(?:true|false)'), optional('oom', 'true'), field('duration_ns', int)],
    ...[optional('comm', text), optional('exe', text)],
  ],
} as const;

export type UsualType = keyof typeof fields;

/**
 * Which usual lines are not parsed. `all`: their records have type, number, time and `ret`, and the lines are passed on. Else
 * those of some types about processes on the host, whose records have pids too, and with `ends` all exits.
 */
export type Brief = 'all' | { readonly host: ReadonlySet<UsualType>; readonly ends?: boolean };

const lineOf = (type: UsualType, container: string): RegExp =>
  new RegExp(
    `^\\{"type":"${type}","seq":[1-9]\\d{0,14},"time":"${timePattern}","mono":"\\d{1,20}"` +
      `,"pid":${int},"nspid":\\[${int}(?:,${int})*\\],"ns":\\{"pid":${int}${namespaces}\\},"container":${container}` +
      `${field('ppid', int)}${fields[type].join('')}\\}$`,
  );

const linesOf = (container: string): Readonly<Record<UsualType, RegExp>> => ({
  ...{ fork: lineOf('fork', container), exec: lineOf('exec', container), exit: lineOf('exit', container) },
});
const anywhere = linesOf(`(?:null|${inside})`);
const onHost = linesOf('null');

/** `{"type":"fork","seq":`: the names of all three types are as long. */
const seqAt = 21;
const zero = 0x30;
/** Of a longer line it is to be seen whether it is too long. */
const maxLength = 20_000;

/**
 * The record of a usual line, with nothing but its type, number, time and, of an exec, `ret`; undefined if the line is to be
 * parsed.
 */
export const briefOf = (line: string): NstraceRecord | undefined => {
  const type = typeOf(line);
  if (type === undefined || line.length > maxLength || !anywhere[type].test(line)) {
    return undefined;
  }
  return headOf(line, type) as unknown as NstraceRecord;
};

/** The record of a usual exit, with nothing but type, number, time, pid and how it ended; undefined if it is to be parsed. */
export const fastExit = (line: string): NstraceRecord | undefined => {
  if (typeOf(line) !== 'exit' || line.length > maxLength || !anywhere.exit.test(line)) {
    return undefined;
  }
  const head = headOf(line, 'exit');
  const pid = numberAt(line, line.indexOf('"pid":', seqAt) + 6);
  const [, code, signal] = ending.exec(line)!;
  const { seq, time, mono } = head;
  return {
    ...{ type: 'exit', seq, time, mono, pid },
    code: code === undefined ? undefined : Number(code),
    signal: signal === undefined ? undefined : (JSON.parse(signal) as string),
  } as unknown as NstraceRecord;
};

/** No name holds this by chance: quotes in it have a backslash. */
const ending = new RegExp(`,"ppid":${int}(?:,"code":(\\d+))?(?:,"signal":(${text}))?,"core":`);

/** What is known of a process on the host without parsing its line. */
export interface HostRecord {
  readonly type: UsualType;
  readonly seq: number;
  readonly time: string;
  readonly mono: string;
  readonly pid: number;
  readonly ppid: number;
  readonly container: null;
  /** Of an exec. */
  readonly ret: 0;
}

/** The same of a usual line about a process on the host, with its pids; undefined if the line is to be parsed. */
export const hostRecordOf = (line: string, types: ReadonlySet<UsualType>): NstraceRecord | undefined => {
  const type = typeOf(line);
  if (type === undefined || !types.has(type) || line.length > maxLength || !onHost[type].test(line)) {
    return undefined;
  }
  const { seq, time, mono } = headOf(line, type);
  const at = line.indexOf('"pid":', seqAt) + 6;
  const pid = numberAt(line, at);
  const ppid = numberAt(line, line.indexOf('"container":null,"ppid":', at) + 24);
  const record: HostRecord = { type, seq, time, mono, pid, ppid, container: null, ret: 0 };
  return record as unknown as NstraceRecord;
};

/** The record of a line that is not parsed; undefined if it is to be. */
export const briefRecordOf = (line: string, brief: Brief): NstraceRecord | undefined => {
  if (brief === 'all') {
    return briefOf(line);
  }
  return (brief.ends === true ? fastExit(line) : undefined) ?? hostRecordOf(line, brief.host);
};

interface Head {
  readonly type: UsualType;
  readonly seq: number;
  readonly time: string;
  readonly mono: string;
  readonly ret?: number;
}

const headOf = (line: string, type: UsualType): Head => {
  const seq = numberAt(line, seqAt);
  const at = line.indexOf(',', seqAt);
  // After the number: `,"time":"` with 30 characters, `","mono":"` with digits up to a quote.
  const time = line.slice(at + 9, at + 39);
  const mono = line.slice(at + 49, line.indexOf('"', at + 49));
  return type === 'exec' ? { type, seq, time, mono, ret: 0 } : { type, seq, time, mono };
};

const numberAt = (line: string, from: number): number => {
  let number = 0;
  for (
    let at = from, digit = line.charCodeAt(at) - zero;
    digit >= 0 && digit <= 9;
    digit = line.charCodeAt(at) - zero
  ) {
    number = number * 10 + digit;
    at += 1;
  }
  return number;
};

/** As its tenth and twelfth characters say. */
const typeOf = (line: string): UsualType | undefined => {
  if (line.charCodeAt(9) === 0x66) {
    return 'fork';
  }
  const third = line.charCodeAt(11);
  return third === 0x65 ? 'exec' : third === 0x69 ? 'exit' : undefined;
};
