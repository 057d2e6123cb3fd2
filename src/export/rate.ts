/** How often events are counted, in ns. */
const bucketNs = 100_000_000;

/** Events a second, each time it changes. */
export class Rate {
  readonly #report: (at: number, perSecond: number) => void;
  #bucket = Number.NEGATIVE_INFINITY;
  #count = 0;

  constructor(report: (at: number, perSecond: number) => void) {
    this.#report = report;
  }

  add(at: number): void {
    const bucket = Math.floor(at / bucketNs);
    if (bucket > this.#bucket) {
      this.#close(bucket);
      this.#bucket = bucket;
    }
    this.#count += 1;
  }

  finish(): void {
    this.#close(Number.POSITIVE_INFINITY);
    this.#bucket = Number.NEGATIVE_INFINITY;
  }

  #close(next: number): void {
    if (this.#count > 0) {
      this.#report(this.#bucket * bucketNs, this.#count * (1e9 / bucketNs));
      if (next > this.#bucket + 1) {
        this.#report((this.#bucket + 1) * bucketNs, 0);
      }
      this.#count = 0;
    }
  }
}
