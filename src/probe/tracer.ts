import { bpftraceFailed, bpftraceKeepsDying } from '../errors.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import { bootTime } from '../procfs/clock.ts';
import { explainFailure } from './bpftrace/failure.ts';
import type { Features } from './bpftrace/features.ts';
import { buildScript } from './bpftrace/script.ts';
import { countSkipped } from './bpftrace/skipped-runs.ts';
import type { KernelEvent } from './event.ts';
import { Restarts } from './restarts.ts';
import { Run } from './run.ts';

export interface TracerOptions {
  /** The path of bpftrace, or a command that ends with it. */
  readonly command: readonly string[];
  readonly features: Features;
  /** Failed execs too. */
  readonly failed: boolean;
  /** Takes events in the order of time. */
  readonly onEvent: (event: KernelEvent) => void;
  /** Takes the time of the kernel up to which everything was emitted, at most ten times a second. */
  readonly onBeat: (time: Nanoseconds) => void;
  /** Takes what the user should know: that bpftrace died and was started again. */
  readonly onNotice: (text: string) => void;
  /** Tracing goes on after a gap, of which nothing is known. */
  readonly onResume: (time: Nanoseconds) => void;
  /** Takes the end of tracing that nobody asked for. */
  readonly onFailure: (error: Error) => void;
  /** Waits between two starts, in ms; the clock's by default. */
  readonly sleep?: (ms: number) => Promise<void>;
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
  #features: Features;
  #run: Run | undefined;
  #stopping = false;
  readonly #restarts: Restarts;
  /** How often bpftrace ended by itself and was started again. */
  restarts = 0;
  #stopped: Promise<void> = Promise.resolve();
  /** From what time on something is missing since bpftrace ended by itself, and at least how many lines. */
  #gap: { from: Nanoseconds; count: number } | undefined;
  /** Of those that have ended. */
  readonly #ended: Count = { made: 0, delivered: 0, lost: 0 };

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#features = options.features;
    this.#restarts = new Restarts(options.sleep);
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
   * undefined if it was aborted before
   *
   * @throws NstraceError (3) with bpftrace's reason in plain words
   */
  async start(signal?: AbortSignal): Promise<Nanoseconds | undefined> {
    if (signal?.aborted) {
      return undefined;
    }
    const kill = (): void => this.#run?.child.kill();
    signal?.addEventListener('abort', kill);
    let run = this.#begin();
    let ready = await run.ready;
    if (ready === undefined && !signal?.aborted && this.#features.structures !== undefined) {
      // What fails with our own description of the structures may work with the kernel's.
      this.#features = { ...this.#features, structures: undefined };
      run = this.#begin();
      ready = await run.ready;
    }
    signal?.removeEventListener('abort', kill);
    if (ready === undefined && signal?.aborted) {
      run.child.abandon();
      return undefined;
    }
    if (ready === undefined) {
      const { status } = await run.child.ended;
      const { reason, advice } = explainFailure(run.words, status);
      throw bpftraceFailed(reason, advice);
    }
    void this.#supervise(run);
    return ready;
  }

  /**
   * Stops tracing without losing what was made up to now, emits the rest of the events and reports what is missing.
   * bpftrace then only has its probes to detach, which takes a second: that is not waited for.
   *
   * @param leave aborts the wait for what is still in the buffers
   * @param onProgress takes the number of lines that are still to come, once a second
   */
  async stop(leave: AbortSignal, onProgress: (left: number) => void = () => {}): Promise<void> {
    if (this.#stopping) {
      return this.#stopped;
    }
    this.#stopping = true;
    this.#stopped = this.#end(leave, onProgress);
    return this.#stopped;
  }

  async #end(leave: AbortSignal, onProgress: (left: number) => void): Promise<void> {
    const run = this.#run;
    if (run !== undefined && !run.closed && run.begun) {
      await run.drain(leave, onProgress);
      run.noteSkipped(countSkipped(run.child.pid), bootTime());
      this.#close(run);
    }
    run?.child.abandon();
    this.#reportGap(bootTime());
  }

  #begin(): Run {
    const { command, onEvent, onBeat } = this.#options;
    this.#run = new Run(command, this.#script, this.#features, onEvent, onBeat);
    return this.#run;
  }

  /** Takes the counts of a run that is over; what is missing since its last heartbeat is reported when that ends. */
  #close(run: Run): void {
    if (run.closed) {
      return;
    }
    const { exact, confirmed, missing } = run.close(bootTime());
    this.#ended.made += run.made;
    this.#ended.delivered += run.sequence.delivered;
    this.#ended.lost += run.sequence.lost;
    if (!exact) {
      this.#gap = { from: confirmed, count: missing };
    }
  }

  #reportGap(to: Nanoseconds): void {
    if (this.#gap !== undefined) {
      const { from, count } = this.#gap;
      this.#gap = undefined;
      const { mono, at } = to.at > from.at ? to : from;
      this.#options.onEvent({
        kind: 'lost',
        count,
        exact: false,
        from: from.mono,
        to: mono,
        mono,
        at,
        cpu: -1,
        seq: 0,
      });
    }
  }

  async #supervise(first: Run): Promise<void> {
    let run = first;
    for (;;) {
      const { status } = await run.child.ended;
      if (this.#stopping) {
        return;
      }
      this.#close(run);
      const reason = run.tampered ? 'somebody else stopped its probes' : explainFailure(run.words, status).reason;
      const next = await this.#restart(reason);
      if (next === undefined) {
        return;
      }
      this.#reportGap(next.ready);
      this.#options.onResume(next.ready);
      this.#options.onNotice(`bpftrace ended by itself: ${reason}. Tracing goes on; what happened in between is lost`);
      run = next.run;
    }
  }

  async #restart(reason: string): Promise<{ run: Run; ready: Nanoseconds } | undefined> {
    for (;;) {
      if (!(await this.#restarts.next())) {
        this.#options.onFailure(bpftraceKeepsDying(reason));
        return undefined;
      }
      if (this.#stopping) {
        return undefined;
      }
      const run = this.#begin();
      const ready = await run.ready;
      if (ready !== undefined) {
        this.restarts += 1;
        return { run, ready };
      }
      await run.child.ended;
      if (this.#stopping) {
        return undefined;
      }
    }
  }
}
