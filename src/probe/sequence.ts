import type { Nanoseconds } from '../kernel/time.ts';
import type { LostEvent, Stamp } from './event.ts';

interface Cpu {
  seen: number;
  mono: string;
}

/**
 * Counts what the kernel made and what came. Every line carries its CPU and its place among the lines of that CPU, so a
 * line that is missing leaves a gap, and the totals that bpftrace prints show what is missing at the end.
 */
export class Sequence {
  readonly #cpus = new Map<number, Cpu>();
  delivered = 0;
  lost = 0;

  /** Takes note of a line; tells what was lost before it on its CPU. */
  take(stamp: Stamp): LostEvent | undefined {
    const cpu = this.#cpu(stamp.cpu);
    const missing = stamp.seq - cpu.seen - 1;
    const from = cpu.mono;
    this.delivered += 1;
    cpu.seen = Math.max(cpu.seen, stamp.seq);
    cpu.mono = stamp.mono;
    return missing > 0 ? this.#lose(missing, from || stamp.mono, stamp) : undefined;
  }

  /** Whether all lines of a CPU have come that the totals count. */
  hasAllOf(cpu: number, totals: ReadonlyMap<number, number>): boolean {
    return (this.#cpus.get(cpu)?.seen ?? 0) >= (totals.get(cpu) ?? Number.POSITIVE_INFINITY);
  }

  /** Whether all that the totals count has come. */
  has(totals: ReadonlyMap<number, number>): boolean {
    for (const [cpu, total] of totals) {
      if ((this.#cpus.get(cpu)?.seen ?? 0) < total) {
        return false;
      }
    }
    return true;
  }

  /** Declares lost what the totals count and what did not come. */
  settle(totals: ReadonlyMap<number, number>, to: Nanoseconds): LostEvent[] {
    const losses: LostEvent[] = [];
    for (const [number, total] of totals) {
      const cpu = this.#cpu(number);
      const missing = total - cpu.seen;
      if (missing > 0) {
        cpu.seen = total;
        losses.push(this.#lose(missing, cpu.mono || to.mono, { ...to, cpu: number, seq: total }));
      }
    }
    return losses;
  }

  #cpu(number: number): Cpu {
    let cpu = this.#cpus.get(number);
    if (cpu === undefined) {
      cpu = { seen: 0, mono: '' };
      this.#cpus.set(number, cpu);
    }
    return cpu;
  }

  #lose(count: number, from: string, stamp: Stamp): LostEvent {
    this.lost += count;
    return {
      kind: 'lost',
      count,
      exact: true,
      from,
      to: stamp.mono,
      mono: stamp.mono,
      at: stamp.at,
      cpu: stamp.cpu,
      seq: stamp.seq,
    };
  }
}
