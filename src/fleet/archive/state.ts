import { closeSync, constants, fsyncSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { cannotOpen, messageOf, usageError } from '../../errors.ts';
import type { HostShare } from '../stream/host-share.ts';
import type { MergerState } from '../stream/merger.ts';

/** How far a stream is in a folder of Parquet. */
export interface ArchiveState {
  /** What it is an archive of: another stream has other numbers. */
  readonly stream: string;
  /** The number of the last message that is in the folder, or of the last one after it that is not for it. */
  readonly message: number;
  /** Where the files end that are being written: after a kill they are written again, with the same names. */
  readonly until: number | undefined;
  readonly merger: MergerState;
}

/** What is behind the names of files of one of several writers. */
export const shareEnding = (share: HostShare | undefined): string =>
  share === undefined ? '' : `-${share.index}of${share.of}`;

const nameOf = (share: HostShare | undefined): string => `archive${shareEnding(share)}.json`;
const pathOf = (folder: string, share: HostShare | undefined): string => join(folder, nameOf(share));

/**
 * An archive is written by one, or by a number of writers that stays: else some hosts would be archived twice.
 *
 * @throws NstraceError (2)
 */
export const requireWriters = (folder: string, share: HostShare | undefined): void => {
  const wanted = share?.of ?? 1;
  for (const name of readdirSync(folder)) {
    const found = /^archive(?:-\d+of(\d+))?\.json$/.exec(name);
    const writers = Number(found?.[1] ?? 1);
    if (found !== null && writers !== wanted) {
      throw usageError(
        `${folder} is an archive of ${writers === 1 ? 'one writer' : `${writers} writers`}, not of ${wanted}`,
        writers === 1 ? 'leave --share out, or name another folder' : `--share N/${writers}, or name another folder`,
      );
    }
  }
};

/** @throws NstraceError (1) if it cannot be read: to begin anew would archive everything twice */
export const readState = (folder: string, share: HostShare | undefined): ArchiveState | undefined => {
  try {
    return JSON.parse(readFileSync(pathOf(folder, share), 'utf8')) as ArchiveState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return undefined;
    }
    throw cannotOpen(
      pathOf(folder, share),
      messageOf(error),
      'it says how far the archive is: restore it, or name a new folder',
    );
  }
};

/** Written aside and put in place: never half. */
export const writeState = (folder: string, share: HostShare | undefined, state: ArchiveState): void => {
  const path = pathOf(folder, share);
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
