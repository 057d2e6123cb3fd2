import type { Nanoseconds } from '../../kernel/time.ts';
import type { LineEvent, OomEvent } from '../event.ts';
import type { Sequence } from './sequence.ts';

/** Events held for order; of more than this the oldest half is emitted early. About 200 MB. */
const maxHeld = 200_000;
/** A CPU from which no line came for this time has lost those that are missing: the others do not wait for them. */
const patienceMs = 5000;
/** Between two heartbeats at most this counts as waiting: the rest is a time in which bpftrace or we stood still. */
const maxStepMs = 1000;

/** A victim's mark comes at most this long after its end. */
const maxMarkNs = 1e9;

interface Beat {
  readonly time: Nanoseconds;
  readonly totals: ReadonlyMap<number, number>;
  readonly arrived: number;
}

/** How far a CPU had come, and when it last got further. */
interface Progress {
  seen: number;
  at: number;
}

/**
 * Restores the order of time between CPUs. bpftrace reads one CPU's buffer after another, so lines arrive in order only
 * within a CPU. A heartbeat at T comes with the number of lines each CPU had made: once all of them are here, everything
 * before T is, and is emitted in order. As long as lines of a CPU are still coming, all others wait for them.
 */
export class CpuOrder {
  readonly #out: (event: LineEvent) => void;
  readonly #sequence: Sequence;
  readonly #now: () => number;
  readonly #beats: Beat[] = [];
  readonly #progress = new Map<number, Progress>();
  #held: LineEvent[] = [];
  /** Milliseconds of waiting, without those in which nothing could come. */
  #waited = 0;
  #lastBeat: number;
  /** Those among the held. */
  #oom: OomEvent[] = [];

  constructor(out: (event: LineEvent) => void, sequence: Sequence, now: () => number = () => performance.now()) {
    this.#out = out;
    this.#sequence = sequence;
    this.#now = now;
    this.#lastBeat = now();
  }

  event(event: LineEvent): void {
    this.#held.push(event);
    if (event.kind === 'oom') {
      this.#oom.push(event);
    }
    if (this.#held.length >= maxHeld) {
      this.#held.sort(byTime);
      this.#release(Math.floor(maxHeld / 2));
    }
  }

  /**
   * A heartbeat and the lines made by each CPU when it was read.
   *
   * @param before what is not older than this waits for an event that is still being put together
   * @returns the latest heartbeat up to which everything was emitted, if this one brought it further
   */
  beat(
    time: Nanoseconds,
    totals: ReadonlyMap<number, number>,
    before = Number.POSITIVE_INFINITY,
  ): Nanoseconds | undefined {
    const now = this.#now();
    this.#waited += Math.min(now - this.#lastBeat, maxStepMs);
    this.#lastBeat = now;
    this.#watch(totals);
    this.#beats.push({ time, totals, arrived: this.#waited });
    let reached: Beat | undefined;
    for (let next = this.#beats[0]; next !== undefined && this.#isSettled(next, time); next = this.#beats[0]) {
      reached = this.#beats.shift();
    }
    if (reached !== undefined) {
      this.#upTo(reached.time.at, before);
    }
    return reached?.time;
  }

  /** Emits everything: nothing more will come. */
  flush(): void {
    this.#beats.length = 0;
    this.#upTo(Number.POSITIVE_INFINITY);
  }

  #watch(totals: ReadonlyMap<number, number>): void {
    for (const cpu of totals.keys()) {
      const seen = this.#sequence.seen(cpu);
      const progress = this.#progress.get(cpu);
      if (progress === undefined) {
        this.#progress.set(cpu, { seen, at: this.#waited });
      } else if (progress.seen !== seen) {
        progress.seen = seen;
        progress.at = this.#waited;
      }
    }
  }

  /** Whether all up to a heartbeat is here, or is lost. */
  #isSettled(beat: Beat, now: Nanoseconds): boolean {
    if (this.#sequence.has(beat.totals)) {
      return true;
    }
    if (!this.#isVain(beat)) {
      return false;
    }
    this.#sequence.giveUp(beat.totals, beat.time, now);
    return true;
  }

  /** Whether what is missing up to a heartbeat will not come any more. */
  #isVain({ totals, arrived }: Beat): boolean {
    for (const [cpu, total] of totals) {
      const since = Math.max(arrived, this.#progress.get(cpu)?.at ?? 0);
      if (this.#sequence.seen(cpu) < total && this.#waited - since < patienceMs) {
        return false;
      }
    }
    return true;
  }

  #upTo(at: number, before = Number.POSITIVE_INFINITY): void {
    this.#held.sort(byTime);
    this.#release(this.#held.findLastIndex((event) => event.at <= at && event.at < before) + 1);
  }

  #release(count: number): void {
    const held = this.#held;
    if (this.#oom.length > 0) {
      this.#markKilled(count);
    }
    this.#held = count === held.length ? [] : held.slice(count);
    for (let index = 0; index < count; index += 1) {
      this.#out(held[index]!);
    }
  }

  /** The kernel kills a process before it marks it as its victim: it can have ended by then, and its exit has no mark. */
  #markKilled(count: number): void {
    for (const { pid, at } of this.#oom) {
      const end = this.#held.find(
        (event) =>
          event.kind === 'exit' &&
          (event.pid === pid || event.tid === pid) &&
          event.at <= at &&
          at - event.at < maxMarkNs,
      );
      if (end?.kind === 'exit') {
        end.oom = true;
      }
    }
    const last = this.#held[count - 1]?.at ?? 0;
    this.#oom = this.#oom.filter(({ at }) => at > last);
  }
}

const byTime = (a: LineEvent, b: LineEvent): number => a.at - b.at || (a.cpu === b.cpu ? a.seq - b.seq : 0);
