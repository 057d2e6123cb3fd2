import { createGzip, type Gzip, constants as zlib } from 'node:zlib';
import { blockBytes, type OnSinkError, type SizedSink } from '../sink.ts';
import { FileSink } from './file.ts';

/** How often a compressed recording is made readable up to now. Each time costs some bytes. */
const syncMs = 1000;

/** Writes to a compressed file, which can be read up to the last second. */
export class GzipSink implements SizedSink {
  readonly #file: FileSink;
  readonly #gzip: Gzip = createGzip({ level: 6 });
  #text = '';
  #waiting = 0;
  #synced = Number.NEGATIVE_INFINITY;

  constructor(descriptor: number, onError: OnSinkError) {
    this.#file = new FileSink(descriptor, onError);
    this.#gzip.on('data', (bytes: Buffer) => this.#file.putBytes(bytes));
  }

  get pending(): number {
    return this.#file.pending + this.#waiting + this.#text.length;
  }

  /** Compressed; what waits to be compressed comes later. */
  get size(): number {
    return this.#file.size;
  }

  put(text: string): void {
    this.#text += text;
    if (this.#text.length >= blockBytes) {
      this.#compress();
    }
  }

  flush(): void {
    const now = performance.now();
    if (now - this.#synced >= syncMs) {
      this.#synced = now;
      this.#compress();
      this.#gzip.flush(zlib.Z_SYNC_FLUSH);
    }
  }

  async end(): Promise<void> {
    this.#compress();
    await new Promise<void>((resolve) => {
      this.#gzip.once('end', resolve);
      this.#gzip.end();
    });
    await this.#file.end();
  }

  #compress(): void {
    const { length } = this.#text;
    if (length > 0) {
      this.#waiting += length;
      this.#gzip.write(this.#text, () => {
        this.#waiting -= length;
      });
      this.#text = '';
    }
  }
}

/** Writes to an open file as its name says: compressed if it ends in `.gz`. */
export const sinkOf = (path: string, descriptor: number, onError: OnSinkError): SizedSink =>
  path.endsWith('.gz') ? new GzipSink(descriptor, onError) : new FileSink(descriptor, onError);
