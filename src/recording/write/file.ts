import { randomBytes } from 'node:crypto';
import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, renameSync, type Stats } from 'node:fs';
import { cannotOpen, messageOf } from '../../errors.ts';

export interface FileOptions {
  /** Over a file that exists. */
  readonly force: boolean;
  /** Who may read it besides us, by number; a group may read only. */
  readonly owner?: number | undefined;
  readonly group?: number | undefined;
}

/**
 * A file of a recording: 0600 (0640 with a group), not through a link at its end, not over one that exists unless that is wanted.
 * What is in one of our own stays until the first write. Another user's file is replaced by a new one: its owner would own the
 * recording, and whoever has it open would read it.
 *
 * @returns a descriptor for writing
 * @throws NstraceError (1) that says why not
 */
export const openRecording = (path: string, options: FileOptions): number => {
  const { O_EXCL } = constants;
  let descriptor = open(path, path, options.force ? 0 : O_EXCL);
  const stats = fstatSync(descriptor);
  if (!stats.isFile()) {
    closeSync(descriptor);
    throw cannotOpen(path, 'it is not a file', 'name a file with -o, or - for stdout');
  }
  if (!isOurs(stats)) {
    closeSync(descriptor);
    descriptor = replace(path);
  }
  fchmodSync(descriptor, 0o600);
  const { owner, group } = options;
  if (owner !== undefined || group !== undefined) {
    fchownSync(descriptor, owner ?? process.geteuid!(), group ?? process.getegid!());
    fchmodSync(descriptor, group === undefined ? 0o600 : 0o640);
  }
  return descriptor;
};

const open = (path: string, at: string, flags: number): number => {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    return openSync(at, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | flags, 0o600);
  } catch (error) {
    throw explain(path, error as NodeJS.ErrnoException);
  }
};

/** Whether nobody else can have it open, or own it by another name. */
const isOurs = ({ uid, mode, nlink }: Stats): boolean =>
  uid === process.geteuid?.() && nlink === 1 && (mode & 0o077) === 0;

const replace = (path: string): number => {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const descriptor = open(path, fresh, constants.O_EXCL);
  try {
    renameSync(fresh, path);
    return descriptor;
  } catch (error) {
    closeSync(descriptor);
    throw explain(path, error as NodeJS.ErrnoException);
  }
};

const explain = (path: string, error: NodeJS.ErrnoException) => {
  switch (error.code) {
    case 'EEXIST':
      return cannotOpen(path, 'it exists', 'name another file with -o, or write over it with --force');
    case 'ELOOP':
      return cannotOpen(path, 'it is a symbolic link', 'name the file itself');
    case 'ENOENT':
      return cannotOpen(path, 'its folder does not exist', 'make the folder first');
    default:
      return cannotOpen(path, messageOf(error), 'name another place with -o');
  }
};
