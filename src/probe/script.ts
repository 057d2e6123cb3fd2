import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Features } from './features.ts';
import { argvLines, pathLines, writtenChunkBytes } from './wire.ts';

/**
 * In this order, in which probes attach and run: what a process failed to execute is told before its exit, and the
 * heartbeat comes last.
 */
const onRequest = 'failed';
const always = ['exec', 'exec_more', 'fork', 'exit', 'namespace', 'cgroup', 'oom'] as const;
const last = 'control';

/** The folder of the bundled probes: beside src, and beside the folder of a bundle. */
export const probesFolder = (): string =>
  fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../probes' : '../probes', import.meta.url));

/** One bpftrace program out of the bundled probes. */
export const buildScript = (features: Features, options: { failed: boolean }, folder = probesFolder()): string => {
  const names = [...(options.failed ? [onRequest] : []), ...always, last];
  return names.map((name) => adapt(name, readFileSync(`${folder}/${name}.bt`, 'utf8'), features)).join('\n');
};

const adapt = (name: string, text: string, features: Features): string => {
  const formatted = features.bytesFormat === '%rh' ? text : text.replaceAll('%rh', features.bytesFormat);
  return name === 'exec_more' && features.chunkBytes !== writtenChunkBytes
    ? withChunks(formatted, features.chunkBytes)
    : formatted;
};

/** Longer lines that continue an exec, and as many of them as it then takes. */
const withChunks = (text: string, chunkBytes: number): string => {
  const longer = replace(text, String(writtenChunkBytes), String(chunkBytes));
  const paths = replace(longer, `$i < ${pathLines(writtenChunkBytes)}`, `$i < ${pathLines(chunkBytes)}`);
  return replace(paths, `$i < ${argvLines.written}`, `$i < ${argvLines.large}`);
};

/** @throws Error if there is nothing to replace: then the probe was changed, and this was not */
export const replace = (text: string, what: string, by: string): string => {
  if (!text.includes(what)) {
    throw new Error(`the probes do not hold "${what}", which was to become "${by}" (src/probe/script.ts)`);
  }
  return text.replaceAll(what, by);
};
