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
