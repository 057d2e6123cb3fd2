/** File systems that answer from memory or a disk of this machine. Others may wait for a server, or for another process. */
const local = new Set([
  ...['tmpfs', 'ramfs', 'rootfs', 'devtmpfs', 'overlay', 'aufs', 'btrfs', 'zfs', 'bcachefs'],
  ...['proc', 'sysfs', 'cgroup', 'cgroup2', 'devpts', 'mqueue', 'hugetlbfs', 'debugfs', 'tracefs', 'securityfs', 'bpf'],
]);
/** Several directories of one can have the same inode: the first one of each subvolume. */
const withSubvolumes = new Set(['btrfs', 'bcachefs']);
const minorBits = 20;

/** What /proc/PID/mountinfo says of file systems (proc_pid_mountinfo(5)). */
export interface LocalMounts {
  /**
   * Devices (12 bits major, 20 bits minor) by the id of their mount, of file systems on this machine. An overlay may lie on one that is
   * not, which its own files still wait for.
   */
  readonly devices: ReadonlyMap<number, number>;
  /** Those of them on which a device and an inode are not one directory only. */
  readonly ambiguous: ReadonlySet<number>;
  /** Whether `/` is one of them. */
  readonly root: boolean;
}

export const parseLocalMounts = (mountinfo: string): LocalMounts => {
  const devices = new Map<number, number>();
  const ambiguous = new Set<number>();
  let root = false;
  for (const line of mountinfo.split('\n')) {
    const fields = line.split(' ');
    const type = fields[fields.indexOf('-', 6) + 1] ?? '';
    const [major, minor] = (fields[2] ?? '').split(':').map(Number);
    const isLocal = local.has(type) || (major! > 0 && !type.startsWith('fuse'));
    if (isLocal) {
      devices.set(Number(fields[0]), (major! << minorBits) | minor!);
      if (withSubvolumes.has(type)) {
        ambiguous.add(Number(fields[0]));
      }
    }
    if (fields[4] === '/') {
      // The last one lies on top.
      root = isLocal;
    }
  }
  return { devices, ambiguous, root };
};
