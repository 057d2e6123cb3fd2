import { cannotWrite } from '../errors.ts';
import type { LineSink } from '../recording/write/sink.ts';
import { StreamSink } from '../recording/write/sinks/stream.ts';
import type { Stop } from './stop.ts';

/**
 * Standard output; a reader that goes away is a quiet end.
 *
 * @param change what becomes of a text on a terminal
 */
export const standardOutput = (stop: Stop, change?: (text: string) => string): LineSink =>
  new (change !== undefined && process.stdout.isTTY ? terminalSink(change) : StreamSink)(process.stdout, (error) => {
    if (error.code === 'EIO') {
      stop.now('hangup');
    } else if (error.code === 'EPIPE') {
      stop.now('reader-gone');
    } else {
      stop.fail(cannotWrite('standard output', error.message));
    }
  });

const terminalSink = (change: (text: string) => string) =>
  class extends StreamSink {
    override put(text: string): void {
      super.put(change(text));
    }
  };

let guarded = false;

/** To standard output, to the end. Resolves with whether somebody reads it still: a reader that goes away is a quiet end. */
export const write = (text: string): Promise<boolean> => {
  if (!guarded) {
    guarded = true;
    // The error goes to the callback first, and again as an event, at any time.
    process.stdout.on('error', () => {});
  }
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => {
      if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') {
        reject(cannotWrite('standard output', error.message));
      } else {
        resolve(!error);
      }
    });
  });
};
