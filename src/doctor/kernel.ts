import { existsSync, readFileSync } from 'node:fs';
import { noBtf, systemError } from '../errors.ts';
import { Btf } from '../probe/bpftrace/btf.ts';
import { neededMembers } from '../probe/bpftrace/features.ts';
import { hasTracefs, isTracefsMounted, mountTracefs } from '../probe/bpftrace/tracefs.ts';
import { Limited } from './check.ts';

export const checkKernel = (root = ''): string => readFileSync(`${root}/proc/sys/kernel/osrelease`, 'utf8').trim();

/** @throws NstraceError (3) if the kernel does not describe its structures */
export const checkBtf = (): string => {
  const offsets = Btf.ofKernel()?.offsets(neededMembers);
  if (offsets === undefined) {
    throw noBtf();
  }
  if (offsets.size < neededMembers.length) {
    throw systemError('it does not describe struct pid and task_struct', 'run your distribution’s own kernel');
  }
  return Btf.path;
};

/** @throws NstraceError (3) if the kernel lets nobody read its memory (kernel_lockdown(7)) */
export const checkLockdown = (root = ''): string => {
  const path = `${root}/sys/kernel/security/lockdown`;
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '[none]';
  const mode = /\[(\w+)\]/.exec(text)?.[1] ?? 'none';
  if (mode === 'confidentiality') {
    throw systemError(
      'the kernel is locked down (confidentiality)',
      'boot without lockdown=confidentiality on the kernel command line',
    );
  }
  return mode;
};

/** @throws NstraceError (3) if it is not mounted and cannot be */
export const checkTracefs = async (): Promise<string> => {
  if (hasTracefs()) {
    return 'mounted';
  }
  if (process.geteuid?.() !== 0) {
    if (isTracefsMounted()) {
      return 'mounted, for root to read';
    }
    throw systemError('not mounted', 'root mounts it: `sudo nstrace doctor`');
  }
  await mountTracefs();
  return 'was not mounted, is now';
};

/** Without audit, a kernel knows no login users. @throws Limited */
export const checkLogin = (root = ''): string => {
  if (!existsSync(`${root}/proc/self/loginuid`)) {
    throw new Limited(
      'the kernel has no audit',
      'run a kernel built with CONFIG_AUDIT=y: your distribution’s own has it',
    );
  }
  return 'known';
};
