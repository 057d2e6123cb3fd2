import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { messageOf, noPlace } from '../../errors.ts';

const folders = ['/run', '/dev/shm', '/tmp', '/var/tmp', '/'];

/**
 * Puts a program, or what it is compiled with, where only the holder of the descriptor can read it: a file that is unlinked at
 * once. So no other process can change what bpftrace runs as root, and ps does not show it, as it would an argument.
 *
 * @returns a descriptor for reading, to be closed by the caller
 * @throws NstraceError (3) if no folder takes it
 */
export const handOver = (content: string | Buffer, places: readonly string[] = folders): number => {
  let failure: unknown;
  for (const folder of places) {
    try {
      return handOverIn(folder, content);
    } catch (error) {
      // It is missing, full or read-only.
      failure = error;
    }
  }
  throw noPlace(places, messageOf(failure));
};

const handOverIn = (folder: string, content: string | Buffer): number => {
  const path = `${folder}/nstrace-${randomBytes(12).toString('hex')}`;
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
  const writer = openSync(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
  try {
    writeFileSync(writer, content);
    return openSync(path, O_RDONLY | O_NOFOLLOW);
  } finally {
    unlinkSync(path);
    closeSync(writer);
  }
};
