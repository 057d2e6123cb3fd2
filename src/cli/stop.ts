import { exitStatus } from '../errors.ts';

/** Why tracing ends, for the footer of a recording. */
export type StopReason =
  | 'interrupt'
  | 'terminated'
  | 'hangup'
  | 'duration'
  | 'max-events'
  | 'command-ended'
  | 'reader-gone'
  | 'failure';

const signals = { SIGINT: 'interrupt', SIGTERM: 'terminated', SIGHUP: 'hangup' } as const;
export type StopSignal = keyof typeof signals;

/** Waits for the first reason to end. A second signal does not wait for anything. */
export class Stop {
  readonly asked: Promise<StopReason>;
  /** What went wrong, where that is the reason. */
  failure: Error | undefined;
  #resolve: (reason: StopReason) => void = () => {};
  #signals = 0;

  /**
   * @param leave ends what must not go on without us, at once
   * @param passOn takes a first signal that is not for us
   */
  constructor(leave: () => void, passOn: (signal: StopSignal) => boolean = () => false) {
    this.asked = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of Object.keys(signals) as StopSignal[]) {
      process.on(signal, () => {
        this.#signals += 1;
        if (this.#signals > 1) {
          leave();
          process.exit(exitStatus.interrupted);
        }
        if (!passOn(signal)) {
          this.now(signals[signal]);
        }
      });
    }
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
  }
}
