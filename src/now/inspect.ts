import { type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { Mountinfo } from '../procfs/mountinfo.ts';
import { procRoot, readProcLink, readProcUtf8 } from '../procfs/read.ts';
import type { ContainerInfo, ContainerRef } from '../record/schema.ts';
import { loginOf } from './login.ts';
import { parseMounts, shownMounts } from './mounts.ts';
import type { InspectRecord } from './schema.ts';
import type { NowProcess, Snapshot } from './snapshot.ts';
import { readRights } from './status.ts';

/** All that is known of a running process. */
export const inspectProcess = (found: NowProcess, snapshot: Snapshot): InspectRecord => {
  const { proc, record } = found;
  const { pid } = proc;
  const link = (name: string): string | undefined => readProcLink(`/proc/${pid}/${name}`)?.toString();
  const root = link('root');
  return {
    type: 'inspect',
    time: snapshot.time,
    pid,
    gone: false,
    nspid: record.nspid,
    ppid: record.ppid,
    comm: record.comm,
    exe: record.exe,
    ...(record.cwd === undefined ? {} : { cwd: record.cwd }),
    uid: record.uid,
    gid: record.gid,
    ...loginOf(record),
    args: record.args,
    started: record.started,
    container: record.container,
    ...(record.origin && { origin: record.origin }),
    ...(record.evidence && { evidence: record.evidence }),
    ...(record.role && { role: record.role }),
    ...(record.for && { for: record.for }),
    ...(record.container && { container_evidence: [...(snapshot.evidence.get(record.container.instance) ?? [])] }),
    namespaces: namespacesOf(found, snapshot),
    ...forChildren(found),
    cgroups: Object.fromEntries([...proc.cgroups].map(([name, path]) => [name || 'unified', path])),
    ancestry: ancestryOf(found, snapshot),
    ...readRights(pid),
    ...(root === undefined ? {} : { root }),
    mounts: mountsOf(pid),
  };
};

/** Each of its namespaces: whether it is the host's, its container's, or its own; how many are in it. */
const namespacesOf = ({ proc, record }: NowProcess, snapshot: Snapshot): InspectRecord['namespaces'] => {
  const { ns } = proc;
  if (ns === undefined) {
    return [];
  }
  const init = initOf(record.container, snapshot);
  return namespaceTypes.map((type) => {
    const inode = ns[type];
    const members = snapshot.processes.filter((other) => other.proc.ns?.[type] === inode);
    const others = new Map(
      members.map(({ record: { container } }) => [container?.id ?? 'host', container?.name ?? 'host']),
    );
    others.delete(record.container?.id ?? 'host');
    return {
      type,
      inode,
      whose: whoseIs(type, inode, snapshot, init, members.length),
      processes: members.length,
      ...(others.size > 0 && { with: [...others.keys()], with_names: [...others.values()] }),
    };
  });
};

const initOf = (container: ContainerRef | null, snapshot: Snapshot): NowProcess | undefined => {
  const info: ContainerInfo | undefined = snapshot.containers.find(({ instance }) => instance === container?.instance);
  return info?.init === undefined ? undefined : snapshot.byPid.get(info.init);
};

const whoseIs = (
  type: NamespaceType,
  inode: number,
  { host }: Snapshot,
  init: NowProcess | undefined,
  members: number,
): 'host' | 'container' | 'own' | 'other' => {
  if (inode === host[type]) {
    return 'host';
  }
  if (init?.proc.ns?.[type] === inode) {
    return 'container';
  }
  return members === 1 ? 'own' : 'other';
};

/** The namespaces that its next children will be in, where they are not its own. */
const forChildren = ({ proc }: NowProcess): Pick<InspectRecord, 'for_children'> => {
  const differing: Partial<Record<NamespaceType, number>> = {};
  for (const type of ['pid', 'time'] as const) {
    const link = readProcLink(`/proc/${proc.pid}/ns/${type}_for_children`)?.toString() ?? '';
    const inode = Number(/\[(\d+)\]/.exec(link)?.[1] ?? Number.NaN);
    if (Number.isInteger(inode) && proc.ns !== undefined && inode !== proc.ns[type]) {
      differing[type] = inode;
    }
  }
  return Object.keys(differing).length > 0 ? { for_children: differing } : {};
};

/** Its parent, the parent of that, to the first process. */
const ancestryOf = ({ proc }: NowProcess, { byPid }: Snapshot): InspectRecord['ancestry'] => {
  const ancestors: InspectRecord['ancestry'] = [];
  const seen = new Set([proc.pid]);
  for (let at = byPid.get(proc.ppid); at !== undefined && !seen.has(at.proc.pid); at = byPid.get(at.proc.ppid)) {
    seen.add(at.proc.pid);
    const { pid, nspid, comm, args, container } = at.record;
    const pidns = at.proc.ns?.pid;
    ancestors.push({ pid, nspid, comm, args, container, ...(pidns === undefined ? {} : { pidns }) });
  }
  return ancestors;
};

/** Mounts that take more CPU time to read, as when each lies on the one before, are not shown. */
const maxMountsMs = 1000;

const mountsOf = (pid: number): InspectRecord['mounts'] => {
  const host = parseMounts(readProcUtf8('/proc/1/mountinfo') ?? readProcUtf8('/proc/self/mountinfo') ?? '');
  const budget = { each: maxMountsMs, all: maxMountsMs };
  const mounts = parseMounts(new Mountinfo(procRoot, budget).read(pid, 0)?.toString('utf8') ?? '');
  return shownMounts(mounts, host).map(({ where, type, source, readOnly, fromHost, layers }) => ({
    where,
    type,
    source,
    read_only: readOnly,
    ...(fromHost === undefined ? {} : { from_host: fromHost }),
    ...(layers.length > 0 && { layers: [...layers] }),
  }));
};
