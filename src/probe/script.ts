import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Features, writtenChunkBytes } from './features.ts';

/**
 * In this order, in which probes attach and run: what a process failed to execute is told before its exit, and the
 * heartbeat comes last.
 */
const onRequest = 'failed';
const always = ['exec', 'exec_more', 'fork', 'exit', 'namespace', 'cgroup', 'oom'] as const;
const last = 'control';

const pathBytesInline = 64;
const maxPathBytes = 4096;
/** 16 KB of argv where a line is short, 64 KB where it is long. */
const argvLines = { short: 88, long: 64 } as const;

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

/** Longer continuation lines, and as many of them as it then takes. */
const withChunks = (text: string, chunkBytes: number): string =>
  text
    .replaceAll(String(writtenChunkBytes), String(chunkBytes))
    .replace('$i < 22', `$i < ${Math.ceil((maxPathBytes - pathBytesInline) / chunkBytes)}`)
    .replace(`$i < ${argvLines.short}`, `$i < ${argvLines.long}`);
