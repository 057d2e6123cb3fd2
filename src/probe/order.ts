import type { Nanoseconds } from '../kernel/time.ts';
import type { LineEvent } from './event.ts';
import type { Sequence } from './sequence.ts';

/** Events held for order; more than this are let go early, oldest first. About 200 MB. */
const maxHeld = 200_000;
/** Heartbeats (100 ms each) that a CPU's lines may be late before the others stop waiting for them. */
const maxLate = 10;

interface Beat {
  time: Nanoseconds;
  totals: Map<number, number>;
  age: number;
}

/**
 * Restores the order of time between CPUs. bpftrace reads one CPU's buffer after another, so lines arrive in order only
 * within a CPU. A heartbeat at T comes with the number of lines each CPU had made: once all of them are here, everything
 * before T is, and is let go in order.
 */
export class Order {
  readonly #out: (event: LineEvent) => void;
  readonly #sequence: Sequence;
  readonly #beats: Beat[] = [];
  #held: LineEvent[] = [];

  constructor(out: (event: LineEvent) => void, sequence: Sequence) {
    this.#out = out;
    this.#sequence = sequence;
  }

  event(event: LineEvent): void {
    this.#held.push(event);
    if (this.#held.length >= maxHeld) {
      this.#held.sort(byTime);
      this.#release(Math.floor(maxHeld / 2));
    }
  }

  /**
   * A heartbeat and the lines made by each CPU when it was read.
   *
   * @param before what is not older than this waits for an event that is still being put together
   * @returns whether all lines that are counted are here
   */
  beat(time: Nanoseconds, totals: Map<number, number>, before = Number.POSITIVE_INFINITY): boolean {
    this.#beats.push({ time, totals, age: 0 });
    let reached: Beat | undefined;
    for (const beat of this.#beats) {
      beat.age += 1;
    }
    while (this.#beats.length > 0 && (this.#beats[0]!.age > maxLate || this.#sequence.has(this.#beats[0]!.totals))) {
      reached = this.#beats.shift();
    }
    if (reached !== undefined) {
      this.#upTo(reached.time.at, before);
    }
    return this.#beats.length === 0;
  }

  /** Lets everything go: nothing more will come. */
  flush(): void {
    this.#beats.length = 0;
    this.#upTo(Number.POSITIVE_INFINITY);
  }

  #upTo(at: number, before = Number.POSITIVE_INFINITY): void {
    this.#held.sort(byTime);
    this.#release(this.#held.findLastIndex((event) => event.at <= at && event.at < before) + 1);
  }

  #release(count: number): void {
    const held = this.#held;
    this.#held = count === held.length ? [] : held.slice(count);
    for (let index = 0; index < count; index += 1) {
      this.#out(held[index]!);
    }
  }
}

const byTime = (a: LineEvent, b: LineEvent): number => a.at - b.at || (a.cpu === b.cpu ? a.seq - b.seq : 0);
