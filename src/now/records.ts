import { nsPerTick } from '../kernel/time.ts';
import { loginOf } from './login.ts';
import type { NowNamespace } from './namespaces.ts';
import type { NsRecord, PsRecord } from './schema.ts';
import type { NowProcess } from './snapshot.ts';

/** A process as -o json prints it. */
export const toProcessRecord = ({ proc, record }: NowProcess, time: string): PsRecord => {
  const { pid, nspid, ppid, uid, gid, container, origin, unit, started, comm, exe, cwd, args, args_base64 } = record;
  return {
    type: 'process',
    time,
    pid,
    nspid,
    ppid,
    uid,
    gid,
    ...loginOf(record),
    ns: proc.ns === undefined ? {} : { ...proc.ns },
    container,
    ...(origin && { origin }),
    ...(unit && { unit }),
    started,
    state: proc.state,
    threads: proc.threads,
    cpu_ns: proc.cpuTicks * nsPerTick,
    ...(proc.rssBytes === undefined ? {} : { rss_bytes: proc.rssBytes }),
    comm,
    exe,
    ...(cwd && { cwd }),
    args,
    ...(args_base64 && { args_base64 }),
    cgroups: Object.fromEntries([...proc.cgroups].map(([name, path]) => [name || 'unified', path])),
  };
};

/** A namespace as -o json prints it. */
export const toNamespaceRecord = (namespace: NowNamespace, time: string): NsRecord => {
  const { type, inode, isHost, processes, containers, keepers, parent, owner } = namespace;
  const first = processes[0];
  return {
    type: 'namespace',
    time,
    ns_type: type,
    inode,
    host: isHost,
    processes: processes.length,
    ...(first && { pid: first.proc.pid, uid: first.proc.uid, args: first.record.args }),
    containers,
    ...(keepers.length > 0 && {
      kept_by: keepers.map(({ how, where, pid }) => ({
        how,
        ...(where === undefined ? {} : { where }),
        ...(pid === undefined ? {} : { pid }),
      })),
    }),
    ...(parent === undefined ? {} : { parent }),
    ...(owner === undefined ? {} : { owner }),
  };
};
