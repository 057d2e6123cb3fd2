import { readFileSync } from 'node:fs';
import { readProcLink, readProcText } from '../procfs/read.ts';
import { usageMounts } from '../procfs/usage.ts';
import { Limited } from './check.ts';

/** PROC_CGROUP_INIT_INO (include/linux/proc_ns.h): the first cgroup namespace. */
const hostCgroupns = 'cgroup:[4026531835]';

/**
 * Which version of cgroups the host has, and whether its files can be read.
 *
 * @param root where our root folder is
 * @throws Limited
 */
export const checkCgroups = (root = ''): string => {
  const mounts = readProcText(`${root}/proc/self/mounts`) ?? '';
  const { unified, cpuacct, memory } = usageMounts(mounts);
  const v1 = /^\S+ \S+ cgroup /m.test(mounts);
  const version = unified === undefined ? (v1 ? 'v1' : undefined) : v1 ? 'hybrid, v1 and v2' : 'v2';
  if (version === undefined) {
    throw new Limited('no hierarchy is mounted here', 'mount -t cgroup2 cgroup2 /sys/fs/cgroup');
  }
  const namespace = readProcLink(`${root}/proc/self/ns/cgroup`)?.toString('latin1');
  if (namespace !== undefined && namespace !== hostCgroupns) {
    throw new Limited(
      `${version}, in a cgroup namespace of its own: paths begin in the middle of the host’s`,
      'run it on the host, or in a container with --cgroupns=host',
      'cgroups have no whole paths, and containers are not found by them',
    );
  }
  const missing = [
    ...(cpuacct === undefined && unified === undefined ? ['CPU'] : []),
    ...(memory === undefined && !hasMemory(unified, root) ? ['memory'] : []),
  ];
  if (missing.length > 0) {
    throw new Limited(
      `${version}, which counts no ${missing.join(' and no ')}`,
      'boot with cgroup_enable=memory on the kernel command line, and without cgroup_disable',
    );
  }
  return version;
};

const hasMemory = (unified: string | undefined, root: string): boolean => {
  try {
    return unified !== undefined && /\bmemory\b/.test(readFileSync(`${root}${unified}/cgroup.controllers`, 'utf8'));
  } catch {
    return false;
  }
};
