import {
  closeSync,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cannotOpen, messageOf } from '../errors.ts';
import { openRecording } from '../recording/file.ts';

/** @throws NstraceError (1) if it cannot be read */
export const readBaselineText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw cannotOpen(file, messageOf(error), 'without --add it is made');
  }
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
