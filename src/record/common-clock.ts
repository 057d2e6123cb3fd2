import type { RecordOf } from './schema.ts';
import { nanosOf } from './times.ts';

/**
 * The one clock of the recordings in a stream: ns since the header that came first. Their hosts' kernel clocks have nothing in
 * common; how far they are apart, the wall time in their headers says.
 */
export class CommonClock {
  #begun = false;
  #base = 0n;
  #baseNumber = Number.NaN;
  /** Wall time less the kernel's clock of the first one, in ns. */
  #offset = 0n;

  /** @returns what is to be added to the kernel's clock of this recording to get that of the first one, in ns */
  shiftOf({ time, mono }: RecordOf<'header'>): bigint {
    const offset = nanosOf(time) - BigInt(mono);
    if (!this.#begun) {
      this.#begun = true;
      this.#base = BigInt(mono);
      this.#baseNumber = Number(mono) <= Number.MAX_SAFE_INTEGER ? Number(mono) : Number.NaN;
      this.#offset = offset;
    }
    return offset - this.#offset;
  }

  /** Ns since the first header, exact. */
  at(mono: string, shift: bigint): number {
    const at = Number(mono);
    return at <= Number.MAX_SAFE_INTEGER && shift === 0n && !Number.isNaN(this.#baseNumber)
      ? at - this.#baseNumber
      : Number(BigInt(mono) + shift - this.#base);
  }

  /** Wall time of the first header, in ns since 1970. */
  get begin(): bigint {
    return this.#base + this.#offset;
  }
}
