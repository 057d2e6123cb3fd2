import { closeSync, constants, createReadStream, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { constants as constantsOfZlib, createGunzip } from 'node:zlib';
import { cannotOpen, messageOf } from '../errors.ts';

const readAt = promisify(read);
/** How often a file that is still being written is looked at. */
const followMs = 100;
const blockBytes = 256 * 1024;

export interface SourceOptions {
  /** Wait for more at the end of the file. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/**
 * The bytes of a recording, unpacked if they are gzip: a file, or `-` for standard input.
 *
 * @throws NstraceError (1) if there is no such file
 */
export const openSource = (path: string, options: SourceOptions): Readable => {
  if (path === '-') {
    return unpacked(process.stdin, undefined);
  }
  const descriptor = openFile(path);
  const isFile = fstatSync(descriptor).isFile();
  const head = Buffer.alloc(2);
  // A pipe can be read once only, and not from a place: its first bytes tell when they come.
  const isGzip = isFile ? readSync(descriptor, head, 0, 2, 0) === 2 && isPacked(head) : undefined;
  if (options.follow) {
    return unpacked(Readable.from(grow(descriptor, isFile, options.signal), { objectMode: false }), isGzip);
  }
  const range = isFile ? { start: 0 } : {};
  return unpacked(createReadStream('', { fd: descriptor, ...range, highWaterMark: blockBytes }), isGzip);
};

/** Whether it can be read more than once. */
export const isPlainFile = (path: string): boolean =>
  path !== '-' && statSync(path, { throwIfNoEntry: false })?.isFile() === true;

/** The first bytes of gzip (RFC 1952). */
const isPacked = (head: Buffer): boolean => head.length > 1 && head.readUInt16BE() === 0x1f8b;

const openFile = (path: string): number => {
  try {
    const descriptor = openSync(path, constants.O_RDONLY);
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

/** The file's bytes, then what is added to it, until the signal. */
async function* grow(descriptor: number, isFile: boolean, signal: AbortSignal): AsyncGenerator<Buffer> {
  let position = 0;
  try {
    while (!signal.aborted) {
      const { bytesRead, buffer } = await readAt(
        descriptor,
        Buffer.alloc(blockBytes),
        0,
        blockBytes,
        isFile ? position : null,
      );
      if (bytesRead > 0) {
        position += bytesRead;
        yield buffer.subarray(0, bytesRead);
      } else {
        await sleep(followMs, undefined, { signal }).catch(() => undefined);
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Standard input tells by its first bytes whether it is packed. A packed stream that ends early gives what it had. */
const unpacked = (bytes: Readable, isGzip: boolean | undefined): Readable => {
  if (isGzip === false) {
    return bytes;
  }
  if (isGzip === true) {
    return unpack(bytes);
  }
  return Readable.from(
    (async function* () {
      const iterator = bytes[Symbol.asyncIterator]();
      const first = (await iterator.next()) as IteratorResult<Buffer>;
      if (first.done) {
        return;
      }
      const rest = Readable.from(
        (async function* () {
          yield first.value;
          yield* { [Symbol.asyncIterator]: () => iterator };
        })(),
        { objectMode: false },
      );
      yield* isPacked(first.value) ? unpack(rest) : rest;
    })(),
    { objectMode: false },
  );
};

const unpack = (bytes: Readable): Readable => {
  const gunzip = createGunzip({ finishFlush: constantsOfZlib.Z_SYNC_FLUSH });
  bytes.on('error', (error) => gunzip.destroy(error));
  return bytes.pipe(gunzip);
};
