/** Between two heartbeats while lines are made (probes/control.bt), in ms. */
const beatMs = 100;
/** Fewer lines between two heartbeats are read as they come; and where more than that are still to come, bpftrace is behind. */
const fewLines = 50;
/** Heartbeats in a row with more: a burst is read as it comes, and who stops a bpftrace that is at rest finds it so. */
const steadyBeats = 10;
/** So long before the next heartbeat it goes on, and longer with more lines: the heartbeat is to come behind them. */
const leadMs = 3;
const leadMsOfLine = 0.01;
/** A shorter pause is not worth its two signals. */
const shortMs = 20;

/** What is paced. */
export interface Paced {
  pause(): void;
  resume(): void;
}

/**
 * Lets bpftrace read many lines at once. It is woken for each line that a probe makes, which costs it as much as to print the line, and
 * also costs what is traced: while many come, it is stopped from behind one heartbeat to just before the next one, and then
 * finds them all in the kernel's buffers. Nothing comes later for that: events wait for a heartbeat as it is.
 */
export class Pacing {
  readonly #child: Paced;
  readonly #longestMs: number;
  readonly #now: () => number;
  /** What our clock is ahead of the kernel's, in ms, at most: a heartbeat can come late. */
  #ahead = Number.POSITIVE_INFINITY;
  #delivered = 0;
  /** Heartbeats in a row with many lines. */
  #busy = 0;
  #timer: NodeJS.Timeout | undefined;
  #ended = false;

  /** @param longestMs no pause is longer */
  constructor(child: Paced, longestMs: number, now: () => number = () => performance.now()) {
    this.#child = child;
    this.#longestMs = longestMs;
    this.#now = now;
  }

  /**
   * A heartbeat has come.
   *
   * @param at the kernel's time of it, in ns
   * @param sequence lines that have come in all, and that were lost: after a loss there is no pause any more, since the buffers do not
   * hold what comes in one, or bpftrace does not keep up as it is
   * @param left lines that were made and have not come
   */
  beat(at: number, { delivered, lost }: { delivered: number; lost: number }, left: number): void {
    if (lost > 0) {
      this.end();
    }
    const lines = delivered - this.#delivered;
    this.#delivered = delivered;
    this.#busy = lines < fewLines ? 0 : this.#busy + 1;
    const ahead = this.#now() - at / 1e6;
    this.#ahead = Math.min(this.#ahead, ahead);
    // Half of what it is late: so it is less late the next time.
    const untilNext = beatMs - (ahead - this.#ahead) / 2 - leadMs - leadMsOfLine * lines;
    const ms = Math.min(untilNext, this.#longestMs);
    if (this.#timer === undefined && !this.#ended && this.#busy > steadyBeats && left < fewLines && ms >= shortMs) {
      this.#child.pause();
      this.#timer = setTimeout(() => this.#goOn(), ms);
    }
  }

  /** It goes on, and is not stopped again. */
  end(): void {
    this.#ended = true;
    if (this.#timer !== undefined) {
      this.#goOn();
    }
  }

  #goOn(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#child.resume();
  }
}
