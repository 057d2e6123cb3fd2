import type { NstraceRecord } from '../record/schema.ts';

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
const container = `(?:null|\\{"id":${text},"name":${text},"runtime":${text}${optional('instance', '[1-9]\\d{0,14}')}\\})`;

const lineOf = (type: string, ...fields: string[]): RegExp =>
  new RegExp(
    `^\\{"type":"${type}","seq":[1-9]\\d{0,14},"time":"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}Z","mono":"\\d{1,20}"` +
      `,"pid":${int},"nspid":\\[${int}(?:,${int})*\\],"ns":\\{"pid":${int}${namespaces}\\},"container":${container}` +
      `${field('ppid', int)}${fields.join('')}\\}$`,
  );

const origin = optional('origin', '"(?:init|born|joined)"');
const evidence = optional('evidence', '"(?:init|lineage|pidns|cgroup|mnt)"');

const fork = lineOf('fork', field('comm', text), field('flags', list), optional('by_pid', int), origin);
const exit = lineOf(
  'exit',
  ...[optional('code', '(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])'), optional('signal', text)],
  ...[field('core', '(?:true|false)'), optional('oom', 'true'), field('duration_ns', int)],
  ...[optional('comm', text), optional('exe', text)],
);
const exec = lineOf(
  'exec',
  ...[optional('pcomm', text), field('uid', int), field('gid', int), field('comm', text), field('exe', text)],
  ...[field('args', list), field('args_bytes', int), field('args_truncated', 'false'), field('ret', '0')],
  ...[optional('pcomm', text), optional('euid', int), optional('egid', int), optional('auid', int)],
  ...[optional('session', int), optional('tty', text), optional('caps_gained', list), optional('cwd', text)],
  ...[origin, evidence, optional('unit', text)],
);

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
  const type = usualType(line);
  if (type === undefined || line.length > maxLength) {
    return undefined;
  }
  let seq = 0;
  let at = seqAt;
  for (let digit = line.charCodeAt(at) - zero; digit >= 0; digit = line.charCodeAt(at) - zero) {
    seq = seq * 10 + digit;
    at += 1;
  }
  // After the number: `,"time":"` with 30 characters, `","mono":"` with digits up to a quote.
  const time = line.slice(at + 9, at + 39);
  const mono = line.slice(at + 49, line.indexOf('"', at + 49));
  const brief = type === 'exec' ? { type, seq, time, mono, ret: 0 } : { type, seq, time, mono };
  return brief as unknown as NstraceRecord;
};

const usualType = (line: string): 'fork' | 'exec' | 'exit' | undefined => {
  if (line.charCodeAt(9) === 0x66) {
    return fork.test(line) ? 'fork' : undefined;
  }
  if (line.charCodeAt(11) === 0x65) {
    return exec.test(line) ? 'exec' : undefined;
  }
  return line.charCodeAt(11) === 0x69 && exit.test(line) ? 'exit' : undefined;
};
