import { lstatSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf, noBpftrace, untrustedBpftrace } from '../../errors.ts';

/** Where packages and `make install` put it. Never the current folder or PATH, which the caller of sudo may choose. */
export const places = ['/usr/bin/bpftrace', '/usr/local/bin/bpftrace', '/usr/sbin/bpftrace', '/bin/bpftrace'] as const;

/**
 * The bpftrace to run as root, without symbolic links.
 *
 * @throws NstraceError (3) if there is none, or if anyone but root could have put it there.
 */
export const findBpftrace = (chosen?: string): string => {
  const candidate = chosen ?? places.find(exists);
  if (candidate === undefined || !exists(candidate)) {
    throw noBpftrace(chosen === undefined ? places : [chosen]);
  }
  let path: string;
  try {
    path = realpathSync(candidate);
  } catch (error) {
    throw untrustedBpftrace(candidate, messageOf(error));
  }
  const why = untrusted(path);
  if (why !== undefined) {
    throw untrustedBpftrace(path, why);
  }
  return path;
};

const exists = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

/** Who besides root could change this file or replace it: its owner and mode, and those of all folders above. */
export const untrusted = (path: string): string | undefined => {
  for (let at = path; ; at = dirname(at)) {
    const stats = lstatSync(at, { throwIfNoEntry: false });
    const why = stats === undefined ? `${at} is not there` : writableByOthers(at, stats);
    if (why !== undefined || at === '/') {
      return why;
    }
  }
};

const writableByOthers = (path: string, stats: Stats): string | undefined => {
  if (stats.uid !== 0) {
    return `${path} belongs to uid ${stats.uid}`;
  }
  const sticky = stats.isDirectory() && (stats.mode & 0o1000) !== 0;
  return (stats.mode & 0o022) !== 0 && !sticky ? `${path} can be written by others` : undefined;
};
