import { systemError } from '../errors.ts';
import { ownRights } from '../procfs/rights.ts';
import { Limited } from './check.ts';

/** bpftrace loads its programs with SYS_ADMIN: 0.17 takes nothing less. */
const needed = 'CAP_SYS_ADMIN';

/** @throws NstraceError (3) if it is not root, or root as it is in a container */
export const checkRights = (uid = process.geteuid?.(), status?: string): string => {
  if (uid !== 0) {
    throw systemError('not root', 'run `sudo nstrace doctor`');
  }
  if (!ownRights(status).has(needed)) {
    throw systemError(
      `root without ${needed}, as in a container`,
      'run it on the host, or in a container with --privileged --pid=host',
    );
  }
  return 'root';
};

/** Whether links in /proc of processes of others can be read. @throws Limited */
export const checkOthers = (status?: string): string => {
  if (!ownRights(status).has('CAP_SYS_PTRACE')) {
    throw new Limited('CAP_SYS_PTRACE is missing', 'run it as root, in a container with --cap-add SYS_PTRACE');
  }
  return 'readable';
};
