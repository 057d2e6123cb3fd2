import type { NstraceRecord } from '../record/schema.ts';

/** When a record is due: as long after the first one as it was, divided by the speed. */
export class Pace {
  readonly #speed: number;
  #first: bigint | undefined;
  #began = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** In ms. */
  waitFor({ mono, time, source_seq }: NstraceRecord): number {
    if (this.#speed === Number.POSITIVE_INFINITY) {
      return 0;
    }
    // Several hosts have only the wall clock in common.
    const at = source_seq === undefined ? BigInt(mono) : BigInt(Date.parse(time)) * 1_000_000n;
    if (this.#first === undefined) {
      this.#first = at;
      this.#began = performance.now();
    }
    const sinceMs = Number(at - this.#first) / 1e6;
    return Math.max(0, sinceMs / this.#speed - (performance.now() - this.#began));
  }
}
