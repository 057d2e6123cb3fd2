import { cannotWrite } from '../../errors.ts';
import { isBrokenPipe } from '../../kernel/broken-pipe.ts';
import type { Batch } from '../spool/batch.ts';
import { ReaderGone, type Sink } from './sink.ts';

/** NDJSON on standard output, for Fluent Bit, Vector and journald. What was written counts as stored. */
export class StdoutSink implements Sink {
  readonly name = 'stdout';
  readonly target = 'standard output';
  readonly #stream: NodeJS.WritableStream;

  constructor(stream: NodeJS.WritableStream = process.stdout) {
    this.#stream = stream;
    // The error goes to the callback first, and again as an event.
    stream.on('error', () => {});
  }

  async send(batch: Batch): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#stream.write(batch.text, (error) => (error ? reject(failureOf(error)) : resolve()));
    });
    return 0;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.#stream.write('', () => resolve()));
  }
}

const failureOf = (error: NodeJS.ErrnoException): Error =>
  isBrokenPipe(error) ? new ReaderGone() : cannotWrite('standard output', error.message);
