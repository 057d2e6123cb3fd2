import { startOf } from '../procfs/process.ts';
import { describeAnnotations, readBundle } from './annotations.ts';
import { engineOf, type OciSyntax, readOciCommand } from './oci-command.ts';
import type { ContainerState, Runtime } from './runtime.ts';
import { isObject, isValidId, listIds, numberOf, readStateFile, stringOf } from './state-file.ts';

/** Its state is in /run/crun/ID/status, beside a copy of the configuration (crun, src/libcrun/status.c). */
const stateFolder = '/run/crun';

const syntax: OciSyntax = {
  runtime: 'crun',
  globals: new Set(['log', 'log-format', 'log-level', 'root', 'cgroup-manager', 'criu', 'rootless']),
  options: new Set([
    ...['bundle', 'b', 'config', 'f', 'console-socket', 'pid-file', 'preserve-fds'],
    ...['cwd', 'env', 'e', 'user', 'u', 'process', 'p', 'process-label', 'apparmor', 'cap', 'c', 'cgroup'],
    ...['image-path', 'work-path', 'manage-cgroups-mode'],
  ]),
  actions: new Map([
    ['run', 'start'],
    ['create', 'start'],
    ['restore', 'start'],
    ['exec', 'enter'],
  ]),
};

const readState = (id: string): ContainerState | undefined => {
  const status = readStateFile(`${stateFolder}/${id}/status`);
  const init = numberOf(status?.pid);
  const start = numberOf(status?.['process-start-time']);
  if (init === undefined || start === undefined || startOf(init) !== start) {
    return undefined;
  }
  const path = stringOf(status?.['cgroup-path']);
  const bundle = stringOf(status?.bundle);
  const config = readStateFile(`${stateFolder}/${id}/config.json`);
  return {
    id,
    name: id,
    runtime: (bundle === undefined ? undefined : engineOf(bundle)) ?? 'crun',
    ...(isObject(config?.annotations) ? describeAnnotations(config.annotations) : {}),
    init,
    cgroups: path === undefined || path === '' ? [] : [path.startsWith('/') ? path : `/${path}`],
  };
};

export const crun: Runtime = {
  name: 'crun',
  programs: ['crun'],
  readCommand: (args) => readOciCommand(args, syntax),
  readCgroup: (folder) => {
    const id = /^crun-(.+)\.scope$/.exec(folder)?.[1];
    return id === undefined ? undefined : { id, runtime: 'crun' };
  },
  list: () => listIds(stateFolder).flatMap((id) => readState(id) ?? []),
  describe: (id, bundle) => {
    const config = isValidId(id) ? readStateFile(`${stateFolder}/${id}/config.json`) : undefined;
    return isObject(config?.annotations) ? describeAnnotations(config.annotations) : readBundle(bundle);
  },
};
