import { randomBytes } from 'node:crypto';
import { cpus } from 'node:os';
import type { Self } from '../../procfs/host.ts';
import { readProcText } from '../../procfs/read.ts';
import { largeChunkBytes, writtenChunkBytes } from '../wire.ts';
import type { Version } from './version.ts';

/** All that differs between versions of bpftrace and of the kernel, found out once, at the start. */
export interface Features {
  /** bpftrace's settings, as environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Positional parameters of the probes: see probes/README.md. */
  readonly parameters: readonly string[];
  /** Bytes that one continuation line can carry. */
  readonly chunkBytes: number;
  /** The conversion for bytes: %rh, or %rx before 0.17. */
  readonly bytesFormat: string;
  /** A secret of this run: the sums of argvs begin with it. */
  readonly tailKey: bigint;
  /** Its buffer holds what one CPU can make in this time, in ms; undefined if that is not known. */
  readonly pauseMs?: number;
  /** BTF of what the probes read, for bpftrace instead of the kernel's: see structures.ts. */
  readonly structures?: Buffer | undefined;
}

/** Memory for events that were made and not yet read: 64 MiB in all, since the probes of a busy second fit in it. */
const bufferPages = 16_384;
const pageBytes = 4096;
/** bpftrace prints at most 120,000 lines a second, and a line of one event takes at most 400 bytes: faster than that it loses anyway. */
const bytesPerMs = 50_000;
/** @vfork holds a process between its vfork and its exec; more at once are sent as lines of their own. */
const mapKeys = 16_384;

/** Members of kernel structures whose offsets are given to the probes. */
export const neededMembers = ['pid.numbers', 'task_struct.sibling', 'task_struct.comm', 'cred.cap_permitted'] as const;
/** Without audit, a kernel has no login users. */
export const loginuid = 'task_struct.loginuid';

export const findFeatures = (
  version: Version,
  tracer: Self,
  offsets: ReadonlyMap<string, number> | undefined,
): Features => {
  const big = atLeast(version, 22);
  const offset = (member: (typeof neededMembers)[number] | typeof loginuid): string =>
    String(offsets?.get(member) ?? 0);
  const brokenDataLoc = version.major === 0 && version.minor === 23;
  return {
    environment: settings(version, big),
    parameters: [
      offset('pid.numbers'),
      offset('task_struct.sibling'),
      String(tracer.pid),
      // 3 times the place where the string begins in the event: bpftrace 4238.
      brokenDataLoc ? String(3 * 28) : '0',
      brokenDataLoc ? String(3 * 36) : '0',
      String(tracer.startTicks),
      String(tracer.pidns),
      String(possibleCpus()),
      offset('task_struct.comm'),
      offset('cred.cap_permitted'),
      offset(loginuid),
    ],
    chunkBytes: big ? largeChunkBytes : writtenChunkBytes,
    pauseMs: (pagesOfOneCpu() * pageBytes) / bytesPerMs,
    bytesFormat: atLeast(version, 17) ? '%rh' : '%rx',
    // bpftrace reads numbers of 63 bits.
    tailKey: randomBytes(8).readBigUInt64LE() >> 1n,
  };
};

const atLeast = (version: Version, minor: number): boolean => version.major > 0 || version.minor >= minor;

/** Both names of each setting where they changed in 0.20: the unknown one is ignored. */
const settings = (version: Version, big: boolean): Record<string, string> => {
  // Since 0.22 buf() keeps 4 of these bytes for the length.
  const stringBytes = String(big ? largeChunkBytes + 4 : writtenChunkBytes);
  const old = atLeast(version, 20)
    ? {}
    : { BPFTRACE_STRLEN: stringBytes, BPFTRACE_MAP_KEYS_MAX: String(mapKeys), BPFTRACE_NO_CPP_DEMANGLE: '1' };
  return {
    ...old,
    BPFTRACE_MAX_STRLEN: stringBytes,
    BPFTRACE_MAX_MAP_KEYS: String(mapKeys),
    // A ring for each CPU before 0.19, one for all since.
    BPFTRACE_PERF_RB_PAGES: String(atLeast(version, 19) ? bufferPages : pagesOfOneCpu()),
  };
};

/** One more than the highest number that a CPU of this machine can have. */
const possibleCpus = (): number =>
  Number(/(\d+)\s*$/.exec(readProcText('/sys/devices/system/cpu/possible') ?? '')?.[1] ?? cpus().length - 1) + 1;

/** A power of two, as mmap of a perf buffer demands; every CPU has one, also those that we may not run on. */
const pagesOfOneCpu = (): number => Math.max(64, 2 ** Math.floor(Math.log2(bufferPages / cpus().length)));
