import { type CgroupUsage, readUsage, type UsageMounts } from '../procfs/usage.ts';
import { containerKey } from '../record/key.ts';
import type { ContainerInfo, ContainerRef, NstraceRecord, RecordOf } from '../record/schema.ts';
import { Busy, type CpuReading, readCpu } from './busy.ts';

/** How often each container's files are read. */
const everyNs = 2_000_000_000n;
/** Containers that are read at one heartbeat, ten times a second; of more each is read less often. */
const maxAtOnce = 200;
/** Containers that are known by a process only: their own record comes at once. */
const maxEarly = 1000;

interface Watched {
  info: ContainerInfo;
  readonly busy: Busy;
  nextAt: bigint;
  /** When it was read last, by the clock of this process: heartbeats come late. */
  readAt: bigint | undefined;
}

export interface UsageOptions {
  readonly mounts: UsageMounts;
  readonly read?: (mounts: UsageMounts, paths: readonly string[]) => CgroupUsage;
  readonly readProcess?: (pid: number) => CpuReading | undefined;
  /** Monotonic, in ns. */
  readonly clock?: () => bigint;
}

/**
 * Makes `usage` records of the containers that live, out of their cgroup files, with the processes that use most CPU, out of
 * /proc. Give it every record, and heartbeats.
 */
export class UsageSource {
  readonly #mounts: UsageMounts;
  readonly #read: NonNullable<UsageOptions['read']>;
  readonly #readProcess: NonNullable<UsageOptions['readProcess']>;
  readonly #clock: () => bigint;
  readonly #watched = new Map<number | string, Watched>();
  /** Containers of which processes were seen before themselves were. */
  readonly #early = new Map<number | string, Busy>();
  /** How many live containers name a cgroup as theirs. */
  readonly #owners = new Map<string, number>();

  constructor({ mounts, read = readUsage, readProcess = readCpu, clock = process.hrtime.bigint }: UsageOptions) {
    this.#mounts = mounts;
    this.#read = read;
    this.#readProcess = readProcess;
    this.#clock = clock;
  }

  take(record: NstraceRecord): void {
    switch (record.type) {
      case 'process':
      case 'fork':
      case 'exec':
        return this.#busyOf(record.container)?.add(record.pid);
      case 'exit':
        return this.#busyOf(record.container)?.delete(record.pid);
      case 'container':
        return this.#take(record);
      default:
    }
  }

  #take(record: RecordOf<'container'>): void {
    const key = containerKey(record.container);
    const before = this.#watched.get(key);
    this.#own(before?.info.cgroups, -1);
    if (record.op === 'removed') {
      this.#watched.delete(key);
      this.#early.delete(key);
      return;
    }
    this.#own(record.container.cgroups, 1);
    const busy = before?.busy ?? this.#early.get(key) ?? new Busy();
    this.#early.delete(key);
    this.#watched.set(key, { info: record.container, busy, nextAt: before?.nextAt ?? 0n, readAt: before?.readAt });
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
      const busiest = watched.busy.read(this.#readProcess);
      const readAt = this.#clock();
      const interval = watched.readAt === undefined ? 0n : readAt - watched.readAt;
      watched.readAt = readAt;
      if (usage.cpu_ns !== undefined || usage.memory_bytes !== undefined || busiest.length > 0) {
        const since = interval > 0n && { ...(busiest.length > 0 && { busiest }), interval_ns: Number(interval) };
        records.push({ ...usageRecord(watched.info, usage, now), ...since });
      }
    }
    return records;
  }

  #busyOf(container: ContainerRef | null): Busy | undefined {
    if (container === null) {
      return undefined;
    }
    const key = containerKey(container);
    const known = this.#watched.get(key)?.busy ?? this.#early.get(key);
    if (known !== undefined || this.#early.size >= maxEarly) {
      return known;
    }
    const busy = new Busy();
    this.#early.set(key, busy);
    return busy;
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
