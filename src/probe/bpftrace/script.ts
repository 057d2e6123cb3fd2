import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { argvLines, pathLines, tailKey, writtenChunkBytes } from '../wire.ts';
import type { Features } from './features.ts';
import { byLength } from './short-exec.ts';

/**
 * In this order, in which probes attach and run: what a process failed to execute is reported before its exit, what an exec gained and
 * from which file before the exec, and the heartbeat comes last.
 */
const onRequest = ['failed', 'failed_end'] as const;
const always = [
  ...['callers', 'credentials', 'file', 'exec', 'exec_more', 'exec_tail', 'fork', 'exit', 'namespace', 'cgroup', 'oom'],
] as const;
const last = 'control';
/** Written for execve, and made for execveat too. */
const ofBothCalls: readonly string[] = ['callers', 'failed'];

/** The folder of the bundled probes: beside src, and beside the folder of a bundle. */
export const probesFolder = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../probes' : '../probes', import.meta.url));

/** The text of all bundled probes. */
export const readProbes = (folder = probesFolder()): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.bt'))
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n');

/** One bpftrace program out of the bundled probes. */
export const buildScript = (features: Features, options: { failed: boolean }, folder = probesFolder()): string => {
  const wanted = always.filter((name) => name !== 'exec_tail' || features.chunkBytes === writtenChunkBytes);
  const names = [...(options.failed ? onRequest : []), ...wanted, last];
  return names.map((name) => adapt(name, readFileSync(`${folder}/${name}.bt`, 'utf8'), features)).join('\n');
};

const adapt = (name: string, text: string, features: Features): string => {
  const formatted = features.bytesFormat === '%rh' ? text : text.replaceAll('%rh', features.bytesFormat);
  if (ofBothCalls.includes(name)) {
    return `${formatted}\n${forExecveat(formatted)}`;
  }
  if (name === 'exec') {
    return byLength(formatted);
  }
  if (name === 'exec_tail') {
    return replace(formatted, `0x${tailKey.toString(16)}`, `0x${features.tailKey.toString(16)}`);
  }
  return name === 'exec_more' && features.chunkBytes !== writtenChunkBytes
    ? withChunks(formatted, features.chunkBytes)
    : formatted;
};

/** With AT_EXECVE_CHECK, execveat only asks whether an exec would be allowed. */
const forExecveat = (text: string): string =>
  replace(
    replace(text, 'sys_exit_execve ', 'sys_exit_execveat '),
    'sys_enter_execve /',
    'sys_enter_execveat /((uint64)args->flags & 0x10000) == 0 && ',
  );

/** Where the probe has the length of a line that continues an exec. */
const pieces = [
  ['$rest < ', ')'],
  ['buf(uptr($from), ', ')'],
  ['$rest - ', ')'],
  ['$from + ', ')'],
] as const;

/** Longer lines that continue an exec, and as many of them as it then takes. */
const withChunks = (text: string, chunkBytes: number): string => {
  const longer = pieces.reduce(
    (longer, [before, after]) =>
      replace(longer, `${before}${writtenChunkBytes}${after}`, `${before}${chunkBytes}${after}`),
    text,
  );
  const paths = replace(longer, `$i < ${pathLines(writtenChunkBytes)}`, `$i < ${pathLines(chunkBytes)}`);
  const lines = replace(paths, `$i < ${argvLines.written}`, `$i < ${argvLines.large}`);
  // bpftrace 0.23 leaves kernel 6.1 in doubt whether what is left could be negative: it is masked, with what no rest reaches.
  return replace(
    lines,
    'buf(uptr($from), $rest)',
    `buf(uptr($from), $rest & ${2 ** Math.ceil(Math.log2(chunkBytes)) - 1})`,
  );
};

/** @throws Error if there is nothing to replace: then the probe was changed, and this was not */
export const replace = (text: string, what: string, by: string): string => {
  if (!text.includes(what)) {
    throw new Error(`the probes do not hold "${what}", which was to become "${by}" (src/probe/bpftrace/script.ts)`);
  }
  return text.replaceAll(what, by);
};
