/** The kinds of namespaces, as /proc/PID/ns names them. */
export const namespaceTypes = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'] as const;
export type NamespaceType = (typeof namespaceTypes)[number];

/** Inodes of the namespaces a process lives in; `pid` and `time` are its own, not those for its children. */
export interface Namespaces {
  readonly pid: number;
  readonly mnt: number;
  readonly net: number;
  readonly ipc: number;
  readonly uts: number;
  readonly user: number;
  readonly cgroup: number;
  readonly time: number;
}

/** Inodes that differ after from before. */
export const changedNamespaces = (before: Namespaces, after: Namespaces): Partial<Record<NamespaceType, number>> => {
  const changed: Partial<Record<NamespaceType, number>> = {};
  for (const type of namespaceTypes) {
    if (before[type] !== after[type]) {
      changed[type] = after[type];
    }
  }
  return changed;
};
