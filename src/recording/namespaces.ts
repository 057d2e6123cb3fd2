/** The kinds of namespaces, as /proc/PID/ns names them. */
export const namespaceTypes = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'] as const;
export type NamespaceType = (typeof namespaceTypes)[number];
