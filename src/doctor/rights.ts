import { systemError } from '../errors.ts';
import { capabilityNames } from '../kernel/capabilities.ts';
import { readProcText } from '../procfs/read.ts';
import { Limited } from './check.ts';

/** bpftrace loads its programs with SYS_ADMIN: 0.17 takes nothing less. */
const needed = 'CAP_SYS_ADMIN';

/** @throws NstraceError (3) if it is not root, or root as it is in a container */
export const checkRights = (uid = process.geteuid?.(), status = ownStatus()): string => {
  if (uid !== 0) {
    throw systemError('not root', 'run `sudo nstrace doctor`');
  }
  if (!effective(status).has(needed)) {
    throw systemError(
      `root without ${needed}, as in a container`,
      'run it on the host, or in a container with --privileged --pid=host',
    );
  }
  return 'root';
};

/** Whether links in /proc of processes of others can be read. @throws Limited */
export const checkOthers = (status = ownStatus()): string => {
  if (!effective(status).has('CAP_SYS_PTRACE')) {
    throw new Limited('CAP_SYS_PTRACE is missing', 'run it as root, in a container with --cap-add SYS_PTRACE');
  }
  return 'readable';
};

const ownStatus = (): string => readProcText('/proc/self/status') ?? '';

const effective = (status: string): Set<string> =>
  new Set(capabilityNames(BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)));
