import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../errors.ts';
import type { Batch } from '../spool/batch.ts';
import { RetryLater, type Sink } from './sink.ts';

/** What was delivered to a sink since its shipper began. */
export interface Shipped {
  batches: number;
  records: number;
  bytes: number;
  retries: number;
  refused: number;
  /** What went wrong the last time, while that lasts. */
  trouble: string | undefined;
}

/** Between two tries, doubled each time, with jitter. */
const firstRetryMs = 200;
const maxRetryMs = 30_000;

/** Sends batches to a sink, each until it is stored, and counts them. */
export class Delivery {
  readonly shipped: Shipped = { batches: 0, records: 0, bytes: 0, retries: 0, refused: 0, trouble: undefined };
  readonly #sink: Sink;
  readonly #onNotice: (text: string) => void;

  constructor(sink: Sink, onNotice: (text: string) => void) {
    this.#sink = sink;
    this.#onNotice = onNotice;
  }

  /** @returns false if it was aborted before the sink had it */
  async send(batch: Batch, signal: AbortSignal): Promise<boolean> {
    const refused = await this.#untilStored(batch, signal);
    if (refused === undefined) {
      return false;
    }
    this.shipped.batches += 1;
    this.shipped.records += batch.records - refused;
    this.shipped.bytes += batch.text.length;
    this.shipped.refused += refused;
    return true;
  }

  /** Tries until it is stored. @returns how many were refused for good; undefined if it was aborted */
  async #untilStored(batch: Batch, signal: AbortSignal): Promise<number | undefined> {
    for (let wait = firstRetryMs; !signal.aborted; wait = Math.min(wait * 2, maxRetryMs)) {
      try {
        const refused = await this.#sink.send(batch);
        if (this.shipped.trouble !== undefined) {
          this.shipped.trouble = undefined;
          this.#onNotice(`${this.#sink.name}: it takes records again`);
        }
        if (refused > 0) {
          this.#onNotice(`${this.#sink.name}: it refused ${refused} of ${batch.records} records for good`);
        }
        return refused;
      } catch (error) {
        if (!(error instanceof RetryLater)) {
          throw error;
        }
        if (this.shipped.trouble === undefined) {
          this.#onNotice(
            `${this.#sink.name}: ${messageOf(error)}; it is tried again until it works, and the spool grows meanwhile`,
          );
        }
        this.shipped.trouble = messageOf(error);
        this.shipped.retries += 1;
        const waitMs = error.afterMs ?? wait / 2 + Math.random() * (wait / 2);
        await sleep(waitMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return undefined;
  }
}
