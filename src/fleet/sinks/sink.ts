import type { Batch } from '../spool/batch.ts';

/** A system that records are shipped to. */
export interface Sink {
  /** Short and unique among the sinks of an agent: it names the cursor file and stands in metrics. */
  readonly name: string;
  /** Where it goes, for people; without credentials. */
  readonly target: string;
  /**
   * Resolves when the other side has stored the batch.
   *
   * @returns how many of its records the other side refused for good
   * @throws RetryLater if it is to be sent again as it is, ReaderGone if nobody takes more; any other error ends the agent
   */
  send(batch: Batch): Promise<number>;
  close(): Promise<void>;
}

/** Nobody reads any more, and nobody will: a quiet end. What was not stored stays in the spool. */
export class ReaderGone extends Error {
  override name = 'ReaderGone';
}

/** The other side did not take a batch, and may take it later. */
export class RetryLater extends Error {
  override name = 'RetryLater';
  /** How long the other side asked to wait, in ms. */
  readonly afterMs: number | undefined;

  constructor(message: string, afterMs?: number) {
    super(message);
    this.afterMs = afterMs;
  }
}
