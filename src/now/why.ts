import type { InspectRecord, WhyRecord } from './schema.ts';

/** On what evidence a process stands where it does. */
export const whyOf = (found: InspectRecord): WhyRecord => {
  const { time, pid, gone, nspid, ppid, comm, args, container, origin, evidence, role } = found;
  return {
    type: 'why',
    ...{ time, pid, gone, nspid, ppid, comm, args, container },
    ...(origin && { origin }),
    ...(evidence && { evidence }),
    ...(role && { role }),
    ...(found.for && { for: found.for }),
    because: container === null ? onHost(found) : [inContainer(found)],
    container_evidence: found.container_evidence ?? [],
  };
};

const inContainer = ({ evidence, nspid, namespaces, ancestry, cgroups = {}, container }: InspectRecord): string => {
  const inode = (type: string): string => `${type}:[${namespaces.find((found) => found.type === type)?.inode ?? '?'}]`;
  switch (evidence) {
    case 'init':
      return nspid.length > 1 && nspid.at(-1) === 1
        ? `it is pid 1 of ${inode('pid')}: the container's init`
        : 'it is the first process of the container';
    case 'lineage': {
      const above = ancestry.filter((ancestor) => ancestor.container?.instance === container?.instance);
      const init = above.at(-1);
      return init === undefined
        ? 'an ancestor of it is the init of the container'
        : `its ancestor ${init.pid} (${init.comm}) is the first of the container, and it has not left that line`;
    }
    case 'pidns':
      return `it is in ${inode('pid')}, a pid namespace of the container`;
    case 'cgroup':
      return `it is in a cgroup of the container: ${[...new Set(Object.values(cgroups))].join(', ') || 'its record says no more'}`;
    case 'mnt':
      return `it was put into ${inode('mnt')}, the mount namespace of the container`;
    default:
      return 'the recording does not say: it was made by nstrace 0.1';
  }
};

const onHost = ({ namespaces, role, cgroups }: InspectRecord): string[] => {
  const own = (type: string): boolean => namespaces.some((found) => found.type === type && found.whose !== 'host');
  return [
    'none of its ancestors is the init of a container',
    own('pid') ? 'its pid namespace leads to no container' : "its pid namespace is the host's",
    ...(cgroups === undefined ? [] : ['none of its cgroups is one that a runtime made for a container']),
    own('mnt') ? 'its mount namespace is that of a service or a helper' : "its mount namespace is the host's",
    ...(role === undefined ? [] : [`it works for a container from outside, as ${role}`]),
  ];
};
