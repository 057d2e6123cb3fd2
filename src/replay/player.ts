import { clockAt } from '../record/clock.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { type Checkpoint, Checkpoints } from './checkpoints.ts';

export type Jump = 'start' | 'exit' | 'error' | 'join';

/** Records that were read at once, and the place after them. */
export interface Played<Place> {
  readonly records: readonly NstraceRecord[];
  /** Undefined where reading cannot begin. */
  readonly next: Place | undefined;
}

export interface PlayerOptions<Place, State> {
  /** The recording from its beginning or from a place in it, each time it is asked for. */
  readonly open: (signal: AbortSignal, from: Place | undefined) => AsyncIterable<Played<Place>>;
  readonly speed: number;
  readonly onRecord: (record: NstraceRecord) => void;
  /** Time went on between records: in ns of the clock that they share. */
  readonly onTime: (ns: string) => void;
  /** A copy of all that was made of the records so far; without it a recording is read anew to go back in it. */
  readonly save?: () => State;
  /** It goes on from another place: what was shown is to be what it was when this state was saved, or nothing. */
  readonly onRestart: (state: State | undefined) => void;
}

/** How long records are taken without a look at what the keys asked for. */
const busyMs = 20;
/** Records between two looks at the clock. */
const atOnce = 64;
const stepMs = 50;
/** Records before a place that are read again when one goes back to it: they can be scrolled to. */
const scrolledBack = 10_000;

/** What keys ask of a player. */
export type Controls = Pick<Player, 'seek' | 'toggle' | 'faster' | 'jump'>;

/** Plays a recording at a pace, holds, and goes to other places in it. */
export class Player<Place = unknown, State = unknown> {
  playing = true;
  speed: number;
  ended = false;
  readonly #options: PlayerOptions<Place, State>;
  readonly #checkpoints = new Checkpoints<Place, State>();
  #first: bigint | undefined;
  #position = 0n;
  /** Whether a record was shown since it last began. */
  #begun = false;
  #count = 0;
  /** Where to go without waiting: a time, or the next event of a kind. */
  #target: bigint | Jump | undefined;
  #back = false;
  #wake: () => void = () => {};
  #busySince = 0;

  constructor(options: PlayerOptions<Place, State>) {
    this.#options = options;
    this.speed = options.speed;
  }

  /** Seconds since the beginning. */
  get position(): number {
    return this.#first === undefined ? 0 : Math.max(0, Number(this.#position - this.#first) / 1e9);
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

  /** Before the first record there is nowhere to go. */
  seek(seconds: number): void {
    if (this.#first === undefined) {
      return;
    }
    const from = typeof this.#target === 'bigint' ? this.#target : this.#position;
    const to = from + BigInt(Math.round(seconds * 1e9));
    this.#target = to < this.#first ? this.#first : to;
    this.#back = seconds < 0 || this.#back;
    this.#wake();
  }

  jump(to: Jump): void {
    this.#target = to;
    this.#wake();
  }

  /** Until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    let from: Checkpoint<Place, State> | undefined;
    while (!signal.aborted) {
      this.#back = false;
      this.ended = false;
      this.#begun = from !== undefined;
      this.#position = from?.at ?? this.#first ?? 0n;
      this.#count = from?.count ?? 0;
      await this.#play(signal, from?.place);
      while (!this.#back && !signal.aborted) {
        // A jump beyond the end stays there.
        this.ended = true;
        this.playing = false;
        this.#target = undefined;
        await this.#idle(signal);
      }
      if (!signal.aborted) {
        from = typeof this.#target === 'bigint' ? this.#checkpoints.before(this.#target, scrolledBack) : undefined;
        this.#options.onRestart(from?.state);
      }
    }
  }

  async #play(signal: AbortSignal, from: Place | undefined): Promise<void> {
    const reading = new AbortController();
    const stop = (): void => reading.abort();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const { records, next } of this.#options.open(reading.signal, from)) {
        for (const record of records) {
          const at = clockAt(record);
          this.#first ??= at;
          const due = this.#isDue(at, signal);
          if (due === false || (due !== true && !(await due))) {
            return;
          }
          this.#show(record, at);
          if (this.#count % atOnce === 0) {
            await this.#yield();
          }
        }
        this.#save(next);
      }
    } finally {
      signal.removeEventListener('abort', stop);
      reading.abort();
    }
  }

  #show(record: NstraceRecord, at: bigint): void {
    this.#position = at > this.#position || !this.#begun ? at : this.#position;
    this.#begun = true;
    this.#count += 1;
    this.#options.onRecord(record);
    this.#arrive(record, at);
  }

  #save(place: Place | undefined): void {
    const { save } = this.#options;
    if (place !== undefined && save !== undefined && this.#checkpoints.isDue(this.#count)) {
      this.#checkpoints.add({ at: this.#position, count: this.#count, place, state: save() });
    }
  }

  /** Whether the record is to be shown, now: most are not waited for, and cost no promise. */
  #isDue(at: bigint, signal: AbortSignal): boolean | Promise<boolean> {
    if (signal.aborted || this.#back) {
      return false;
    }
    if (typeof this.#target === 'bigint' ? at <= this.#target : this.#target !== undefined) {
      return true;
    }
    if (this.#target === undefined && this.playing && this.speed === Number.POSITIVE_INFINITY) {
      return true;
    }
    return this.#waitFor(at, signal).then(() => !signal.aborted && !this.#back);
  }

  /** Waits until a record is due, in steps, so that keys are heard and time is seen to pass. */
  async #waitFor(at: bigint, signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#back) {
      if (typeof this.#target === 'bigint' && this.#begun && at > this.#target) {
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
      if (leftMs <= 0 || this.speed === Number.POSITIVE_INFINITY || !this.#begun) {
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
      // What happened at that very moment belongs to it: it is reached when something later comes.
      this.#target = at > this.#target ? undefined : this.#target;
    } else if (this.#target !== undefined && isOf(record, this.#target)) {
      this.#target = undefined;
      this.playing = false;
    }
  }

  /** Lets keys be heard and frames be shown while many records are taken. */
  async #yield(): Promise<void> {
    if (performance.now() - this.#busySince > busyMs) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#busySince = performance.now();
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
