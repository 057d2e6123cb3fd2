import { setTimeout as sleep } from 'node:timers/promises';
import type { NstraceRecord } from '../record/schema.ts';

export type Jump = 'start' | 'exit' | 'error' | 'join';

export interface PlayerOptions {
  /** The recording from its beginning, each time it is asked for. */
  readonly open: (signal: AbortSignal) => AsyncIterable<NstraceRecord>;
  readonly speed: number;
  readonly onRecord: (record: NstraceRecord) => void;
  /** Time went on between records. */
  readonly onTime: (mono: string) => void;
  /** It begins anew: what was shown is to be forgotten. */
  readonly onRestart: () => void;
}

/** Records between two looks at what the keys asked for. */
const atOnce = 500;
const stepMs = 50;

/** Plays a recording at a pace, holds, and goes to other places in it. To go back it is read from the beginning again. */
export class Player {
  playing = true;
  speed: number;
  ended = false;
  readonly #options: PlayerOptions;
  #first: bigint | undefined;
  #position = 0n;
  /** Where to go without waiting: a time, or the next event of a kind. */
  #target: bigint | Jump | undefined;
  #back = false;
  #wake: () => void = () => {};

  constructor(options: PlayerOptions) {
    this.#options = options;
    this.speed = options.speed;
  }

  /** Seconds since the beginning. */
  get position(): number {
    return this.#first === undefined ? 0 : Number(this.#position - this.#first) / 1e9;
  }

  toggle(): void {
    this.playing = !this.playing;
    if (this.ended) {
      this.seek(-this.position);
      this.playing = true;
    }
    this.#wake();
  }

  faster(factor: number): void {
    this.speed = Math.min(1024, Math.max(1 / 16, this.speed * factor));
    this.#wake();
  }

  seek(seconds: number): void {
    const to = this.#position + BigInt(Math.round(seconds * 1e9));
    this.#target = this.#first !== undefined && to < this.#first ? this.#first : to;
    this.#back = seconds < 0;
    this.#wake();
  }

  jump(to: Jump): void {
    this.#target = to;
    this.#wake();
  }

  /** Until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#back = false;
      this.ended = false;
      await this.#play(signal);
      while (!this.#back && !signal.aborted) {
        // A jump beyond the end stays there.
        this.ended = true;
        this.playing = false;
        this.#target = undefined;
        await this.#idle(signal);
      }
      this.#options.onRestart();
    }
  }

  async #play(signal: AbortSignal): Promise<void> {
    const reading = new AbortController();
    const stop = (): void => reading.abort();
    signal.addEventListener('abort', stop, { once: true });
    let since = 0;
    this.#position = 0n;
    try {
      for await (const record of this.#options.open(reading.signal)) {
        const at = BigInt(record.mono);
        this.#first ??= at;
        await this.#waitFor(at, signal);
        if (signal.aborted || this.#back) {
          return;
        }
        this.#position = at > this.#position || since === 0 ? at : this.#position;
        this.#options.onRecord(record);
        this.#arrive(record, at);
        since += 1;
        if (since % atOnce === 0) {
          await sleep(0);
        }
      }
    } finally {
      signal.removeEventListener('abort', stop);
      reading.abort();
    }
  }

  /** Waits until a record is due, in steps, so that keys are heard and time is seen to pass. */
  async #waitFor(at: bigint, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#back) {
      if (typeof this.#target === 'bigint' && this.#position > 0n && at > this.#target) {
        // Nothing happened then: there it is, before what comes next.
        if (this.#target > this.#position) {
          this.#position = this.#target;
        }
        this.#target = undefined;
        this.#options.onTime(String(this.#position));
      }
      if (this.#target !== undefined) {
        return;
      }
      if (!this.playing) {
        await this.#idle(signal);
        continue;
      }
      const leftMs = Number(at - this.#position) / 1e6 / this.speed;
      if (leftMs <= 0 || this.speed === Number.POSITIVE_INFINITY || this.#position === 0n) {
        return;
      }
      const began = performance.now();
      await this.#sleep(Math.min(leftMs, stepMs), signal);
      const passed = BigInt(Math.round((performance.now() - began) * 1e6 * this.speed));
      const next = this.#position + passed;
      this.#position = next < at ? next : at;
      this.#options.onTime(String(this.#position));
    }
  }

  #arrive(record: NstraceRecord, at: bigint): void {
    if (typeof this.#target === 'bigint') {
      this.#target = at >= this.#target ? undefined : this.#target;
    } else if (this.#target !== undefined && isOf(record, this.#target)) {
      this.#target = undefined;
      this.playing = false;
    }
  }

  #idle(signal: AbortSignal): Promise<void> {
    return this.#sleep(60_000, signal);
  }

  /** Until the time has come, a key is pressed, or all ends. */
  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#wake = done;
      signal.addEventListener('abort', done);
      if (signal.aborted) {
        done();
      }
    });
  }
}

const isOf = (record: NstraceRecord, kind: Jump): boolean => {
  switch (kind) {
    case 'start':
      return record.type === 'container' && record.op === 'started';
    case 'join':
      return record.type === 'container' && record.op === 'joined';
    case 'exit':
      return record.type === 'exit';
    case 'error':
      return (
        (record.type === 'exec' && record.ret !== 0) ||
        (record.type === 'exit' && (record.signal !== undefined || (record.code ?? 0) !== 0)) ||
        record.type === 'lost'
      );
  }
};
