import type { Readable } from 'node:stream';

/** Chunks that wait for who reads, before the stream is asked to wait too. */
const maxWaiting = 8;

/**
 * The chunks of a stream as they come, until it ends or the signal. A failure is thrown after what came before it, which
 * iterating over the stream itself would drop.
 */
export async function* chunksOf(stream: Readable, signal: AbortSignal): AsyncGenerator<Buffer, void> {
  const waiting: Buffer[] = [];
  let failure: Error | undefined;
  // One that has ended says so only once.
  let ended = stream.readableEnded || stream.destroyed;
  let wake = (): void => {};
  const end = (): void => {
    ended = true;
    wake();
  };
  stream.on('data', (chunk: Buffer) => {
    waiting.push(chunk);
    if (waiting.length >= maxWaiting) {
      stream.pause();
    }
    wake();
  });
  // It stays: a stream that was left may fail later.
  stream.on('error', (error: Error) => {
    failure ??= error;
    end();
  });
  stream.on('end', end);
  stream.on('close', end);
  signal.addEventListener('abort', end);
  try {
    while (!signal.aborted) {
      const chunk = waiting.shift();
      if (chunk !== undefined) {
        yield chunk;
      } else if (failure !== undefined) {
        throw failure;
      } else if (ended) {
        return;
      } else {
        stream.resume();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', end);
    stream.destroy();
  }
}
