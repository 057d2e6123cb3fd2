import { join } from 'node:path';
import { readProcText } from './read.ts';

/** What a cgroup has used: CPU time since it was made, and memory now. What its files do not say is absent. */
export interface CgroupUsage {
  readonly cpu_ns?: number;
  readonly memory_bytes?: number;
}

/** Where cgroup files are that count: on a hybrid host CPU and memory can be in hierarchies of their own (cgroups(7)). */
export interface UsageMounts {
  readonly unified: string | undefined;
  readonly cpuacct: string | undefined;
  readonly memory: string | undefined;
}

/** From /proc/self/mounts. */
export const usageMounts = (mounts: string): UsageMounts => {
  const found: { -readonly [Name in keyof UsageMounts]: UsageMounts[Name] } = {
    ...{ unified: undefined, cpuacct: undefined, memory: undefined },
  };
  for (const line of mounts.split('\n')) {
    const [, place, type, options = ''] = line.split(' ');
    if (type === 'cgroup2') {
      found.unified ??= place;
    } else if (type === 'cgroup') {
      const controllers = options.split(',');
      found.cpuacct ??= controllers.includes('cpuacct') ? place : undefined;
      found.memory ??= controllers.includes('memory') ? place : undefined;
    }
  }
  return found;
};

type ReadText = (path: string) => string | undefined;

/**
 * Reads what a cgroup has used.
 *
 * @param paths of the cgroup in whatever hierarchy, from its root: `/docker/ID`
 */
export const readUsage = (
  { unified, cpuacct, memory }: UsageMounts,
  paths: readonly string[],
  read: ReadText = readProcText,
): CgroupUsage => {
  const firstOf = <Value>(mount: string | undefined, find: (folder: string) => Value | undefined) => {
    for (const path of mount === undefined ? [] : paths) {
      const found = find(join(mount!, path));
      if (found !== undefined) {
        return found;
      }
    }
    return undefined;
  };
  const cpu =
    firstOf(cpuacct, (folder) => countOf(read(join(folder, 'cpuacct.usage')))) ??
    firstOf(unified, (folder) => parseCpuStat(read(join(folder, 'cpu.stat'))));
  const bytes =
    firstOf(unified, (folder) => memoryOf(read, folder, 'memory.current', 'inactive_file')) ??
    firstOf(memory, (folder) => memoryOf(read, folder, 'memory.usage_in_bytes', 'total_inactive_file'));
  return { ...(cpu !== undefined && { cpu_ns: cpu }), ...(bytes !== undefined && { memory_bytes: bytes }) };
};

/** Without file pages that the kernel can drop at once, as `docker stats` has it. */
const memoryOf = (read: ReadText, folder: string, file: string, inactive: string): number | undefined => {
  const used = countOf(read(join(folder, file)));
  if (used === undefined) {
    return undefined;
  }
  const droppable = fieldOf(read(join(folder, 'memory.stat')) ?? '', inactive) ?? 0;
  return droppable <= used ? used - droppable : used;
};

export const countOf = (text: string | undefined): number | undefined => {
  const digits = /^(\d{1,16})\n?$/.exec(text ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** `usage_usec` of cpu.stat, in ns. */
export const parseCpuStat = (text: string | undefined): number | undefined => {
  const usec = fieldOf(text ?? '', 'usage_usec');
  return usec === undefined ? undefined : usec * 1000;
};

const fieldOf = (text: string, name: string): number | undefined => {
  for (const line of text.split('\n')) {
    if (line.startsWith(`${name} `)) {
      return countOf(line.slice(name.length + 1));
    }
  }
  return undefined;
};
