import { setTimeout as sleep } from 'node:timers/promises';
import { bpftraceFailed, bpftraceKeepsDying } from '../errors.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { KernelEvent, LostEvent } from './event.ts';
import { explainFailure } from './failure.ts';
import type { Features } from './features.ts';
import { Run } from './run.ts';
import { buildScript } from './script.ts';
import { countSkipped } from './skipped.ts';

/** bpftrace may die so often in a minute before tracing is given up. */
const maxRestarts = 5;
const restartWindowMs = 60_000;

export interface TracerOptions {
  /** The path of bpftrace, or a command that ends with it. */
  readonly command: readonly string[];
  readonly features: Features;
  /** Failed execs too. */
  readonly failed: boolean;
  /** Takes events in the order of time. */
  readonly onEvent: (event: KernelEvent) => void;
  /** Takes the time of the kernel ten times a second: everything up to then was given. */
  readonly onBeat: (time: Nanoseconds) => void;
  /** Takes what the user should know: that bpftrace died and was started again. */
  readonly onNotice: (text: string) => void;
  /** Tracing goes on after a gap, of which nothing is known. */
  readonly onResume: (time: Nanoseconds) => void;
  /** Takes the end of tracing that nobody asked for. */
  readonly onFailure: (error: Error) => void;
}

/** Lines the probes made, those that came and those that did not: made = delivered + lost. */
export interface Count {
  made: number;
  delivered: number;
  lost: number;
}

/** Runs bpftrace with the probes, watches it, and gives its events in order and the losses between them. */
export class Tracer {
  readonly #options: TracerOptions;
  readonly #script: string;
  #run: Run | undefined;
  #stopping = false;
  #restarts: number[] = [];
  #supervision: Promise<void> = Promise.resolve();
  /** Of those that have ended. */
  readonly #ended: Count = { made: 0, delivered: 0, lost: 0 };

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#script = buildScript(options.features, { failed: options.failed });
  }

  /** Up to now; exact after stop(). */
  get count(): Count {
    const { made, delivered, lost } = this.#ended;
    const run = this.#run;
    return run === undefined || run.closed
      ? { made, delivered, lost }
      : {
          made: made + run.made,
          delivered: delivered + run.sequence.delivered,
          lost: lost + run.sequence.lost,
        };
  }

  /** Whether nothing more will come. */
  get ended(): boolean {
    return this.#run?.closed ?? true;
  }

  get pid(): number {
    return this.#run?.child.pid ?? 0;
  }

  /**
   * Starts tracing.
   *
   * @returns the kernel's time at which all probes began: nothing older comes, and nothing later is missing
   * @throws NstraceError (3) with bpftrace's reason in plain words
   */
  async start(): Promise<Nanoseconds> {
    if (this.#stopping) {
      throw bpftraceFailed('it was stopped before it began', 'start nstrace again');
    }
    const run = this.#begin();
    const ready = await run.ready;
    if (ready === undefined) {
      const { status } = await run.child.ended;
      const { reason, advice } = explainFailure(run.words, status);
      throw bpftraceFailed(reason, advice);
    }
    this.#supervision = this.#supervise(run);
    return ready;
  }

  /** Stops tracing without losing what was made up to now, and gives the rest of the events. */
  async stop(): Promise<void> {
    if (this.#stopping) {
      return this.#supervision;
    }
    this.#stopping = true;
    const run = this.#run;
    if (run !== undefined) {
      await run.drain();
      run.noteSkipped(countSkipped(run.child.pid));
      run.child.stop();
    }
    await this.#supervision;
  }

  /** Ends bpftrace at once. */
  kill(): void {
    this.#stopping = true;
    this.#run?.child.kill();
  }

  #begin(): Run {
    const { command, features, onEvent, onBeat } = this.#options;
    this.#run = new Run(command, this.#script, features, onEvent, onBeat);
    return this.#run;
  }

  async #supervise(first: Run): Promise<void> {
    let run = first;
    for (;;) {
      const { status, asked } = await run.child.ended;
      const last = run.close(asked);
      this.#ended.made += run.made;
      this.#ended.delivered += run.sequence.delivered;
      this.#ended.lost += run.sequence.lost;
      if (this.#stopping) {
        return;
      }
      const { reason } = explainFailure(run.words, status);
      const next = await this.#restart(reason);
      if (next === undefined) {
        this.#options.onEvent(gap(last, last));
        return;
      }
      this.#options.onEvent(gap(last, next.ready));
      this.#options.onResume(next.ready);
      this.#options.onNotice(`bpftrace ended by itself: ${reason}. Tracing goes on; what happened in between is lost`);
      run = next.run;
    }
  }

  async #restart(reason: string): Promise<{ run: Run; ready: Nanoseconds } | undefined> {
    for (;;) {
      const now = Date.now();
      this.#restarts = this.#restarts.filter((time) => now - time < restartWindowMs);
      if (this.#restarts.length >= maxRestarts) {
        this.#options.onFailure(bpftraceKeepsDying(reason));
        return undefined;
      }
      this.#restarts.push(now);
      if (this.#restarts.length > 1) {
        await sleep(200 * 2 ** this.#restarts.length);
      }
      if (this.#stopping) {
        return undefined;
      }
      const run = this.#begin();
      const ready = await run.ready;
      if (ready !== undefined) {
        return { run, ready };
      }
      await run.child.ended;
      if (this.#stopping) {
        return undefined;
      }
    }
  }
}

/** From the last sign of one bpftrace to the first of the next, nothing is known. */
const gap = (last: Nanoseconds, ready: Nanoseconds): LostEvent => ({
  kind: 'lost',
  count: 0,
  exact: false,
  from: last.mono,
  to: ready.mono,
  mono: ready.mono,
  at: ready.at,
  cpu: -1,
  seq: 0,
});
