import { closeSync, openSync, readSync } from 'node:fs';
import { procRoot } from './read.ts';

/** CPU time in ms that the mounts of one namespace may cost, and those of all in a second. */
export interface MountBudget {
  readonly each: number;
  readonly all: number;
}

const whileTracing: MountBudget = { each: 20, all: 100 };
const windowMs = 1000;
/** How long mounts that cost more are not read again. */
const restMs = 30_000;
const maxResting = 1024;
/** Large enough for most containers, small enough that one reading of mounts in 100,000 others takes a few hundredths of a second. */
const stepBytes = 4096;
const maxBytes = 1024 * 1024;

interface Clocks {
  /** A clock in ms. */
  readonly now: () => number;
  /** CPU time used, in ms: a busy machine takes no mounts away. */
  readonly cpu: () => number;
}

const clocks: Clocks = {
  now: () => performance.now(),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/**
 * Reads mounts of processes as others made them. A user in a namespace of his own can mount one thing upon another 100,000 times: the
 * kernel then walks through all of them for each line, which takes minutes.
 */
export class Mountinfo {
  readonly #root: string;
  readonly #budget: MountBudget;
  readonly #clocks: Clocks;
  readonly #resting = new Map<number, number>();
  #since = Number.NEGATIVE_INFINITY;
  #left = 0;
  /** How often mounts were not read because that takes too long. */
  refused = 0;

  constructor(root = procRoot, budget = whileTracing, own = clocks) {
    this.#root = root;
    this.#budget = budget;
    this.#clocks = own;
  }

  /**
   * /proc/PID/mountinfo (proc_pid_mountinfo(5)); undefined if the process is gone, or if it takes too long.
   *
   * @param mnt its mount namespace
   */
  read(pid: number, mnt: number): Buffer | undefined {
    const { each, all } = this.#budget;
    const now = this.#clocks.now();
    if (now - this.#since >= windowMs) {
      this.#since = now;
      this.#left = all;
    }
    if (this.#left <= 0 || (this.#resting.get(mnt) ?? 0) > now) {
      this.refused += 1;
      return undefined;
    }
    const began = this.#clocks.cpu();
    const until = began + Math.min(each, this.#left);
    const mounts = this.#readUntil(`${this.#root}/${pid}/mountinfo`, until);
    const used = this.#clocks.cpu() - began;
    this.#left -= used;
    if (mounts === undefined && used >= each) {
      if (this.#resting.size >= maxResting) {
        this.#resting.clear();
      }
      this.#resting.set(mnt, now + restMs);
    }
    return mounts;
  }

  #readUntil(path: string, until: number): Buffer | undefined {
    let descriptor: number;
    try {
      descriptor = openSync(path, 'r');
    } catch {
      return undefined;
    }
    try {
      const pieces: Buffer[] = [];
      for (let length = 0; length < maxBytes; ) {
        const piece = Buffer.allocUnsafe(stepBytes);
        const read = readSync(descriptor, piece, 0, stepBytes, null);
        if (read === 0) {
          return Buffer.concat(pieces);
        }
        length += read;
        pieces.push(piece.subarray(0, read));
        if (this.#clocks.cpu() >= until) {
          break;
        }
      }
      this.refused += 1;
      return undefined;
    } catch {
      return undefined;
    } finally {
      closeSync(descriptor);
    }
  }
}
