import { readdirSync } from 'node:fs';
import { procRoot, readProcFolder, readProcLink } from '../procfs/read.ts';

/** kthreadd is in the host's mount namespace, as all kernel threads are. */
const kernelPid = 2;

/**
 * The host's root folder, as seen through a process of the host: pid 1, or, where that may not be looked at, any other one in the
 * host's mount namespace.
 *
 * @returns undefined if no such process may be looked at
 */
export const hostRoot = (root = procRoot): string | undefined => {
  const theirs = readProcLink(`${root}/${kernelPid}/ns/mnt`)?.toString('latin1');
  const pids = ['1', ...readProcFolder(root).filter((name) => /^\d+$/.test(name) && name !== '1')];
  return pids.map((pid) => folderOf(root, pid, theirs)).find((folder) => folder !== undefined);
};

const folderOf = (root: string, pid: string, hostMnt: string | undefined): string | undefined => {
  const folder = `${root}/${pid}/root`;
  const isHost =
    pid === '1' || (hostMnt !== undefined && readProcLink(`${root}/${pid}/ns/mnt`)?.toString('latin1') === hostMnt);
  return isHost && readProcLink(folder)?.toString('latin1') === '/' && canList(folder) ? folder : undefined;
};

/** Whether a folder may be read. */
export const canList = (path: string): boolean => {
  try {
    readdirSync(path);
    return true;
  } catch {
    return false;
  }
};
