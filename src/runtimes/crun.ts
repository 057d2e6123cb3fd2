import { startOf } from '../procfs/process.ts';
import { describeAnnotations, readBundle } from './annotations.ts';
import { rootsOf } from './flags.ts';
import { engineOf, type OciSyntax, readOciCommand } from './oci-command.ts';
import type { ContainerState, Runtime } from './runtime.ts';
import { isObject, isValidId, listIds, numberOf, readStateFile, stringOf } from './state-file.ts';

/** Its state is in /run/crun/ID/status, beside a copy of the configuration (crun, src/libcrun/status.c). */
const stateFolder = '/run/crun';

const syntax: OciSyntax = {
  runtime: 'crun',
  usualRoot: stateFolder,
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

const readState = (root: string, id: string): ContainerState | undefined => {
  const status = readStateFile(`${root}/${id}/status`);
  const init = numberOf(status?.pid);
  const start = numberOf(status?.['process-start-time']);
  if (init === undefined || start === undefined) {
    return undefined;
  }
  const path = stringOf(status?.['cgroup-path']);
  const bundle = stringOf(status?.bundle);
  const config = readStateFile(`${root}/${id}/config.json`);
  return {
    id,
    name: id,
    runtime: (bundle === undefined ? undefined : engineOf(bundle)) ?? 'crun',
    ...(isObject(config?.annotations) ? describeAnnotations(config.annotations) : {}),
    ...(root === stateFolder ? {} : { root }),
    init: startOf(init) === start ? init : undefined,
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
  list: (running) =>
    [stateFolder, ...rootsOf(running, 'crun')].flatMap((root) =>
      listIds(root).flatMap((id) => readState(root, id) ?? []),
    ),
  describe: ({ id, root = stateFolder, bundle }) => {
    const config = isValidId(id) && root.startsWith('/') ? readStateFile(`${root}/${id}/config.json`) : undefined;
    return isObject(config?.annotations) ? describeAnnotations(config.annotations) : readBundle(bundle);
  },
};
