import { notInHostPidns, notInHostTimens, notInHostUserns } from '../errors.ts';
import { inHostPidns, inHostTimens, inHostUserns } from '../procfs/host.ts';

const theHosts = 'the host’s';

/** @throws NstraceError (3) */
export const checkPidNamespace = (root?: string): string => {
  if (!inHostPidns(root)) {
    throw notInHostPidns();
  }
  return theHosts;
};

/** @throws NstraceError (3) */
export const checkTimeNamespace = (root?: string): string => {
  if (!inHostTimens(root)) {
    throw notInHostTimens();
  }
  return theHosts;
};

/** @throws NstraceError (3) */
export const checkUserNamespace = (root?: string): string => {
  if (!inHostUserns(root)) {
    throw notInHostUserns();
  }
  return theHosts;
};
