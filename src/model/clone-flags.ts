import type { Namespaces, NamespaceType } from '../kernel/namespaces.ts';

/** CLONE_NEW* (include/uapi/linux/sched.h). */
const cloneFlags: readonly [number, string, NamespaceType][] = [
  [0x0002_0000, 'CLONE_NEWNS', 'mnt'],
  [0x0200_0000, 'CLONE_NEWCGROUP', 'cgroup'],
  [0x0400_0000, 'CLONE_NEWUTS', 'uts'],
  [0x0800_0000, 'CLONE_NEWIPC', 'ipc'],
  [0x1000_0000, 'CLONE_NEWUSER', 'user'],
  [0x2000_0000, 'CLONE_NEWPID', 'pid'],
  [0x4000_0000, 'CLONE_NEWNET', 'net'],
  [0x0000_0080, 'CLONE_NEWTIME', 'time'],
];

const anyNew = cloneFlags.reduce((all, [flag]) => all | flag, 0);

export const asksForNamespaces = (flags: number): boolean => (flags & anyNew) !== 0;

export const flagNames = (flags: number): string[] =>
  asksForNamespaces(flags) ? cloneFlags.filter(([flag]) => (flags & flag) !== 0).map(([, name]) => name) : [];

/** The inodes of the kinds that CLONE_NEW* flags ask for. */
export const askedNamespaces = (flags: number, ns: Namespaces): Partial<Record<NamespaceType, number>> =>
  Object.fromEntries(cloneFlags.filter(([flag]) => (flags & flag) !== 0).map(([, , type]) => [type, ns[type]]));
