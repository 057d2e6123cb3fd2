import { type CgroupUsage, readUsage, type UsageMounts } from '../procfs/usage.ts';
import { containerKey } from '../record/key.ts';
import type { ContainerInfo, NstraceRecord, RecordOf } from '../record/schema.ts';

/** How often each container's files are read. */
const everyNs = 2_000_000_000n;
/** Containers that are read at one heartbeat, ten times a second; of more each is read less often. */
const maxAtOnce = 200;

interface Watched {
  info: ContainerInfo;
  nextAt: bigint;
}

export interface UsageOptions {
  readonly mounts: UsageMounts;
  readonly read?: (mounts: UsageMounts, paths: readonly string[]) => CgroupUsage;
}

/** Makes `usage` records of the containers that live, out of their cgroup files. Give it every record, and heartbeats. */
export class UsageSource {
  readonly #mounts: UsageMounts;
  readonly #read: NonNullable<UsageOptions['read']>;
  readonly #watched = new Map<number | string, Watched>();
  /** How many live containers name a cgroup as theirs. */
  readonly #owners = new Map<string, number>();

  constructor({ mounts, read = readUsage }: UsageOptions) {
    this.#mounts = mounts;
    this.#read = read;
  }

  take(record: NstraceRecord): void {
    if (record.type !== 'container') {
      return;
    }
    const key = containerKey(record.container);
    const before = this.#watched.get(key);
    this.#own(before?.info.cgroups, -1);
    if (record.op === 'removed') {
      this.#watched.delete(key);
      return;
    }
    this.#own(record.container.cgroups, 1);
    this.#watched.set(key, { info: record.container, nextAt: before?.nextAt ?? 0n });
  }

  /** The records that are due at this moment. What the files of a container do not say is absent; without any there is none. */
  beat(now: { time: string; mono: string }): RecordOf<'usage'>[] {
    const at = BigInt(now.mono);
    const records: RecordOf<'usage'>[] = [];
    let left = maxAtOnce;
    for (const [key, watched] of this.#watched) {
      if (watched.nextAt > at || left === 0) {
        continue;
      }
      left -= 1;
      watched.nextAt = at + everyNs;
      // Last in line: with many, each gets its turn.
      this.#watched.delete(key);
      this.#watched.set(key, watched);
      const usage = this.#read(this.#mounts, this.#ownPaths(watched.info));
      if (usage.cpu_ns !== undefined || usage.memory_bytes !== undefined) {
        records.push(usageRecord(watched.info, usage, now));
      }
    }
    return records;
  }

  /** A cgroup that several share counts for none of them; the shortest of its own is the whole container. */
  #ownPaths({ cgroups = [] }: ContainerInfo): string[] {
    return cgroups
      .filter((path) => this.#owners.get(path) === 1 && path !== '/' && !path.split('/').includes('..'))
      .sort((a, b) => a.length - b.length);
  }

  #own(paths: readonly string[] = [], by: number): void {
    for (const path of paths) {
      const count = (this.#owners.get(path) ?? 0) + by;
      if (count > 0) {
        this.#owners.set(path, count);
      } else {
        this.#owners.delete(path);
      }
    }
  }
}

const usageRecord = (
  { id, name, runtime, instance }: ContainerInfo,
  usage: CgroupUsage,
  now: { time: string; mono: string },
): RecordOf<'usage'> => ({
  type: 'usage',
  seq: 0,
  ...now,
  container: { id, name, runtime, ...(instance !== undefined && { instance }) },
  ...usage,
});
