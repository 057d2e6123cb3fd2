import type { Nanoseconds } from '../../kernel/time.ts';
import type { LostEvent, Stamp } from '../event.ts';

interface Cpu {
  /** The place of its last line that came, or was given up. */
  seen: number;
  /** Lines up to this place were given up: one that comes all the same stays counted as lost. */
  givenUp: number;
  /** Of its last line; empty before the first. */
  mono: string;
  gap: Gap | undefined;
}

/** Lines that are missing between two others of one CPU, with further gaps that followed soon. */
interface Gap {
  count: number;
  readonly from: string;
  to: string;
  /** The time of the line that revealed it first. */
  readonly since: number;
  grew: boolean;
}

/** Gaps of one CPU that follow each other are one loss, up to this length: a burst makes thousands of them. */
const joinNs = 1e9;

/**
 * Counts what the kernel made and what came. Every line carries its CPU and its place among the lines of that CPU, so a
 * line that is missing leaves a gap, and the totals that bpftrace prints show what is missing at the end.
 */
export class Sequence {
  readonly #cpus = new Map<number, Cpu>();
  delivered = 0;
  lost = 0;

  /** Takes note of a line. Returns whether lines before it on its CPU are missing. */
  take(stamp: Stamp): boolean {
    const cpu = this.#cpu(stamp.cpu);
    const missing = stamp.seq - cpu.seen - 1;
    if (stamp.seq > cpu.givenUp) {
      this.delivered += 1;
    }
    if (missing > 0) {
      this.#missing(cpu, missing, stamp);
    }
    if (stamp.seq > cpu.seen) {
      cpu.seen = stamp.seq;
      cpu.mono = stamp.mono;
    }
    return missing > 0;
  }

  /** The highest place of a line that came from a CPU. */
  seen(cpu: number): number {
    return this.#cpus.get(cpu)?.seen ?? 0;
  }

  /** Whether all lines of a CPU have come that the totals count. */
  hasAllOf(cpu: number, totals: ReadonlyMap<number, number>): boolean {
    return this.seen(cpu) >= (totals.get(cpu) ?? Number.POSITIVE_INFINITY);
  }

  /** Whether all that the totals count has come. */
  has(totals: ReadonlyMap<number, number>): boolean {
    for (const [cpu, total] of totals) {
      if (this.seen(cpu) < total) {
        return false;
      }
    }
    return true;
  }

  /**
   * Counts what a heartbeat's totals have and did not come as lost: a CPU that makes no further line reveals no gap.
   *
   * @param beat its time: the totals can be read long after it, where bpftrace stood still
   * @param now a time after the totals were read
   */
  giveUp(totals: ReadonlyMap<number, number>, beat: Nanoseconds, now: Nanoseconds): void {
    for (const [number, total] of totals) {
      const cpu = this.#cpu(number);
      if (total > cpu.seen) {
        this.#missing(cpu, total - cpu.seen, now);
        cpu.gap!.grew = false;
        cpu.seen = total;
        cpu.givenUp = total;
        cpu.mono = later(beat.mono, cpu.mono);
      }
    }
  }

  /**
   * Losses that are over, or have lasted for a second.
   *
   * @param begun when the probes began: what is missing before the first line of a CPU was made since then
   */
  losses(time: Nanoseconds, begun: Nanoseconds): LostEvent[] {
    const losses: LostEvent[] = [];
    for (const [number, cpu] of this.#cpus) {
      const { gap } = cpu;
      if (gap !== undefined && (!gap.grew || time.at - gap.since >= joinNs)) {
        cpu.gap = undefined;
        losses.push(lostEvent(number, gap.count, gap.from || begun.mono, gap.to, time));
      } else if (gap !== undefined) {
        gap.grew = false;
      }
    }
    return losses;
  }

  /**
   * The end: every loss that was not given yet, and what the totals count and did not come.
   *
   * @param time after the totals were read
   */
  settle(totals: ReadonlyMap<number, number>, time: Nanoseconds, begun: Nanoseconds): LostEvent[] {
    const losses: LostEvent[] = [];
    for (const number of totals.keys()) {
      this.#cpu(number);
    }
    for (const [number, cpu] of this.#cpus) {
      const missing = Math.max((totals.get(number) ?? 0) - cpu.seen, 0);
      const from = cpu.gap?.from ?? cpu.mono;
      const count = (cpu.gap?.count ?? 0) + missing;
      const to = missing > 0 ? later(time.mono, cpu.mono) : (cpu.gap?.to ?? '');
      this.lost += missing;
      cpu.seen += missing;
      cpu.gap = undefined;
      if (count > 0) {
        losses.push(lostEvent(number, count, from || begun.mono, to, time));
      }
    }
    return losses;
  }

  #missing(cpu: Cpu, count: number, { mono, at }: Nanoseconds): void {
    this.lost += count;
    cpu.gap ??= { count: 0, from: cpu.mono, to: '', since: at, grew: true };
    cpu.gap.count += count;
    cpu.gap.to = later(mono, later(cpu.gap.to, cpu.gap.from));
    cpu.gap.grew = true;
  }

  #cpu(number: number): Cpu {
    let cpu = this.#cpus.get(number);
    if (cpu === undefined) {
      cpu = { seen: 0, givenUp: 0, mono: '', gap: undefined };
      this.#cpus.set(number, cpu);
    }
    return cpu;
  }
}

const lostEvent = (cpu: number, count: number, from: string, to: string, { mono, at }: Nanoseconds): LostEvent => ({
  kind: 'lost',
  count,
  exact: true,
  from,
  to,
  mono,
  at,
  cpu,
  seq: 0,
});

const later = (a: string, b: string): string => (a.length === b.length ? (a > b ? a : b) : a.length > b.length ? a : b);
