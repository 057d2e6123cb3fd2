/** Events per second over the last seconds, in steps of one. */
export class Rate {
  readonly #counts: number[];
  #second = 0;

  constructor(seconds: number) {
    this.#counts = new Array<number>(seconds).fill(0);
  }

  add(atSeconds: number, count = 1): void {
    this.#moveTo(Math.floor(atSeconds));
    this.#counts[this.#counts.length - 1]! += count;
  }

  /** The whole seconds before this one, the oldest first. */
  history(nowSeconds: number): readonly number[] {
    this.#moveTo(Math.floor(nowSeconds));
    return this.#counts.slice(0, -1);
  }

  perSecond(nowSeconds: number): number {
    const counts = this.history(nowSeconds).slice(-window);
    return counts.reduce((sum, count) => sum + count, 0) / counts.length;
  }

  #moveTo(second: number): void {
    const steps = Math.min(second - this.#second, this.#counts.length);
    for (let step = 0; step < steps; step += 1) {
      this.#counts.shift();
      this.#counts.push(0);
    }
    this.#second = Math.max(this.#second, second);
  }
}

/** Seconds that a rate is the mean of. */
const window = 5;
