import { closeSync, constants, fchmodSync, fstatSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { messageOf, NstraceError, systemError } from '../../errors.ts';

const advice = 'name another one with --spool';
/** What agents make in a spool, and what a new file system has. */
const ofSpool = /\.ndjson$|\.dropped$|\.(?:cursor|batch)\.json(?:\.new)?$|^agent\.sock|^lost\+found$/;

/**
 * The folder of an agent: recordings in parts, and how far each sink has stored them. Root's, and only root's to read. A folder in which
 * there is something else, as `/tmp`, is left as it is.
 */
export const openFolder = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // With a slash at its end, a link would be followed.
    const path = folder.replace(/(?<=[^/])\/+$/, '');
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      if (fstatSync(descriptor).uid !== process.geteuid?.()) {
        throw systemError(`the spool ${folder} is not a folder of your own`, advice);
      }
      const other = readdirSync(`/proc/self/fd/${descriptor}`).find((name) => !ofSpool.test(name));
      if (other !== undefined) {
        throw systemError(`the spool ${folder} is no spool: there is ${JSON.stringify(other)} in it`, advice);
      }
      fchmodSync(descriptor, 0o700);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw error instanceof NstraceError
      ? error
      : systemError(`the spool ${folder} cannot be used: ${messageOf(error)}`, advice);
  }
};
