import { noNamespaces, notInHostPidns, notInHostTimens, notInHostUserns, notRoot } from '../errors.ts';
import { inHostPidns, inHostTimens, inHostUserns, maySeeNamespaces } from '../procfs/host.ts';

/** @throws NstraceError (3) if what tracing needs of us is missing: root, and the host's namespaces */
export const requireRights = (): void => {
  requireRoot();
  requireHostPidns();
  requireHostTimens();
  requireNamespaces();
  requireHostUserns();
};

/** @throws NstraceError (3) if tracing is not allowed to us */
export const requireRoot = (): void => {
  if (process.geteuid?.() !== 0) {
    throw notRoot();
  }
};

/** @throws NstraceError (3) if the kernel's pids are not those that we see: in a container without the host's pid namespace */
const requireHostPidns = (): void => {
  if (!inHostPidns()) {
    throw notInHostPidns();
  }
};

/** @throws NstraceError (3) if namespaces of other users' processes cannot be read: in a unit or a container without the right */
const requireNamespaces = (): void => {
  if (!maySeeNamespaces()) {
    throw noNamespaces();
  }
};

/** @throws NstraceError (3) if /proc shows us other times than the kernel's: in a time namespace that is not the host's */
const requireHostTimens = (): void => {
  if (!inHostTimens()) {
    throw notInHostTimens();
  }
};

/** @throws NstraceError (3) if our root is not the kernel's: in a user namespace that is not the host's */
const requireHostUserns = (): void => {
  if (!inHostUserns()) {
    throw notInHostUserns();
  }
};
