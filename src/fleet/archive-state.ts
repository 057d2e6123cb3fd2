import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cannotOpen, messageOf } from '../errors.ts';
import type { MergerState } from './merger.ts';

/** How far a stream is in a folder of Parquet. */
export interface ArchiveState {
  /** What it is an archive of: another stream has other numbers. */
  readonly stream: string;
  /** The number of the last message in the folder. */
  readonly message: number;
  /** Where the files end that are being written: after a kill they are written again, with the same names. */
  readonly until: number | undefined;
  readonly merger: MergerState;
}

const pathOf = (folder: string): string => join(folder, 'archive.json');

/** @throws NstraceError (1) if it cannot be read: to begin anew would archive everything twice */
export const readState = (folder: string): ArchiveState | undefined => {
  try {
    return JSON.parse(readFileSync(pathOf(folder), 'utf8')) as ArchiveState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw cannotOpen(
      pathOf(folder),
      messageOf(error),
      'it says how far the archive is: restore it, or name a new folder',
    );
  }
};

/** Written aside and put in place: never half. */
export const writeState = (folder: string, state: ArchiveState): void => {
  const path = pathOf(folder);
  const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants;
  const descriptor = openSync(`${path}.new`, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o600);
  try {
    writeSync(descriptor, JSON.stringify(state));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(`${path}.new`, path);
};
