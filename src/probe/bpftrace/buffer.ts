import { untrusted } from './find.ts';

/** Part of GNU coreutils, for its stdbuf(1): sets the buffer of stdout that _STDBUF_O asks for. */
const libraries = ['/usr/libexec/coreutils/libstdbuf.so', '/usr/lib/coreutils/libstdbuf.so'];
/** More than bpftrace prints between two heartbeats. */
const bufferBytes = 1024 * 1024;

/**
 * The environment in which bpftrace hands over what it printed at each heartbeat, ten times a second, when its print() flushes. By
 * itself it writes blocks of 4 KB, and to wake up for each costs Node half of its time. Empty where the library is missing.
 */
export const largeBuffer = (candidates: readonly string[] = libraries): Record<string, string> => {
  const library = candidates.find((path) => untrusted(path) === undefined);
  return library === undefined ? {} : { LD_PRELOAD: library, _STDBUF_O: String(bufferBytes) };
};
