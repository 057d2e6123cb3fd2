/** When a message was sent by the clock of its host, and stored by that of the NATS server; all in ms. */
export interface MessageTimes {
  readonly sentMs: number;
  readonly storedMs: number;
  /** What the message before took from the host to the server and back. */
  readonly roundTripMs: number;
}

/** How far the clock of a host is from that of the NATS server. */
export interface HostClock {
  readonly cluster: string;
  readonly host: string;
  /** Positive if it is ahead, in ms. */
  readonly aheadMs: number;
  /** The truth is at most so far from that, in ms. */
  readonly errorMs: number;
}

interface Bounds {
  /** How far the host is ahead at least: what the quickest message shows. */
  atLeastMs: number;
  /** The quickest round trip: no message that was as quick was longer on its way. */
  roundTripMs: number;
}

/** Measured anew from time to time: clocks drift, and are set. */
const windowMs = 300_000;

/** Who may publish can invent hosts. */
const maxHosts = 10_000;

/**
 * Compares clocks of hosts: a message that is sent at `sent` by its host and stored at `stored` by the server was on its way
 * for `stored - sent` less the difference of the two, which is no less than 0 and no more than a round trip.
 */
export class Clocks {
  readonly #hosts = new Map<string, { cluster: string; host: string; began: number; now: Bounds; before: Bounds }>();

  take({ cluster, host }: { cluster: string; host: string }, { sentMs, storedMs, roundTripMs }: MessageTimes): void {
    const key = `${cluster}/${host}`;
    const found = this.#hosts.get(key);
    if (found === undefined && this.#hosts.size >= maxHosts) {
      return;
    }
    const clock = found ?? { cluster, host, began: storedMs, now: unknown(), before: unknown() };
    this.#hosts.set(key, clock);
    if (Math.abs(storedMs - clock.began) > windowMs) {
      clock.before = clock.now;
      clock.now = unknown();
      clock.began = storedMs;
    }
    clock.now.atLeastMs = Math.max(clock.now.atLeastMs, sentMs - storedMs);
    clock.now.roundTripMs = Math.min(clock.now.roundTripMs, roundTripMs);
  }

  of({ cluster, host }: { cluster: string; host: string }): HostClock | undefined {
    const clock = this.#hosts.get(`${cluster}/${host}`);
    if (clock === undefined) {
      return undefined;
    }
    const atLeastMs = Math.max(clock.now.atLeastMs, clock.before.atLeastMs);
    const errorMs = Math.min(clock.now.roundTripMs, clock.before.roundTripMs) / 2;
    return { cluster, host, aheadMs: atLeastMs + errorMs, errorMs };
  }

  all(): HostClock[] {
    return [...this.#hosts.values()].map((clock) => this.of(clock)!);
  }
}

const unknown = (): Bounds => ({ atLeastMs: Number.NEGATIVE_INFINITY, roundTripMs: Number.POSITIVE_INFINITY });

/** `2.3 s ahead (± 4 ms)`. */
export const clockText = ({ aheadMs, errorMs }: Pick<HostClock, 'aheadMs' | 'errorMs'>): string =>
  `${spanOf(Math.abs(aheadMs))} ${aheadMs < 0 ? 'behind' : 'ahead'} (± ${spanOf(errorMs)})`;

const spanOf = (ms: number): string =>
  ms >= 10_000 ? `${Math.round(ms / 1000)} s` : ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.ceil(ms)} ms`;
