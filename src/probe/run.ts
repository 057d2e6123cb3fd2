import type { Nanoseconds } from '../kernel/time.ts';
import { type Child, startBpftrace } from './bpftrace/bpftrace.ts';
import { askForHeartbeat, askMs } from './bpftrace/control.ts';
import type { Features } from './bpftrace/features.ts';
import { Pacing } from './bpftrace/pacing.ts';
import { awaitStart } from './bpftrace/startup-timeout.ts';
import { type Decoded, Decoder } from './decode/decode.ts';
import { drain, type Rest } from './drain.ts';
import type { KernelEvent, LineEvent } from './event.ts';
import { FinalTotals } from './order/final.ts';
import { FoldedCounts } from './order/folded.ts';
import { HeldForks } from './order/held-forks.ts';
import { NamespacePairs } from './order/namespace-pairs.ts';
import { CpuOrder } from './order/order.ts';
import { Sequence } from './order/sequence.ts';
import { stopped, switchKey } from './wire.ts';

/** What is known when a run has ended. */
export interface RunEnd {
  /** Whether the probes' final totals came: then what is missing is known exactly, and was reported. */
  readonly exact: boolean;
  /** Everything up to this time is here. */
  readonly confirmed: Nanoseconds;
  /** Lines after it that are known to be missing: a lower bound. */
  readonly missing: number;
}

/** One life of bpftrace. */
export class Run implements Decoded, Rest {
  readonly child: Child;
  readonly sequence = new Sequence();
  beats = 0;
  /** bpftrace has ended. */
  gone = false;
  /** Somebody else stopped the probes. */
  tampered = false;
  /** The moment at which all probes began; undefined if bpftrace ended before. */
  readonly ready: Promise<Nanoseconds | undefined>;
  readonly #decoder = new Decoder(this, this.sequence);
  readonly #order: CpuOrder;
  readonly #onBeat: (time: Nanoseconds) => void;
  readonly #messages: string[] = [];
  readonly #pacing: Pacing;
  readonly #held = new HeldForks();
  /** Reported with the next heartbeat: behind the failures before it, which are still waiting for their turn. */
  readonly #folded = new FoldedCounts();
  readonly #final = new FinalTotals();
  #resolveReady: (time: Nanoseconds | undefined) => void = () => {};
  #beat: { time: Nanoseconds; totals: Map<number, number>; read: boolean } | undefined;
  #totals = new Map<number, number>();
  #totalsBefore: ReadonlyMap<number, number> = new Map();
  #isAsked = false;
  #end: RunEnd | undefined;
  #begun: Nanoseconds = { mono: '0', at: 0 };
  #confirmed: Nanoseconds = { mono: '0', at: 0 };
  #last: Nanoseconds = { mono: '0', at: 0 };

  constructor(
    command: readonly string[],
    script: string,
    features: Features,
    onEvent: (event: KernelEvent) => void,
    onBeat: (time: Nanoseconds) => void,
  ) {
    this.#onBeat = onBeat;
    const pairs = new NamespacePairs(onEvent);
    this.#order = new CpuOrder((event) => pairs.take(event), this.sequence);
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.child = startBpftrace(command, script, features, (line) => this.#decoder.line(line));
    this.#pacing = new Pacing(this.child, features.pauseMs ?? 0);
    const started = awaitStart(
      () => this.child.pid,
      () => this.child.stop(),
    );
    const asking = setInterval(askForHeartbeat, askMs);
    void this.ready.then(() => {
      started();
      clearInterval(asking);
    });
    void this.child.ended.then(() => {
      this.gone = true;
      this.#pacing.end();
      this.#resolveReady(undefined);
    });
  }

  /** What bpftrace said for itself. */
  get words(): string[] {
    return [...this.#messages, ...this.child.stderr];
  }

  /** Totals that two heartbeats after the stop agreed on. */
  get final(): ReadonlyMap<number, number> | undefined {
    return this.#final.totals;
  }

  /** Whether everything was emitted. */
  get closed(): boolean {
    return this.#end !== undefined;
  }

  get begun(): boolean {
    return this.#begun.at > 0;
  }

  /** Lines made by all CPUs, as far as known. */
  get made(): number {
    return this.sequence.delivered + this.sequence.lost;
  }

  /** Lines that are counted and did not come yet. */
  get left(): number {
    let left = 0;
    for (const [cpu, total] of this.#totals) {
      left += Math.max(total - this.sequence.seen(cpu), 0);
    }
    return left;
  }

  /** Lines that were never made, up to now, count as made and lost. */
  noteSkipped(count: number, now: Nanoseconds): void {
    if (count > 0) {
      this.sequence.lost += count;
      const { mono, at } = now;
      this.#order.event({
        kind: 'lost',
        count,
        exact: true,
        from: this.#begun.mono,
        to: mono,
        mono,
        at,
        cpu: -1,
        seq: 0,
      });
    }
  }

  event(event: LineEvent): void {
    if (event.kind === 'folded' && event.last) {
      this.#folded.forget(event.pid);
    }
    if ('vfork' in event && event.vfork !== 0) {
      if (event.start.at < this.#begun.at) {
        // Its vfork began before all probes did.
        event.vfork = 0;
      }
      this.#held.settle(event);
    }
    this.#order.event(event);
  }

  heartbeat(time: Nanoseconds, begun: Nanoseconds): void {
    this.#endBeat();
    this.beats += 1;
    if (!this.begun) {
      this.#begun = begun;
      this.#confirmed = begun;
    }
    this.#last = time.at > this.#last.at ? time : this.#last;
    this.#beat = { time, totals: new Map(), read: false };
    this.#resolveReady(begun);
  }

  total(map: string, key: number, value: number): void {
    if (map === 'folded') {
      this.folding(key, value);
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
    if (key === switchKey) {
      this.#noteSwitch(value === stopped);
    } else if (key < switchKey) {
      this.#totals.set(key, value);
      this.#beat?.totals.set(key, value);
    }
  }

  #noteSwitch(isStopped: boolean): void {
    if (!isStopped) {
      return;
    }
    this.#final.stop();
    if (!this.#isAsked && !this.tampered) {
      this.tampered = true;
      this.child.kill();
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

  /** Stops the probes, not bpftrace, and waits for what they made: see drain.ts. */
  async drain(leave: AbortSignal, onProgress: (left: number) => void): Promise<void> {
    this.#isAsked = true;
    this.#pacing.end();
    await drain(this, leave, onProgress);
  }

  /** Emits what is left, and reports what is missing up to now where that is known exactly. */
  close(now: Nanoseconds): RunEnd {
    if (this.#end !== undefined) {
      return this.#end;
    }
    this.#endBeat();
    this.#decoder.finish();
    for (const folded of this.#folded.take()) {
      this.#order.event(folded);
    }
    const exact = this.final !== undefined;
    const gaps = this.sequence.settle(new Map(), now, this.#begun);
    const rest = this.sequence.settle(this.final ?? this.#totals, now, this.#begun);
    for (const lost of exact ? [...gaps, ...rest] : gaps) {
      this.#order.event(lost);
    }
    this.#order.flush();
    const missing = exact ? 0 : rest.reduce((sum, { count }) => sum + count, 0);
    this.#end = { exact, confirmed: this.#confirmed, missing };
    return this.#end;
  }

  #endBeat(): void {
    const beat = this.#beat;
    if (beat === undefined || !beat.read) {
      // Without its totals, which can be lost too, a heartbeat says nothing about what is here.
      return;
    }
    this.#beat = undefined;
    this.#pacing.beat(beat.time.at, this.sequence, this.left);
    // The totals can be read in the middle of the lines of one event: it is over when none came between two heartbeats.
    const before = this.#totalsBefore;
    this.#totalsBefore = beat.totals;
    this.#decoder.finish((cpu) => before.get(cpu) === beat.totals.get(cpu) && this.sequence.hasAllOf(cpu, beat.totals));
    for (const folded of this.#folded.take()) {
      this.#order.event({ ...folded, mono: beat.time.mono, at: beat.time.at });
    }
    for (const lost of this.sequence.losses(beat.time, this.#begun)) {
      this.#order.event(lost);
    }
    const reached = this.#order.beat(beat.time, beat.totals, this.#decoder.oldest);
    if (reached !== undefined && reached.at > this.#confirmed.at) {
      this.#confirmed = reached;
      this.#onBeat(reached);
    }
    this.#final.beat(beat.totals);
  }

  held(pid: number, flags: number): void {
    const fork = this.begun && !this.#isAsked ? this.#held.take(pid, flags, this.#last, this.#begun) : undefined;
    if (fork !== undefined) {
      this.#order.event(fork);
    }
  }

  folding(pid: number, total: number): void {
    this.#folded.note(pid, total, this.#last);
  }
}
