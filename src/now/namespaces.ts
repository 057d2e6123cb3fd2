import { readdirSync } from 'node:fs';
import { type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { Mountinfo } from '../procfs/mountinfo.ts';
import { procRoot, readProcLink, readProcUtf8 } from '../procfs/read.ts';
import type { ContainerRef } from '../record/schema.ts';
import { readOctal } from './mounts.ts';
import type { NamespaceParents } from './namespace-parents.ts';
import type { NowProcess, Snapshot } from './snapshot.ts';

/** What keeps a namespace that has no process. */
export interface Keeper {
  readonly how: 'mount' | 'descriptor' | 'thread' | 'children';
  /** The mount point, or the file descriptor's number. */
  readonly where: string | undefined;
  /** Who keeps it; of a mount, a process that sees it, where the host does not. */
  readonly pid: number | undefined;
}

/** A namespace that is there now. */
export interface NowNamespace {
  readonly type: NamespaceType;
  readonly inode: number;
  readonly processes: NowProcess[];
  /** At most some are named. */
  readonly keepers: Keeper[];
  /** Containers that have a process in it; null is the host. */
  readonly containers: (ContainerRef | null)[];
  readonly isHost: boolean;
  parent: number | undefined;
  owner: number | undefined;
}

/** Keepers that are named for one namespace. */
const maxKeepers = 8;

const order = new Map(namespaceTypes.map((type, index) => [type, index]));

/** Mounts that cost more CPU time in ms are left out. */
const budget = { each: 200, all: 2000 };

/**
 * Every namespace that a process, a thread, a mount or a file descriptor leads to, by type and inode.
 *
 * @param unread takes the pid of a process whose mounts were not read, since there are too many
 */
export const collectNamespaces = (
  snapshot: Snapshot,
  kin: ReadonlyMap<number, NamespaceParents>,
  unread: (pid: number) => void = () => {},
): NowNamespace[] => {
  const found = new Map<string, NowNamespace>();
  const get = (type: NamespaceType, inode: number): NowNamespace => {
    const key = `${type}${inode}`;
    let namespace = found.get(key);
    if (namespace === undefined) {
      const isHost = snapshot.host[type] === inode;
      const { parent, owner } = kin.get(inode) ?? {};
      namespace = { type, inode, processes: [], keepers: [], containers: [], isHost, parent, owner };
      found.set(key, namespace);
    }
    return namespace;
  };
  for (const process of snapshot.processes) {
    const { ns } = process.proc;
    for (const type of ns === undefined ? [] : namespaceTypes) {
      const namespace = get(type, ns![type]);
      namespace.processes.push(process);
      addContainer(namespace.containers, process.record.container);
    }
  }
  const keep = (type: NamespaceType, inode: number, keeper: Keeper): void => {
    const { processes, keepers } = get(type, inode);
    const known = keepers.some(({ how, where }) => how === keeper.how && where === keeper.where);
    if (processes.length === 0 && !known && keepers.length < maxKeepers) {
      keepers.push(keeper);
    }
  };
  keptByMounts(snapshot, keep, unread);
  for (const { proc } of snapshot.processes) {
    keptByProcess(proc, keep);
  }
  return [...found.values()].sort((a, b) => order.get(a.type)! - order.get(b.type)! || a.inode - b.inode);
};

type Keep = (type: NamespaceType, inode: number, keeper: Keeper) => void;

const addContainer = (containers: (ContainerRef | null)[], container: ContainerRef | null): void => {
  if (!containers.some((known) => isSame(known, container))) {
    containers.push(container);
  }
};

const isSame = (a: ContainerRef | null, b: ContainerRef | null): boolean =>
  a?.instance === b?.instance && a?.id === b?.id && a?.runtime === b?.runtime;

/** `net:[4026532300]`, as links and mounts name a namespace. */
const parseName = (name: string): { type: NamespaceType; inode: number } | undefined => {
  const match = /^([a-z]+)(?:_for_children)?:\[(\d+)\]$/.exec(name);
  const type = match?.[1] as NamespaceType | undefined;
  return type !== undefined && order.has(type) ? { type, inode: Number(match![2]) } : undefined;
};

/** Bind mounts of namespaces, in every mount namespace: /run/netns of ip(8), /run/docker/netns. */
const keptByMounts = ({ processes, host }: Snapshot, keep: Keep, unread: (pid: number) => void): void => {
  const mountinfo = new Mountinfo(procRoot, budget);
  const looked = new Set<number | undefined>();
  for (const { proc } of processes) {
    if (proc.ns === undefined || looked.has(proc.ns.mnt)) {
      continue;
    }
    looked.add(proc.ns.mnt);
    const pid = proc.ns.mnt === host.mnt ? undefined : proc.pid;
    const { refused } = mountinfo;
    const text =
      pid === undefined
        ? readProcUtf8(`${procRoot}/${proc.pid}/mountinfo`)
        : mountinfo.read(pid, proc.ns.mnt)?.toString('utf8');
    if (mountinfo.refused > refused) {
      unread(proc.pid);
    }
    for (const line of (text ?? '').split('\n')) {
      const [, , , root, where] = line.split(' ', 5);
      const name = root === undefined ? undefined : parseName(root);
      if (name !== undefined && where !== undefined) {
        keep(name.type, name.inode, { how: 'mount', where: readOctal(where), pid });
      }
    }
  }
};

const keptByProcess = ({ pid, threads }: NowProcess['proc'], keep: Keep): void => {
  for (const type of ['pid', 'time']) {
    const name = parseName(readProcLink(`/proc/${pid}/ns/${type}_for_children`)?.toString() ?? '');
    if (name !== undefined) {
      keep(name.type, name.inode, { how: 'children', where: undefined, pid });
    }
  }
  for (const descriptor of list(`/proc/${pid}/fd`)) {
    const link = readProcLink(`/proc/${pid}/fd/${descriptor}`);
    // `net:[…]`: paths begin with a slash, and sockets and pipes are many.
    if (link !== undefined && link[0] !== 0x2f) {
      const name = parseName(link.toString('latin1'));
      if (name !== undefined) {
        keep(name.type, name.inode, { how: 'descriptor', where: descriptor, pid });
      }
    }
  }
  if (threads > 1) {
    for (const tid of list(`/proc/${pid}/task`)) {
      for (const type of Number(tid) === pid ? [] : namespaceTypes) {
        const name = parseName(readProcLink(`/proc/${pid}/task/${tid}/ns/${type}`)?.toString('latin1') ?? '');
        if (name !== undefined) {
          keep(name.type, name.inode, { how: 'thread', where: tid, pid });
        }
      }
    }
  }
};

const list = (folder: string): string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};
