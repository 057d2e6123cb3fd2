import { once } from 'node:events';
import type { Batch } from '../batch.ts';
import type { Sink } from '../sink.ts';

/** NDJSON on standard output, for Fluent Bit, Vector and journald. What was written counts as stored. */
export class StdoutSink implements Sink {
  readonly name = 'stdout';
  readonly target = 'standard output';
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream = process.stdout) {
    this.#stream = stream;
  }

  async send(batch: Batch): Promise<number> {
    if (!this.#stream.write(batch.text)) {
      await once(this.#stream, 'drain');
    }
    return 0;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
  }
}
