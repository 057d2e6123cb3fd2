/** Turns the kernel clock (CLOCK_BOOTTIME in ns, as text) into wall time. The offset is given from outside. */
export class WallClock {
  #offsetSeconds = 0;
  #offsetNanos = 0;
  #second = Number.NaN;
  readonly #text = Buffer.from('1970-01-01T00:00:00.000000000Z');

  constructor(offset: bigint) {
    this.setOffset(offset);
  }

  /** Holds for what is reported from now on; earlier records keep their time. */
  setOffset(offset: bigint): void {
    this.#offsetSeconds = Number(offset / nanosPerSecond);
    this.#offsetNanos = Number(offset % nanosPerSecond);
  }

  /** RFC 3339 in UTC with nine digits. */
  time(mono: string): string {
    const cut = mono.length - 9;
    let seconds = this.#offsetSeconds + (cut > 0 ? Number(mono.slice(0, cut)) : 0);
    let nanos = this.#offsetNanos + Number(cut > 0 ? mono.slice(cut) : mono);
    if (nanos >= 1e9) {
      nanos -= 1e9;
      seconds += 1;
    }
    if (seconds !== this.#second) {
      this.#second = seconds;
      this.#text.latin1Write(new Date(seconds * 1000).toISOString().slice(0, nanosAt), 0);
    }
    for (let at = nanosAt + 8; at >= nanosAt; at -= 1) {
      this.#text[at] = 48 + (nanos % 10);
      nanos = Math.floor(nanos / 10);
    }
    return this.#text.latin1Slice();
  }
}

const nanosPerSecond = 1_000_000_000n;
/** Where the nine digits begin. */
const nanosAt = '1970-01-01T00:00:00.'.length;
