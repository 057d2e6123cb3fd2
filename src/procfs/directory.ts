import { closeSync, constants, fstatSync, openSync, readFileSync, readlinkSync } from 'node:fs';

/** O_PATH of Linux: names a place in the tree of files without opening what is there. */
export const pathOnly = 0o10000000;

/** A directory as the kernel knows it. */
export interface Directory {
  /** Id of its mount, as in mountinfo. */
  readonly mount: number;
  readonly inode: number;
  /** Its path as the kernel shows it to nstrace; of one that was removed, with ` (deleted)` behind. */
  readonly path: Buffer;
}

/**
 * What a link of /proc leads to, if it is on a mount that is wanted. Its file system is asked nothing: who calls stat(2) on an overlay on
 * top of FUSE waits for a process of that user's.
 */
export const readDirectory = (link: string, isWanted: (mount: number) => boolean): Directory | undefined => {
  try {
    const descriptor = openSync(link, pathOnly | constants.O_DIRECTORY);
    try {
      const { mount, inode } = readPlace(descriptor);
      return isWanted(mount)
        ? {
            mount,
            // Before Linux 5.14. Users cannot mount overlays there.
            inode: inode ?? fstatSync(descriptor).ino,
            path: readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' }),
          }
        : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
};

/** Where a descriptor is, as /proc/self/fdinfo says it (proc_pid_fdinfo(5)). */
export const readPlace = (descriptor: number): { mount: number; inode: number | undefined } => {
  let mount = Number.NaN;
  let inode: number | undefined;
  for (const line of readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1').split('\n')) {
    if (line.startsWith('mnt_id:')) {
      mount = Number(line.slice(7));
    } else if (line.startsWith('ino:')) {
      inode = Number(line.slice(4));
    }
  }
  return { mount, inode };
};
