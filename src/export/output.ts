import { once } from 'node:events';
import { closeSync, fsyncSync, ftruncateSync, rmSync, writeSync } from 'node:fs';
import { cannotWrite } from '../errors.ts';
import { openRecording } from '../recording/write/file.ts';
import { safeJson } from '../view/json.ts';
import type { Out } from './exporter.ts';

/** What is collected before it is written. */
const blockBytes = 256 * 1024;

/** A file or standard output: what is put waits in memory until `drain`, which waits for a reader that is slow. */
export class ExportOutput implements Out {
  readonly #target: Target;
  #text = '';
  #blocks: Uint8Array[] = [];
  #waiting = 0;
  /** Bytes that were put. */
  written = 0;

  /** @param path a file, made as a recording is (0600, no link, not over another without `force`); - is standard output */
  constructor(path: string, options: { force: boolean }) {
    this.#target = path === '-' ? new StandardOutput() : new File(path, options);
  }

  text(text: string): void {
    this.#text += this.#target.isTerminal ? safeJson(text) : text;
    if (this.#text.length >= blockBytes) {
      this.#close();
    }
  }

  bytes(bytes: Uint8Array): void {
    this.#close();
    this.#push(bytes);
  }

  get isFull(): boolean {
    return this.#waiting + this.#text.length >= blockBytes;
  }

  /** Whether nobody reads any more. */
  get isGone(): boolean {
    return this.#target.isGone;
  }

  /** @throws NstraceError (1) if it cannot be written */
  async drain(): Promise<void> {
    this.#close();
    const blocks = this.#blocks;
    this.#blocks = [];
    this.#waiting = 0;
    for (const block of blocks) {
      await this.#target.write(block);
    }
  }

  async end(): Promise<void> {
    await this.drain();
    this.#target.close();
  }

  /** There is nothing to be written: a file that was made for it goes. */
  discard(): void {
    this.#target.discard();
  }

  #close(): void {
    if (this.#text !== '') {
      const text = this.#text;
      this.#text = '';
      this.#push(Buffer.from(text));
    }
  }

  #push(bytes: Uint8Array): void {
    this.#blocks.push(bytes);
    this.#waiting += bytes.length;
    this.written += bytes.length;
  }
}

interface Target {
  /** Then no text may act on it; what is no JSON is escaped by its format. */
  readonly isTerminal: boolean;
  readonly isGone: boolean;
  write(bytes: Uint8Array): Promise<void> | void;
  close(): void;
  discard(): void;
}

class File implements Target {
  readonly isTerminal = false;
  readonly isGone = false;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #isNew: boolean;
  #cleared = false;

  constructor(path: string, options: { force: boolean }) {
    this.#path = path;
    this.#isNew = !options.force;
    this.#descriptor = openRecording(path, options);
  }

  write(bytes: Uint8Array): void {
    this.#try(() => {
      this.#clear();
      for (let from = 0; from < bytes.length; ) {
        from += writeSync(this.#descriptor, bytes, from);
      }
    });
  }

  close(): void {
    this.#try(() => {
      this.#clear();
      fsyncSync(this.#descriptor);
      closeSync(this.#descriptor);
    });
  }

  discard(): void {
    closeSync(this.#descriptor);
    if (this.#isNew) {
      rmSync(this.#path, { force: true });
    }
  }

  /** What was in the file before stays until there is something else. */
  #clear(): void {
    if (!this.#cleared) {
      this.#cleared = true;
      ftruncateSync(this.#descriptor, 0);
    }
  }

  #try(write: () => void): void {
    try {
      write();
    } catch (error) {
      throw cannotWrite(this.#path, (error as Error).message);
    }
  }
}

class StandardOutput implements Target {
  readonly isTerminal = process.stdout.isTTY;
  isGone = false;
  #failure: Error | undefined;

  constructor() {
    process.stdout.on('error', (error: NodeJS.ErrnoException) => {
      this.isGone = true;
      this.#failure = error.code === 'EPIPE' ? undefined : cannotWrite('standard output', error.message);
      process.stdout.emit('drain');
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (!this.isGone && !process.stdout.write(bytes)) {
      await once(process.stdout, 'drain');
    }
    this.close();
  }

  discard(): void {}

  close(): void {
    if (this.#failure !== undefined) {
      throw this.#failure;
    }
  }
}
