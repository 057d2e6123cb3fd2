import type { Stats } from 'node:fs';

/** Of a file that somebody else than root owns, as the bundle of a rootless runtime, no more is read. */
export const maxOthersBytes = 256 * 1024;
/** And no more than this a second in all, so that nobody can keep the tracer busy with files: what is over is looked at later. */
const budgetBytes = 1024 * 1024;
const windowMs = 1000;
/** What was read last is kept: the same file is asked for with each program of its container. */
const maxKept = 8;

/** Bounds what is read of files that anybody can write. */
export class OthersFiles {
  readonly #now: () => number;
  readonly #kept = new Map<string, unknown>();
  #since = Number.NEGATIVE_INFINITY;
  #left = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** What a file of another user says, read at most once as long as it is the same; undefined if it is too large, or too much now. */
  read(path: string, stats: Stats, parse: () => unknown): unknown {
    if (stats.size > maxOthersBytes) {
      return undefined;
    }
    const key = `${path} ${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
    if (this.#kept.has(key)) {
      return this.#kept.get(key);
    }
    if (!this.#allows(stats.size)) {
      return undefined;
    }
    const value = attempt(parse);
    this.#kept.set(key, value);
    if (this.#kept.size > maxKept) {
      this.#kept.delete(this.#kept.keys().next().value!);
    }
    return value;
  }

  #allows(bytes: number): boolean {
    const now = this.#now();
    if (now - this.#since >= windowMs) {
      this.#since = now;
      this.#left = budgetBytes;
    }
    this.#left -= bytes;
    return this.#left >= 0;
  }
}

/** What is no JSON is not read again either. */
const attempt = (parse: () => unknown): unknown => {
  try {
    return parse();
  } catch {
    return undefined;
  }
};
