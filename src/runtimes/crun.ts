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

/** Where its containers are, and whose files they may be beside root's. */
interface Place {
  readonly usual: string;
  readonly owner: number;
}

const readState = (root: string, id: string, { usual, owner }: Place): ContainerState | undefined => {
  const status = readStateFile(`${root}/${id}/status`, { owner });
  const init = numberOf(status?.pid);
  const start = numberOf(status?.['process-start-time']);
  if (init === undefined || start === undefined) {
    return undefined;
  }
  const path = stringOf(status?.['cgroup-path']);
  const bundle = stringOf(status?.bundle);
  const config = readStateFile(`${root}/${id}/config.json`, { owner });
  return {
    id,
    name: id,
    runtime: (bundle === undefined ? undefined : engineOf(bundle)) ?? 'crun',
    ...(isObject(config?.annotations) ? describeAnnotations(config.annotations) : {}),
    ...(root === usual ? {} : { root }),
    init: startOf(init) === start ? init : undefined,
    cgroups: path === undefined || path === '' ? [] : [path.startsWith('/') ? path : `/${path}`],
  };
};

/** @param place another place than the system's, for tests */
export const crunIn = (place: Place): Runtime => ({
  name: 'crun',
  programs: ['crun'],
  readCommand: (args) => readOciCommand(args, syntax),
  readCgroup: (folder) => {
    const id = /^crun-(.+)\.scope$/.exec(folder)?.[1];
    return id === undefined ? undefined : { id, runtime: 'crun' };
  },
  list: (running) =>
    [place.usual, ...rootsOf(running, 'crun')].flatMap((root) =>
      listIds(root).flatMap((id) => readState(root, id, place) ?? []),
    ),
  describe: ({ id, root = place.usual, bundle }) => {
    const config =
      isValidId(id) && root.startsWith('/') ? readStateFile(`${root}/${id}/config.json`, place) : undefined;
    return isObject(config?.annotations) ? describeAnnotations(config.annotations) : readBundle(bundle);
  },
});

export const crun = crunIn({ usual: stateFolder, owner: 0 });
