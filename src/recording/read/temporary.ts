import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, write } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cannotWrite, messageOf } from '../../errors.ts';
import { EndlessLine, endEndless } from './endless-line.ts';
import { chunksOf } from './stream.ts';

const writeAt = promisify(write);

/** Where large files that nobody keeps go (file-hierarchy(7)): /tmp is often memory. */
const folders = (): string[] => [...(process.env.TMPDIR ? [process.env.TMPDIR] : []), '/var/tmp', tmpdir()];

/**
 * Copies standard input into a file that has no name any more, so that it can be read more than once. Who gives it up
 * closes the descriptor.
 *
 * @throws NstraceError (1) if there is no room for it
 */
export const spoolStandardInput = async (signal: AbortSignal, onBytes?: (count: number) => void): Promise<number> => {
  const descriptor = openNameless();
  try {
    for await (const chunk of endEndless(chunksOf(process.stdin, signal))) {
      for (let from = 0; from < chunk.length; ) {
        from += (await writeAt(descriptor, chunk, from, chunk.length - from, null)).bytesWritten;
      }
      onBytes?.(chunk.length);
    }
    return descriptor;
  } catch (error) {
    if (error instanceof EndlessLine) {
      // Reported when the copy is read.
      return descriptor;
    }
    closeSync(descriptor);
    throw cannotWrite('a temporary copy of standard input', messageOf(error));
  }
};

/** A file without a name, which only this process can reach. */
export const openNameless = (): number => {
  let failure: unknown;
  for (const folder of folders()) {
    const path = join(folder, `.nstrace-${randomBytes(12).toString('hex')}`);
    try {
      const { O_RDWR, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
      const descriptor = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      unlinkSync(path);
      return descriptor;
    } catch (error) {
      failure = error;
    }
  }
  throw cannotWrite('a temporary copy of standard input', messageOf(failure));
};
