/** A mount as /proc/PID/mountinfo has it (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly where: string;
  readonly type: string;
  readonly source: string;
  /** Of the file system, the folder that is mounted here. */
  readonly root: string;
  readonly device: string;
  readonly readOnly: boolean;
  /** Of an overlay, the uppermost first. */
  readonly layers: readonly string[];
}

export const parseMounts = (text: string): Mount[] => {
  const mounts: Mount[] = [];
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ');
    const [, , device, root, where, options] = (before ?? '').split(' ');
    const [type, source, superOptions = ''] = (after ?? '').split(' ');
    if (device === undefined || root === undefined || where === undefined || type === undefined) {
      continue;
    }
    mounts.push({
      where: readOctal(where),
      type,
      source: readOctal(source ?? ''),
      root: readOctal(root),
      device,
      readOnly: (options ?? '').split(',').includes('ro') || superOptions.split(',').includes('ro'),
      layers: type === 'overlay' ? overlayLayers(superOptions) : [],
    });
  }
  return mounts;
};

/** Blanks and the like are octal there. */
export const readOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const overlayLayers = (options: string): string[] => {
  const value = (name: string): string | undefined => new RegExp(`(?:^|,)${name}=([^,]*)`).exec(options)?.[1];
  const upper = value('upperdir');
  // A colon of a layer's own has a backslash before it; since 6.5 layers can be given one by one.
  const lower = (value('lowerdir') ?? '').split(/(?<!\\134|\\):/);
  const single = [...options.matchAll(/(?:^|,)(?:lowerdir|datadir)\+=([^,]*)/g)].map((match) => match[1]!);
  return [...(upper === undefined ? [] : [upper]), ...lower, ...single]
    .filter((layer) => layer !== '')
    .map((layer) => readOctal(layer).replaceAll('\\:', ':'));
};

/** File systems that the kernel makes itself: every container has them. */
const kernelTypes = new Set([
  ...[
    'proc',
    'sysfs',
    'tmpfs',
    'devpts',
    'devtmpfs',
    'mqueue',
    'cgroup',
    'cgroup2',
    'securityfs',
    'debugfs',
    'tracefs',
  ],
  ...['bpf', 'pstore', 'configfs', 'fusectl', 'hugetlbfs', 'binfmt_misc', 'efivarfs', 'nsfs', 'autofs', 'ramfs'],
]);

/** Those of which each mount is one of its own: the same as the host's is the host's. */
const ownEach = new Set(['tmpfs', 'devtmpfs', 'ramfs']);

export interface ShownMount extends Mount {
  /** The folder of the host that is bound here, if that can be found out. */
  readonly fromHost: string | undefined;
}

/** The root file system, and what of the host or of other disks can be seen in it. */
export const shownMounts = (mounts: readonly Mount[], host: readonly Mount[]): ShownMount[] =>
  mounts
    .map((mount) => ({ ...mount, fromHost: onHost(mount, host) }))
    .filter(
      ({ where, type, fromHost }) =>
        where === '/' || !kernelTypes.has(type) || (fromHost !== undefined && ownEach.has(type)),
    );

/** Where the host sees the same folder: its mount of that device with the longest root above it. */
const onHost = ({ device, root, type }: Mount, host: readonly Mount[]): string | undefined => {
  if (type === 'overlay') {
    return undefined;
  }
  let best: Mount | undefined;
  for (const mount of host) {
    const above = mount.root === '/' ? '' : mount.root;
    const holds = mount.device === device && (root === mount.root || root.startsWith(`${above}/`));
    if (holds && (best === undefined || mount.root.length > best.root.length)) {
      best = mount;
    }
  }
  if (best === undefined) {
    return undefined;
  }
  const below = best.root === '/' ? root : root.slice(best.root.length);
  return `${best.where === '/' ? '' : best.where}${below === '/' ? '' : below}` || '/';
};
