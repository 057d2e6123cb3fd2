import { setTimeout as sleep } from 'node:timers/promises';
import type { Batch } from '../spool/batch.ts';
import { type Read, SpoolReader, type SpoolReaderOptions } from '../spool/reader.ts';
import { Delivery, type Shipped } from './delivery.ts';
import type { Sink } from './sink.ts';

export interface ShipperOptions extends SpoolReaderOptions {
  readonly sink: Sink;
  readonly onNotice: (text: string) => void;
}

/** After a batch that is not full, how long the next one gathers: what a message costs is shared by more records. */
const lingerMs = 500;
/** How often a spool is looked at that nobody says to have grown. */
const idleMs = 1000;

/** Sends what is in a spool to one sink, in order, each batch until it is stored. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #stop = new AbortController();
  /** Aborted when nothing more is to be gathered. */
  readonly #hurry = new AbortController();
  readonly #reader: SpoolReader;
  readonly #delivery: Delivery;
  /** The batch that is on its way, and where it ends. */
  #sending: { batch: Batch; offset: number; seq: number } | undefined;
  #wake: () => void = () => {};
  /** Nothing more will be written: what is there is sent, and that was all. */
  #closing = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
    this.#reader = new SpoolReader(options);
    this.#delivery = new Delivery(options.sink, options.onNotice);
  }

  get shipped(): Readonly<Shipped> {
    return this.#delivery.shipped;
  }

  get name(): string {
    return this.#options.sink.name;
  }

  get target(): string {
    return this.#options.sink.target;
  }

  get position(): { part: string; offset: number } {
    return this.#options.cursor.position;
  }

  /** Something was written to the spool. */
  notify(): void {
    this.#wake();
  }

  /**
   * The spool drops a part. What is on its way is still sent, also after a new start.
   *
   * @returns where in the part that begins which is lost for this sink, in bytes
   */
  drop(part: string): number {
    const { cursor } = this.#options;
    const { position } = cursor;
    if (position.part !== part) {
      return position.part > part ? Number.POSITIVE_INFINITY : 0;
    }
    const sending = this.#sending;
    if (sending !== undefined) {
      cursor.keep(sending);
    }
    this.#reader.leave(part);
    return sending?.offset ?? position.offset;
  }

  /** Ships until finish() or abort(). */
  async run(): Promise<void> {
    const { signal } = this.#stop;
    try {
      const kept = this.#options.cursor.takeKept();
      if (kept !== undefined) {
        await this.#ship(kept);
      }
      while (!signal.aborted) {
        const read = this.#reader.next();
        if (read === undefined) {
          if (this.#closing) {
            return;
          }
          await this.#idle();
          continue;
        }
        await this.#ship(read);
        if (!read.full && this.#reader.isLast) {
          await sleep(lingerMs, undefined, { signal: this.#hurry.signal }).catch(() => undefined);
        }
      }
    } finally {
      this.#reader.close();
      await this.#options.sink.close();
    }
  }

  /** Sends the rest, for at most `ms`. */
  async finish(running: Promise<void>, ms: number): Promise<void> {
    this.#closing = true;
    this.#hurry.abort();
    this.notify();
    const timer = setTimeout(() => this.abort(), ms);
    await running;
    clearTimeout(timer);
  }

  abort(): void {
    this.#stop.abort();
    this.#hurry.abort();
    this.#wake();
  }

  async #ship({ batch, offset, seq }: Read): Promise<void> {
    const { cursor } = this.#options;
    const { part } = cursor.position;
    if (batch !== undefined) {
      cursor.plan(offset);
      this.#sending = { batch, offset, seq };
      const isSent = await this.#delivery.send(batch, this.#stop.signal);
      this.#sending = undefined;
      if (!isSent) {
        return;
      }
    }
    cursor.move({ part, offset, seq });
  }

  /** Until there is more to read. */
  async #idle(): Promise<void> {
    const aborter = new AbortController();
    const awake = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await Promise.race([sleep(idleMs, undefined, { signal: aborter.signal }).catch(() => undefined), awake]);
    aborter.abort();
  }
}
