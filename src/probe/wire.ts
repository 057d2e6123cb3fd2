/**
 * What probes/*.bt and the decoder must agree on. The probes carry the same lengths and letters in their own text, so that each can
 * be run by hand; test/probe/wire.test.ts reads them and compares.
 */

/** The letter that begins a line, by what the line says (probes/README.md). Small letters continue the line before. */
export const letters = {
  credentials: 'C',
  file: 'P',
  exec: 'E',
  exit: 'X',
  fork: 'F',
  leave: 'S',
  setns: 'J',
  unshare: 'U',
  mkdir: 'M',
  rmdir: 'R',
  attach: 'A',
  rename: 'N',
  failed: 'G',
  folded: 'Y',
  oom: 'O',
  heartbeat: 'H',
  held: 'V',
  folding: 'W',
  pids: 'n',
  comm: 'm',
  path: 'p',
  argv: 'a',
  tail: 'h',
  cgroupPath: 'q',
  string: 'g',
} as const;

/** What one line of a successful exec has room for, in words of 8 bytes. */
export const pathWords = 8;
export const argvWords = 23;
/** Words of an exec whose path and argv fit into them: short-exec.ts. */
export const shortPathWords = 4;
export const shortArgvWords = 8;
export const wordBytes = 8;
/** A comm, as the kernel keeps it. */
export const commWords = 2;

/** The kernel takes no longer path (PATH_MAX). */
export const maxPathBytes = 4096;

/**
 * Bytes of one line that continues an exec. The probes are written with as many as every bpftrace can take: before 0.22 they lie on
 * a program's stack. Newer ones get larger pieces, and as many of them as it then takes.
 */
export const writtenChunkBytes = 184;
export const largeChunkBytes = 1000;
/** Lines of argv for each exec: 16 KB where a line is short, 64 KB where it is long. */
export const argvLines = { written: 89, large: 64 } as const;
/** Whole lines of path for each exec; one more takes what is left. */
export const pathLines = (chunkBytes: number): number => Math.ceil((maxPathBytes - pathWords * wordBytes) / chunkBytes);

/**
 * An argv that is longer than its lines brings a keyed sum of the rest instead: of what is behind this offset, up to 48 KiB, 32
 * bytes a step.
 */
export const tailOffset = argvWords * wordBytes + argvLines.written * writtenChunkBytes;
export const maxTailEnd = 49_152;
export const tailStepBytes = 32;
/** The sum's first number, as it stands in exec_tail.bt, and what the sum is multiplied with. */
export const tailKey = 0x2545_f491_4f6c_dd1dn;
export const tailFactor = 0x5851_f42d_4c95_7f2dn;

/** A failed exec brings its path and 32 arguments, the beginning of each. */
export const maxStrings = 33;
export const stringBytes = 184;
/** Where the kernel had left the caller's memory: lines of the new stack from its lowest address, and the last bytes of it. */
export const stackLines = 8;
/** Set above the number of arguments in a G line: the strings lie on the new stack. */
export const begunFlag = 1;
/** Of the file in a P line. */
export const fileFlags = { upper: 1, deleted: 2 } as const;
/** Set above the status in an X line: the kernel chose the process because memory ran out. */
export const oomFlag = 0x1_0000;

/** One line of a cgroup's path, and how many can continue it. */
export const cgroupPathBytes = 128;
export const cgroupPathLines = 7;

/** Levels of namespaces below the host's whose pids fit into one line. */
export const maxLevels = 8;

/** Under this key, which is no CPU, @seq has the switch of all probes: see probes/control.bt. */
export const switchKey = 99_999;
/** The switch once the probes were stopped. */
export const stopped = 1;
