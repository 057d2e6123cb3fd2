import { getPriority, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { bpftraceFailed, bpftraceKeepsDying } from '../errors.ts';
import { type Child, startBpftrace } from './bpftrace.ts';
import { type Decoded, Decoder } from './decode.ts';
import type { FoldedEvent, KernelEvent, LostEvent, Nanoseconds } from './event.ts';
import { explainFailure } from './failure.ts';
import type { Features } from './features.ts';
import { Order } from './order.ts';
import { buildScript } from './script.ts';
import { Sequence } from './sequence.ts';
import { countSkipped } from './skipped.ts';

/** The key under which control.bt notes in @seq that tracing was told to stop. */
const stopKey = 99_999;
/** Keys from here on are not CPUs. */
const firstKey = 99_998;
/** How long a stop waits for what is still in the buffers. */
const drainMs = 3000;
/** bpftrace may die so often in a minute before tracing is given up. */
const maxRestarts = 5;
const restartWindowMs = 60_000;
/** The slowest start seen is 4 s, on an emulated CPU 25 s. */
const readyMs = 60_000;

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
  readonly count: Count = { made: 0, delivered: 0, lost: 0 };

  constructor(options: TracerOptions) {
    this.#options = options;
    this.#script = buildScript(options.features, { failed: options.failed });
  }

  get pid(): number {
    return this.#run?.child.pid ?? 0;
  }

  /**
   * Starts tracing.
   *
   * @returns the kernel's time at which all probes were seen attached
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
      this.count.made += run.made;
      this.count.delivered += run.sequence.delivered;
      this.count.lost += run.sequence.lost;
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

/** One life of bpftrace. */
class Run implements Decoded {
  readonly child: Child;
  readonly sequence = new Sequence();
  readonly ready: Promise<Nanoseconds | undefined>;
  readonly #decoder = new Decoder(this, this.sequence);
  readonly #order: Order;
  readonly #onBeat: (time: Nanoseconds) => void;
  readonly #messages: string[] = [];
  readonly #folded = new Map<number, number>();
  /** Told with the next heartbeat: behind the failures before it, which are still waiting for their turn. */
  readonly #counted: FoldedEvent[] = [];
  #resolveReady: (time: Nanoseconds | undefined) => void = () => {};
  #beat: { time: Nanoseconds; totals: Map<number, number>; read: boolean } | undefined;
  #totals = new Map<number, number>();
  #stopped = false;
  #drained: (() => void) | undefined;
  #first = '';
  #last: Nanoseconds = { mono: '0', at: 0 };

  constructor(
    command: readonly string[],
    script: string,
    features: Features,
    onEvent: (event: KernelEvent) => void,
    onBeat: (time: Nanoseconds) => void,
  ) {
    this.#onBeat = onBeat;
    this.#order = new Order(onEvent, this.sequence);
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.child = startBpftrace(command, script, features, (line) => this.#decoder.line(line));
    const timer = setTimeout(() => this.child.stop(), readyMs);
    void this.ready.then(() => clearTimeout(timer));
    void this.child.ended.then(() => this.#resolveReady(undefined));
  }

  /** What bpftrace said for itself. */
  get words(): string[] {
    return [...this.#messages, ...this.child.stderr];
  }

  /** Lines made by all CPUs, as far as known. */
  get made(): number {
    return this.sequence.delivered + this.sequence.lost;
  }

  /** Lines that were never made count as made and lost. */
  noteSkipped(count: number): void {
    if (count > 0) {
      this.sequence.lost += count;
      const { mono, at } = this.#last;
      this.#order.event({ kind: 'lost', count, exact: true, from: this.#first, to: mono, mono, at, cpu: -1, seq: 0 });
    }
  }

  event(event: KernelEvent): void {
    if (event.kind === 'folded' && event.last) {
      this.#folded.delete(event.pid);
    }
    this.#order.event(event);
  }

  heartbeat(time: Nanoseconds): void {
    this.#endBeat();
    this.#first ||= time.mono;
    this.#last = time;
    this.#beat = { time, totals: new Map(), read: false };
    this.#resolveReady(time);
  }

  total(map: string, key: number, value: number): void {
    if (map === 'folded') {
      this.#fold(key, value);
    } else if (map !== 'seq') {
      // The last words of bpftrace: all maps, also those that are only the probes' own.
    } else {
      this.#count(key, value);
    }
  }

  #count(key: number, value: number): void {
    if (this.#beat !== undefined) {
      this.#beat.read = true;
    }
    if (key === stopKey) {
      this.#stopped ||= value !== 0;
    } else if (key < firstKey) {
      this.#totals.set(key, value);
      this.#beat?.totals.set(key, value);
    }
  }

  mapEnd(): void {
    this.#endBeat();
  }

  message(line: string): void {
    if (this.#messages.push(line) > 50) {
      this.#messages.shift();
    }
  }

  /** Stops the probes, not bpftrace, and waits until all that they made is here. */
  async drain(): Promise<void> {
    const drained = new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
    setPriority(getPriority());
    await Promise.race([drained, this.child.ended, sleep(drainMs, undefined, { ref: false })]);
  }

  /** Gives what is left and says what is missing. Returns the time up to which this run saw the kernel. */
  close(asked: boolean): Nanoseconds {
    this.#endBeat();
    this.#decoder.finish();
    for (const folded of this.#counted.splice(0)) {
      this.#order.event(folded);
    }
    for (const lost of this.sequence.settle(this.#totals, this.#last)) {
      this.#order.event({ ...lost, exact: asked });
    }
    this.#order.flush();
    return this.#last;
  }

  #endBeat(): void {
    const beat = this.#beat;
    if (beat === undefined || !beat.read) {
      // Without its totals, which can be lost too, a heartbeat says nothing about what is here.
      return;
    }
    this.#beat = undefined;
    this.#decoder.finish((cpu) => this.sequence.hasAllOf(cpu, beat.totals));
    for (const folded of this.#counted.splice(0)) {
      this.#order.event({ ...folded, mono: beat.time.mono, at: beat.time.at });
    }
    const complete = this.#order.beat(beat.time, beat.totals);
    this.#onBeat(beat.time);
    if (complete && this.#stopped) {
      this.#drained?.();
    }
  }

  #fold(pid: number, total: number): void {
    if (this.#folded.get(pid) !== total) {
      this.#folded.set(pid, total);
      this.#counted.push({ kind: 'folded', ...this.#last, cpu: -1, seq: 0, pid, total, last: false });
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
