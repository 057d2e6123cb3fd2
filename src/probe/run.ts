import { setTimeout as sleep } from 'node:timers/promises';
import type { Nanoseconds } from '../kernel/time.ts';
import { type Child, startBpftrace } from './bpftrace.ts';
import { type Decoded, Decoder } from './decode.ts';
import type { FoldedEvent, KernelEvent, LineEvent } from './event.ts';
import type { Features } from './features.ts';
import { Order } from './order.ts';
import { NamespacePairs } from './pairs.ts';
import { Sequence } from './sequence.ts';
import { askForHeartbeat, askMs, stopProbes } from './switch.ts';
import { stopped, switchKey } from './wire.ts';

/** How long a stop waits for what is still in the buffers. */
const drainMs = 3000;
/** The slowest start seen is 4 s, on an emulated CPU 25 s. */
const readyMs = 60_000;

/** One life of bpftrace. */
export class Run implements Decoded {
  readonly child: Child;
  readonly sequence = new Sequence();
  /** Whether all was given. */
  closed = false;
  /** The moment at which all probes began; undefined if bpftrace ended before. */
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
  #totalsBefore: ReadonlyMap<number, number> = new Map();
  #stopped = false;
  #drained: (() => void) | undefined;
  #begun: Nanoseconds = { mono: '0', at: 0 };
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
    this.#order = new Order((event) => pairs.take(event), this.sequence);
    this.ready = new Promise((resolve) => {
      this.#resolveReady = resolve;
    });
    this.child = startBpftrace(command, script, features, (line) => this.#decoder.line(line));
    const timer = setTimeout(() => this.child.stop(), readyMs);
    const asking = setInterval(askForHeartbeat, askMs);
    void this.ready.then(() => {
      clearTimeout(timer);
      clearInterval(asking);
    });
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
      this.#folded.delete(event.pid);
    }
    if ('vfork' in event && event.vfork !== 0 && event.start.at < this.#begun.at) {
      // Its vfork began before all probes did.
      event.vfork = 0;
    }
    this.#order.event(event);
  }

  heartbeat(time: Nanoseconds, begun: Nanoseconds): void {
    this.#endBeat();
    this.#begun = begun;
    this.#last = time;
    this.#beat = { time, totals: new Map(), read: false };
    this.#resolveReady(begun);
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
    if (key === switchKey) {
      this.#stopped ||= value === stopped;
    } else if (key < switchKey) {
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
    stopProbes();
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
    this.closed = true;
    return this.#last;
  }

  #endBeat(): void {
    const beat = this.#beat;
    if (beat === undefined || !beat.read) {
      // Without its totals, which can be lost too, a heartbeat says nothing about what is here.
      return;
    }
    this.#beat = undefined;
    // The totals can be read in the middle of the lines of one event: it is over when none came between two heartbeats.
    const before = this.#totalsBefore;
    this.#totalsBefore = beat.totals;
    this.#decoder.finish((cpu) => before.get(cpu) === beat.totals.get(cpu) && this.sequence.hasAllOf(cpu, beat.totals));
    for (const folded of this.#counted.splice(0)) {
      this.#order.event({ ...folded, mono: beat.time.mono, at: beat.time.at });
    }
    const complete = this.#order.beat(beat.time, beat.totals, this.#decoder.oldest);
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
