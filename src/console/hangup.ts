import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';

const descriptors = [0, 1, 2] as const;

/**
 * Lets Node end as it should when a terminal has gone. At its end it resets the terminals that it began with, and takes an error of
 * that for a fault of its own (SIGABRT, src/node.cc, ResetStdio): what is no terminal any more becomes /dev/null before.
 */
export const survivesHangup = (): void => {
  const terminals = descriptors.filter((descriptor) => isatty(descriptor));
  process.on('exit', () => {
    for (const descriptor of terminals) {
      if (!isatty(descriptor)) {
        replaceByNull(descriptor);
      }
    }
  });
};

/** A descriptor that was closed is the lowest that is free, and so the next to be opened. */
const replaceByNull = (descriptor: number): void => {
  try {
    closeSync(descriptor);
    openSync('/dev/null', 'r+');
  } catch {
    // It was closed already.
  }
};
