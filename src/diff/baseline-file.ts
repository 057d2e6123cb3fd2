import {
  closeSync,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cannotOpen, messageOf } from '../errors.ts';
import { openRecording } from '../recording/write/file.ts';

/** @throws NstraceError (1) if it cannot be read */
export const readBaselineText = (file: string): string => {
  try {
    return readSmallFile(file);
  } catch (error) {
    throw cannotOpen(file, messageOf(error), 'without --add it is made');
  }
};

/** A baseline is written for people: no more than this is read, also of a device that has no end. */
export const maxBaselineBytes = 16 * 1024 * 1024;

/** @throws Error if it cannot be read, or is larger than a baseline */
export const readSmallFile = (file: string): string => {
  const descriptor = openSync(file, 'r');
  try {
    const chunks: Buffer[] = [];
    for (let bytes = 0; bytes <= maxBaselineBytes; ) {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      const count = readSync(descriptor, chunk);
      if (count === 0) {
        return Buffer.concat(chunks).toString();
      }
      chunks.push(chunk.subarray(0, count));
      bytes += count;
    }
  } finally {
    closeSync(descriptor);
  }
  throw new Error(`it is no baseline: it has more than ${maxBaselineBytes / 1024 / 1024} MiB`);
};

/** @throws NstraceError (1) if it cannot be made, or is there and `force` is not set */
export const writeBaseline = (file: string, text: string, force: boolean): void =>
  writeWhole(openRecording(file, { force }), text);

/** The old one stays until the new one is whole, and so do its mode and owner. */
export const replaceBaseline = (file: string, text: string): void => {
  const next = `${file}.new`;
  const { mode, uid, gid } = statSync(file);
  const descriptor = openRecording(next, { force: false });
  fchmodSync(descriptor, mode & 0o777);
  if (process.geteuid?.() === 0) {
    fchownSync(descriptor, uid, gid);
  }
  writeWhole(descriptor, text);
  renameSync(next, file);
};

const writeWhole = (descriptor: number, text: string): void => {
  ftruncateSync(descriptor);
  writeFileSync(descriptor, text);
  closeSync(descriptor);
};
