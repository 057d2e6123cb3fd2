import { randomBytes } from 'node:crypto';
import { closeSync, constants, existsSync, openSync, unlinkSync, writeFileSync } from 'node:fs';

const folders = ['/run', '/tmp'];

/**
 * Puts a program where only the holder of the descriptor can read it: a file that is unlinked at once. So no other
 * process can change what bpftrace runs as root, and ps does not show it, as it would an argument.
 *
 * @returns a descriptor for reading, to be closed by the caller
 */
export const handOver = (text: string): number => {
  const folder = folders.find((candidate) => existsSync(candidate)) ?? '/';
  const path = `${folder}/nstrace-${randomBytes(12).toString('hex')}.bt`;
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
  const writer = openSync(path, O_CREAT | O_EXCL | O_NOFOLLOW | O_WRONLY, 0o600);
  try {
    writeFileSync(writer, text);
    return openSync(path, O_RDONLY | O_NOFOLLOW);
  } finally {
    unlinkSync(path);
    closeSync(writer);
  }
};
