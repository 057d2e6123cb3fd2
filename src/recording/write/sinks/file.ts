import { close, fstatSync, fsyncSync, ftruncateSync, write } from 'node:fs';
import { blockBytes, type OnSinkError, type SizedSink } from '../sink.ts';

/** Writes a part of bytes to the end of a file, as much as the kernel takes at once: write of node:fs. */
export type WriteSome = (
  descriptor: number,
  bytes: Buffer,
  from: number,
  length: number,
  at: null,
  done: (error: NodeJS.ErrnoException | null, written: number) => void,
) => void;

/** Writes to a file in order, and cuts off a half-written line if the disk is full. */
export class FileSink implements SizedSink {
  readonly #descriptor: number;
  readonly #onError: OnSinkError;
  readonly #writeSome: WriteSome;
  #text = '';
  #queue: Buffer[] = [];
  #writing = false;
  #failed = false;
  #cleared = false;
  /** Length of the file up to its last whole block. */
  #whole = 0;
  #idle: (() => void)[] = [];
  pending = 0;
  size = 0;

  constructor(descriptor: number, onError: OnSinkError, writeSome: WriteSome = write) {
    this.#descriptor = descriptor;
    this.#onError = onError;
    this.#writeSome = writeSome;
  }

  put(text: string): void {
    this.#text += text;
    this.pending += text.length;
    this.size += text.length;
    if (this.#text.length >= blockBytes) {
      this.flush();
    }
  }

  putBytes(bytes: Buffer): void {
    this.pending += bytes.length;
    this.size += bytes.length;
    this.#queue.push(bytes);
    this.#next();
  }

  flush(): void {
    if (this.#text !== '') {
      const bytes = Buffer.from(this.#text);
      this.pending += bytes.length - this.#text.length;
      this.size += bytes.length - this.#text.length;
      this.#text = '';
      this.#queue.push(bytes);
      this.#next();
    }
  }

  async end(): Promise<void> {
    this.flush();
    while (this.#writing) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
    this.#check();
    if (!this.#failed) {
      // Quotas and network file systems report a full disk only here.
      try {
        fsyncSync(this.#descriptor);
      } catch (error) {
        this.#failLate(error as NodeJS.ErrnoException);
      }
    }
    await new Promise<void>((resolve) => {
      close(this.#descriptor, (error) => {
        this.#failLate(error);
        resolve();
      });
    });
  }

  /** A file that was removed or cut meanwhile takes all writes, and has nothing or holes in it. */
  #check(): void {
    if (this.#failed || this.#writing || !this.#cleared) {
      return;
    }
    const stats = fstatSync(this.#descriptor);
    if (stats.isFile() && (stats.nlink === 0 || stats.size !== this.#whole)) {
      this.#failed = true;
      this.#onError(new FileGone(stats.nlink === 0 ? 'removed' : 'cut'));
    }
  }

  #failLate(error: NodeJS.ErrnoException | null | undefined): void {
    if (error && !this.#failed && !cannotSync.has(error.code ?? '')) {
      this.#failed = true;
      this.#onError(error);
    }
  }

  #next(): void {
    if (this.#writing || this.#queue.length === 0) {
      return;
    }
    this.#check();
    if (this.#failed) {
      this.#queue = [];
      this.pending = 0;
      return;
    }
    const bytes = this.#queue[0]!;
    this.#writing = true;
    this.#clear();
    this.#write(bytes, 0);
  }

  /** What was in the file before goes when there is something else to be in it. */
  #clear(): void {
    if (!this.#cleared) {
      this.#cleared = true;
      try {
        ftruncateSync(this.#descriptor, 0);
      } catch {
        // Not a file that can be cut: nothing is in it.
      }
    }
  }

  #write(bytes: Buffer, from: number): void {
    this.#writeSome(this.#descriptor, bytes, from, bytes.length - from, null, (error, written) => {
      if (error) {
        this.#fail(error, bytes.subarray(0, from));
      } else if (from + written < bytes.length) {
        this.#write(bytes, from + written);
      } else {
        this.#whole += bytes.length;
        this.#done(bytes.length);
      }
    });
  }

  /** Keeps what was written of a block up to its last whole line. */
  #fail(error: NodeJS.ErrnoException, written: Buffer): void {
    this.#failed = true;
    try {
      ftruncateSync(this.#descriptor, this.#whole + written.lastIndexOf(10) + 1);
    } catch {
      // Not a file that can be cut; readers stop at the last whole line by themselves.
    }
    this.#done(0);
    this.#onError(error);
  }

  #done(bytes: number): void {
    this.pending -= bytes;
    this.#queue.shift();
    this.#writing = false;
    this.#next();
    if (!this.#writing) {
      for (const resolve of this.#idle.splice(0)) {
        resolve();
      }
    }
  }
}

/** A file that somebody else removed or cut while it was written. */
export class FileGone extends Error {
  constructor(how: 'removed' | 'cut') {
    super(`it was ${how} while it was written`);
  }
}

/** What says that there is nothing to sync: of pipes and devices. */
const cannotSync = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'EROFS']);
