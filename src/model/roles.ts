import type { Namespaces } from '../kernel/namespaces.ts';
import type { Role } from '../record/schema.ts';
import type { RuntimeCommand } from '../runtimes/runtime.ts';
import { isPause, isServiceManager } from '../runtimes/trust.ts';
import type { Process } from './process.ts';

/** How a process works for a container from outside. */
export const roleOf = ({ command, exe, args }: Process): Role | undefined =>
  command?.role ?? roleByAction(command?.action) ?? (isPause(exe, args) ? 'helper' : undefined);

const roleByAction = (action: RuntimeCommand['action'] | undefined): Role | undefined => {
  switch (action) {
    case 'start':
    case 'enter':
    case 'manage':
    case 'helper':
      return 'runtime';
    case 'monitor':
      return 'monitor';
    default:
      return undefined;
  }
};

/** Of systemd before it executes a service, and of engines: mount namespaces that they make are no containers. */
export const isOfHost = (process: Process): boolean =>
  process.membership === undefined &&
  process.invocation?.action !== 'enter' &&
  ((process.engine !== undefined && !makesContainers(process)) || isServiceManager(process.exe));

const makesContainers = ({ invocation }: Process): boolean =>
  invocation?.action === 'start' || invocation?.action === 'sandbox';

/** Whether the mount namespace of a process that was there before makes a container: not that of a service or an engine. */
export const hasOwnMnt = (process: Process, parent: Process | undefined, host: Namespaces): boolean => {
  const { mnt } = process.ns;
  if (mnt === host.mnt || isKernelThread(process)) {
    return false;
  }
  if (mnt === parent?.ns.mnt) {
    return parent.mntMoved;
  }
  return !isServiceOf(process, parent) && process.engine === undefined && !isPause(process.exe, process.args);
};

/** What systemd started as a service, not what was left to it by a parent that has ended. */
const isServiceOf = ({ cgroups: { unit } }: Process, parent: Process | undefined): boolean => {
  const inService = unit?.endsWith('.service');
  return parent !== undefined && isServiceManager(parent.exe)
    ? inService !== false
    : parent?.pid === 1 && inService === true;
};

/** Kernel threads have no program; kdevtmpfs has a mount namespace of its own. */
const isKernelThread = ({ pid, ppid }: Process): boolean => pid === 2 || ppid === 2;
