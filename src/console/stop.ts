import { exitStatus } from '../errors.ts';

/** Why tracing ends, for the footer of a recording. */
export type StopReason =
  | 'interrupt'
  | 'terminated'
  | 'hangup'
  | 'duration'
  | 'max-events'
  | 'command-ended'
  | 'container-stopped'
  | 'reader-gone'
  | 'failure';

const signals = { SIGINT: 'interrupt', SIGTERM: 'terminated', SIGHUP: 'hangup' } as const;
export type StopSignal = keyof typeof signals;

/** How long a recording has for its footer after a second Ctrl-C. */
const footerMs = 3000;

/** No person presses twice within this time: timeout(1) sends one SIGINT to its child and once more to the whole group. */
const oncePressedMs = 10;

/**
 * Waits for the first reason to end. A second SIGINT comes from a person who does not want to wait, unless it comes at once; every
 * other signal can come more than once by itself: kernel and shell both send SIGHUP, and service managers repeat SIGTERM.
 */
export class Stop {
  readonly asked: Promise<StopReason>;
  /** Whether there is something to be finished, such as a recording, which a second SIGINT does not cut off. */
  finishes = false;
  /** What a hangup means where it is no end: as for a log, that a new file is to be begun. */
  onHangup: (() => void) | undefined;
  /** What went wrong, where that is the reason. */
  failure: Error | undefined;
  readonly #passOn: (signal: StopSignal) => boolean;
  readonly #stopping = new AbortController();
  readonly #leaving = new AbortController();
  #resolve: (reason: StopReason) => void = () => {};
  #received = 0;
  #interruptedAt: number | undefined;

  /** @param passOn takes the first signal if that is not for us */
  constructor(passOn: (signal: StopSignal) => boolean = () => false) {
    this.#passOn = passOn;
    this.asked = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of Object.keys(signals) as StopSignal[]) {
      process.on(signal, () => this.#take(signal));
    }
  }

  /** Aborts with the first reason. */
  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  /** Aborts when nothing is to be waited for any longer. */
  get leave(): AbortSignal {
    return this.#leaving.signal;
  }

  /** Asks as Ctrl-C does: the second time does not wait. */
  press(): void {
    process.emit('SIGINT');
  }

  fail(error: Error): void {
    this.failure ??= error;
    this.now('failure');
  }

  now(reason: StopReason): void {
    this.#resolve(reason);
    this.#stopping.abort();
  }

  #take(signal: StopSignal): void {
    if (signal === 'SIGHUP' && this.onHangup !== undefined) {
      this.onHangup();
      return;
    }
    const now = performance.now();
    const before = signal === 'SIGINT' ? this.#interruptedAt : undefined;
    if (before !== undefined && now - before < oncePressedMs) {
      return;
    }
    this.#received += 1;
    if (signal === 'SIGINT') {
      this.#interruptedAt = now;
    }
    if (before !== undefined) {
      this.#leave();
    } else if (this.#received > 1 || !this.#passOn(signal)) {
      this.now(signals[signal]);
    }
  }

  #leave(): void {
    const isRepeated = this.#leaving.signal.aborted;
    this.#leaving.abort();
    if (!this.finishes || isRepeated) {
      process.exit(exitStatus.interrupted);
    }
    process.once('exit', () => {
      process.exitCode = exitStatus.interrupted;
    });
    setTimeout(() => process.exit(exitStatus.interrupted), footerMs).unref();
    this.now('interrupt');
  }
}
