import type { Namespaces } from '../kernel/namespaces.ts';
import { counted } from '../kernel/plural.ts';
import { Model } from '../model/model.ts';
import { WallClock } from '../model/wall-clock.ts';
import { parseHierarchies } from '../procfs/cgroup.ts';
import { readWallOffset } from '../procfs/clock.ts';
import { inHostPidns, readHostNamespaces } from '../procfs/host.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { hidesOthers, readProcText } from '../procfs/read.ts';
import { scanProcesses } from '../procfs/scan.ts';
import type { ContainerInfo, RecordOf } from '../record/schema.ts';
import { describeContainer, listContainers, readCgroup, readRuntimeCommand } from '../runtimes/index.ts';

/** A running process, with what tracing would report of it. */
export interface NowProcess {
  readonly proc: ProcProcess;
  readonly record: RecordOf<'process'>;
}

/** What runs now, as a trace that begins now would report it. */
export interface Snapshot {
  /** In the order in which they started. */
  readonly processes: readonly NowProcess[];
  readonly byPid: ReadonlyMap<number, NowProcess>;
  readonly containers: readonly ContainerInfo[];
  /** Why each container is one and has its name, by instance. */
  readonly evidence: ReadonlyMap<number | undefined, readonly string[]>;
  /** The namespaces of the host's init, or of what looks like it from here. */
  readonly host: Namespaces;
  /** RFC 3339. */
  readonly time: string;
  /** What the caller may not see, in words. */
  readonly hidden: readonly string[];
}

export const takeSnapshot = async (): Promise<Snapshot> => {
  const host = readHostNamespaces();
  const running = await scanProcesses(new Set());
  const clock = new WallClock(readWallOffset());
  const records: RecordOf<'process'>[] = [];
  const containers: ContainerInfo[] = [];
  const evidence = new Map<number | undefined, readonly string[]>();
  const model = new Model({
    host,
    hierarchies: parseHierarchies(readProcText('/proc/self/cgroup') ?? ''),
    // Only events have ids instead of paths.
    cgroupPaths: new Map(),
    clock,
    readCommand: readRuntimeCommand,
    runtimes: { readCgroup, describe: describeContainer },
    emit: (record) => {
      if (record.type === 'process') {
        records.push(record);
      } else if (record.type === 'container') {
        containers.push(record.container);
        evidence.set(record.container.instance, record.evidence ?? []);
      }
    },
  });
  const now = process.hrtime.bigint();
  model.existing(running, listContainers(running), { mono: String(now), at: Number(now) });
  const processes = running.map((proc, index) => ({ proc, record: records[index]! }));
  return {
    processes,
    byPid: new Map(processes.map((found) => [found.proc.pid, found])),
    containers,
    evidence,
    host,
    time: new Date().toISOString(),
    hidden: findHidden(running, inHostPidns()),
  };
};

/** What rights, mount options and our own pid namespace keep from us. */
export const findHidden = (running: readonly Pick<ProcProcess, 'ns' | 'ending'>[], fromHost: boolean): string[] => {
  const hidden: string[] = [];
  // What has ended while it was read, or is not waited for yet, has no namespaces any more.
  const unread = running.filter(({ ns, ending }) => ns === undefined && ending !== true).length;
  if (unread > 0) {
    const many = counted(unread, 'process', 'processes');
    const why = process.geteuid?.() === 0 ? ', though you are root' : ': run it as root to see them';
    hidden.push(`the namespaces of ${many} are hidden from you${why}`);
  }
  if (hidesOthers()) {
    hidden.push(
      'processes of other users are hidden from you, since /proc is mounted with hidepid: run it as root to see them',
    );
  }
  if (!fromHost) {
    hidden.push(
      'it runs in a pid namespace of its own: processes outside are hidden from you, and host is what this namespace began with; run it on the host, or in a container with --pid=host',
    );
  }
  return hidden;
};
