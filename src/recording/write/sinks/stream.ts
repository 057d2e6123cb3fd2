import { setTimeout as sleep } from 'node:timers/promises';
import { blockBytes, type LineSink, type OnSinkError } from '../sink.ts';

/** At the end, how long to wait for a reader that takes nothing: on a busy machine one can have no turn for seconds. */
const stalledMs = 10_000;

/** Standard output. A pipe whose reader stalls does not block: what waits is counted in `pending`. */
export class StreamSink implements LineSink {
  readonly #stream: NodeJS.WriteStream;
  #text = '';
  #failed = false;

  constructor(stream: NodeJS.WriteStream, onError: OnSinkError) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!this.#failed) {
        this.#failed = true;
        onError(error);
      }
    });
  }

  get pending(): number {
    return this.#stream.writableLength + this.#text.length;
  }

  put(text: string): void {
    this.#text += text;
    if (this.#text.length >= blockBytes) {
      this.flush();
    }
  }

  flush(): void {
    if (this.#text !== '' && !this.#failed) {
      this.#stream.write(this.#text);
    }
    this.#text = '';
  }

  async end(): Promise<void> {
    this.flush();
    const written = new Promise<void>((resolve) => {
      if (this.#failed) {
        resolve();
      } else {
        this.#stream.once('error', () => resolve());
        this.#stream.write('', () => resolve());
      }
    });
    await Promise.race([written, this.#stalled()]);
  }

  /** Resolves when the reader has taken nothing for a while: then it is not waited for any longer. */
  async #stalled(): Promise<void> {
    for (let before = Number.POSITIVE_INFINITY; this.#stream.writableLength < before; ) {
      before = this.#stream.writableLength;
      await sleep(stalledMs, undefined, { ref: false });
    }
  }
}
