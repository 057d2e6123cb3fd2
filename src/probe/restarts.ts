import { setTimeout as delay } from 'node:timers/promises';

/** bpftrace may die N times in a minute before tracing is given up. */
const maxRestarts = 5;
const windowMs = 60_000;
/** The wait before the second start in a minute is 4 times this, and twice as long before each further one. */
const pauseMs = 200;

/** When a bpftrace that ended by itself may be started again. */
export class Restarts {
  readonly #sleep: (ms: number) => Promise<void>;
  /** Those of the last minute. */
  #times: number[] = [];

  /** @param sleep waits, in ms; the clock's by default */
  constructor(sleep: (ms: number) => Promise<void> = delay) {
    this.#sleep = sleep;
  }

  /** Waits, longer each time. @returns false at once if it has died too often */
  async next(): Promise<boolean> {
    const now = performance.now();
    this.#times = this.#times.filter((time) => now - time < windowMs);
    if (this.#times.length >= maxRestarts) {
      return false;
    }
    this.#times.push(now);
    if (this.#times.length > 1) {
      await this.#sleep(pauseMs * 2 ** this.#times.length);
    }
    return true;
  }
}
