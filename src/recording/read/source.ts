import { closeSync, constants, fstatSync, openSync, read, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { constants as constantsOfZlib, createGunzip } from 'node:zlib';
import { cannotOpen, messageOf } from '../../errors.ts';
import { endEndless } from './endless-line.ts';
import { statOf } from './paths.ts';
import { chunksOf } from './stream.ts';

const readAt = promisify(read);
/** How often a file that is still being written is looked at. */
const followMs = 100;
const chunkBytes = 256 * 1024;

export interface SourceOptions {
  /** Wait for more at the end of the file. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Where to begin, in bytes of the unpacked file; for files that can be read more than once. */
  readonly from?: number;
}

/** A file by its path, `-` for standard input, or an open file. */
export type InputFile = string | { readonly descriptor: number };

/**
 * The bytes of a recording in chunks, unpacked if they are gzip, until its end or the signal. A chunk is good until the
 * next one is asked for.
 *
 * @throws NstraceError (1) if there is no such file; the error of a read that fails, after the bytes before it; EndlessLine
 */
export async function* openSource(place: InputFile, options: SourceOptions): AsyncGenerator<Buffer, void> {
  // Who stops reading must not wait for what comes next.
  const aborter = new AbortController();
  const abort = (): void => aborter.abort();
  options.signal.addEventListener('abort', abort);
  if (options.signal.aborted) {
    abort();
  }
  // What is packed has to be unpacked from its beginning.
  const skips = options.from !== undefined && options.from > 0 && !isPackedFile(place);
  const { from: _, ...whole } = options;
  const bytes = rawBytes(place, { ...(skips ? options : whole), signal: aborter.signal });
  try {
    const { from = 0 } = options;
    if (from === 0) {
      yield* endEndless(unpacked(bytes, aborter.signal));
    } else if (skips) {
      yield* endEndless(bytes, from);
    } else {
      yield* after(from, endEndless(unpacked(bytes, aborter.signal)));
    }
  } finally {
    options.signal.removeEventListener('abort', abort);
    abort();
    await bytes.return();
  }
}

/** Whether it can be read more than once. */
export const isPlainFile = (place: InputFile): boolean =>
  typeof place !== 'string' || (place !== '-' && statOf(place)?.isFile() === true);

const rawBytes = (place: InputFile, options: SourceOptions): AsyncGenerator<Buffer, void> => {
  if (place === '-') {
    return chunksOf(process.stdin, options.signal);
  }
  if (typeof place !== 'string') {
    return fileChunks(place.descriptor, options);
  }
  const descriptor = openFile(place);
  const stat = fstatSync(descriptor);
  if (stat.isFile()) {
    return closing(descriptor, fileChunks(descriptor, options));
  }
  if (stat.isFIFO() || stat.isSocket()) {
    // Read when there is something to read: a blocked read would hold the process until its writer ends.
    return chunksOf(new Socket({ fd: descriptor, readable: true, writable: false }), options.signal);
  }
  if (isatty(descriptor)) {
    return chunksOf(new ReadStream(descriptor), options.signal);
  }
  return closing(descriptor, fileChunks(descriptor, { ...options, from: -1 }));
};

/** Opening a pipe that nobody writes to must not wait. */
const openFlags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

const openFile = (path: string): number => {
  try {
    const descriptor = openSync(path, openFlags);
    if (fstatSync(descriptor).isDirectory()) {
      closeSync(descriptor);
      throw new Error('it is a folder');
    }
    return descriptor;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') {
      throw cannotOpen(path, 'you may not read it', 'recordings belong to who made them: use sudo, or chown it');
    }
    const why = code === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw cannotOpen(path, why, '`nstrace record -o FILE` makes a recording; - reads standard input');
  }
};

async function* closing(descriptor: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield* chunks;
  } finally {
    closeSync(descriptor);
  }
}

/** The file's bytes, and what is added to it if that is waited for. One buffer is used again and again. */
async function* fileChunks(
  descriptor: number,
  { follow, signal, from = 0 }: SourceOptions,
): AsyncGenerator<Buffer, void> {
  const buffer = Buffer.allocUnsafeSlow(chunkBytes);
  let position = from;
  while (!signal.aborted) {
    const { bytesRead } = await readAt(descriptor, buffer, 0, chunkBytes, position < 0 ? null : position);
    if (signal.aborted) {
      return;
    }
    if (bytesRead > 0) {
      position += position < 0 ? 0 : bytesRead;
      yield buffer.subarray(0, bytesRead);
    } else if (follow) {
      await sleep(followMs, undefined, { signal }).catch(() => undefined);
    } else {
      return;
    }
  }
}

/** The first bytes of gzip (RFC 1952). */
const isPacked = (head: Buffer): boolean => head.length > 1 && head[0] === 0x1f && head[1] === 0x8b;

const isPackedFile = (place: InputFile): boolean => {
  const descriptor = typeof place === 'string' ? openFile(place) : place.descriptor;
  try {
    const head = Buffer.alloc(2);
    return readSync(descriptor, head, 0, 2, 0) === 2 && isPacked(head);
  } finally {
    if (typeof place === 'string') {
      closeSync(descriptor);
    }
  }
};

/** Leaves the first bytes out. */
async function* after(count: number, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let left = count;
  for await (const chunk of chunks) {
    if (left < chunk.length) {
      yield chunk.subarray(left);
    }
    left = Math.max(0, left - chunk.length);
  }
}

/** The first bytes show whether they are packed. A packed stream that ends early gives what it had. */
async function* unpacked(chunks: AsyncGenerator<Buffer, void>, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const first = await chunks.next();
  if (first.done) {
    return;
  }
  let head = first.value;
  while (head.length < 2) {
    const before = Buffer.from(head);
    const next = await chunks.next();
    if (next.done) {
      break;
    }
    head = Buffer.concat([before, next.value]);
  }
  if (isPacked(head)) {
    yield* chunksOf(unpack(head, chunks), signal);
  } else {
    yield head;
    yield* chunks;
  }
}

const unpack = (head: Buffer, rest: AsyncIterable<Buffer>): Readable => {
  const packed = Readable.from(copies(head, rest), { objectMode: false });
  const gunzip = createGunzip({ finishFlush: constantsOfZlib.Z_SYNC_FLUSH, chunkSize: chunkBytes });
  packed.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => packed.destroy());
  return packed.pipe(gunzip);
};

/** What a stream holds must not change when the next chunk is read. */
async function* copies(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  yield Buffer.from(head);
  for await (const chunk of rest) {
    yield Buffer.from(chunk);
  }
}
