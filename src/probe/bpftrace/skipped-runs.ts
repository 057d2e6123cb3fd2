import { readdirSync, readFileSync } from 'node:fs';

/** BPF_PROG_TYPE_TRACEPOINT (include/uapi/linux/bpf.h): the heartbeat is of another type, and may be skipped. */
const tracepoint = 5;

/**
 * Runs of the probes that the kernel skipped because another BPF program was active on that CPU. Nothing in a probe can count
 * these; the kernel gives them in the fdinfo of its programs (since 5.12, for tracepoints since 6.7; before that: 0).
 */
export const countSkipped = (pid: number, root = '/proc'): number => {
  const folder = `${root}/${pid}/fdinfo`;
  let skipped = 0;
  try {
    for (const name of readdirSync(folder)) {
      skipped += skippedBy(readFileSync(`${folder}/${name}`, 'utf8'));
    }
  } catch {
    // bpftrace has ended: what it knew is gone.
  }
  return skipped;
};

const skippedBy = (info: string): number =>
  numberOf(info, 'prog_type') === tracepoint ? (numberOf(info, 'recursion_misses') ?? 0) : 0;

const numberOf = (info: string, key: string): number | undefined => {
  const match = new RegExp(`^${key}:\\s+(\\d+)$`, 'm').exec(info);
  return match ? Number(match[1]) : undefined;
};
