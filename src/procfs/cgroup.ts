import { readdirSync, statSync } from 'node:fs';

/** Cgroup path by hierarchy from /proc/PID/cgroup: '' is the unified hierarchy, a v1 one is named by its controllers. */
export const parseCgroups = (text: string): Map<string, string> => {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1);
    if (first > 0 && second > first) {
      paths.set(line.slice(first + 1, second), line.slice(second + 1));
    }
  }
  return paths;
};

/** Controllers by the kernel's number of the hierarchy, which is what trace events report. 0 is the unified one. */
export const parseHierarchies = (text: string): Map<number, string> => {
  const names = new Map<number, string>([[0, '']]);
  for (const line of text.split('\n')) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1);
    const number = first > 0 && second > first ? Number(line.slice(0, first)) : Number.NaN;
    if (Number.isSafeInteger(number)) {
      names.set(number, line.slice(first + 1, second));
    }
  }
  return names;
};

/** Where the unified hierarchy is mounted: /sys/fs/cgroup, or /sys/fs/cgroup/unified on a hybrid host. */
export const unifiedMount = (mounts: string): string | undefined => {
  for (const line of mounts.split('\n')) {
    const [, place, type] = line.split(' ');
    if (type === 'cgroup2') {
      return place;
    }
  }
  return undefined;
};

/** Where hierarchies of v1 are mounted, by the kernel's number. */
const v1Mounts = (mounts: string, hierarchies: ReadonlyMap<number, string>): Map<number, string> => {
  const places = new Map<number, string>();
  for (const line of mounts.split('\n')) {
    const [, place, type, options = ''] = line.split(' ');
    if (type === 'cgroup') {
      const words = new Set(options.split(','));
      for (const [number, controllers] of hierarchies) {
        if (number !== 0 && controllers.split(',').every((controller) => words.has(controller))) {
          places.set(number, place!);
        }
      }
    }
  }
  return places;
};

/**
 * Paths of all cgroups by hierarchy, and by id in it. On a host with cgroup v2 only that is one hierarchy.
 *
 * @param mounts /proc/self/mounts
 * @param hierarchies names of hierarchies by the kernel's number
 */
export const readHierarchies = (
  mounts: string,
  hierarchies: ReadonlyMap<number, string>,
): Map<number, Map<number, string>> =>
  new Map(
    [[0, unifiedMount(mounts)] as const, ...v1Mounts(mounts, hierarchies)].map(([number, place]) => [
      number,
      readCgroupPaths(place),
    ]),
  );

/** A host has some hundred cgroups; a folder tree larger than this is not walked to its end. */
const maxFolders = 50_000;

/** Paths of all unified cgroups by id, which is the inode of the folder. */
export const readCgroupPaths = (mount: string | undefined): Map<number, string> => {
  const paths = new Map<number, string>();
  const waiting = mount === undefined ? [] : [''];
  while (waiting.length > 0 && paths.size < maxFolders) {
    const path = waiting.pop()!;
    try {
      paths.set(statSync(`${mount}${path}`).ino, path || '/');
      for (const entry of readdirSync(`${mount}${path}`, { withFileTypes: true })) {
        if (entry.isDirectory()) {
          waiting.push(`${path}/${entry.name}`);
        }
      }
    } catch {
      // Removed while we looked.
    }
  }
  return paths;
};
