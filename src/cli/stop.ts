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

/** Waits for the first reason to end. A second Ctrl-C does not wait for anything. */
export class Stop {
  readonly asked: Promise<StopReason>;
  #resolve: (reason: StopReason) => void = () => {};
  #interrupts = 0;
  readonly #listeners: [keyof typeof signals, () => void][] = [];

  /** @param leave ends what must not go on without us, at once */
  constructor(leave: () => void) {
    this.asked = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    for (const signal of Object.keys(signals) as (keyof typeof signals)[]) {
      const listener = (): void => {
        this.#interrupts += signal === 'SIGINT' ? 1 : 0;
        if (this.#interrupts > 1) {
          leave();
          process.exit(exitStatus.interrupted);
        }
        this.now(signals[signal]);
      };
      process.on(signal, listener);
      this.#listeners.push([signal, listener]);
    }
  }

  now(reason: StopReason): void {
    this.#resolve(reason);
  }
}
