import { parseCgroups } from '../procfs/cgroup.ts';
import { startOf } from '../procfs/process.ts';
import { procRoot, readProcText } from '../procfs/read.ts';
import { bundleOfLabels, describeAnnotations, readBundle } from './annotations.ts';
import { rootsOf } from './flags.ts';
import { engineOf, type OciSyntax, readOciCommand } from './oci-command.ts';
import type { ContainerState, Description, NameQuery, Runtime } from './runtime.ts';
import { isObject, isValidId, listIds, numberOf, readStateFile, stringOf } from './state-file.ts';

/** runc called by hand: `runc run xyxy12`. Its state is in /run/runc/ID/state.json (runc, libcontainer/container.go). */
const stateFolder = '/run/runc';

const syntax: OciSyntax = {
  runtime: 'runc',
  usualRoot: stateFolder,
  globals: new Set(['log', 'log-format', 'root', 'criu', 'rootless']),
  options: new Set([
    ...['bundle', 'b', 'console-socket', 'pid-file', 'preserve-fds'],
    ...['cwd', 'env', 'e', 'user', 'u', 'additional-gids', 'g', 'process', 'p'],
    ...['image-path', 'work-path', 'manage-cgroups-mode', 'empty-ns', 'lsm-profile', 'lsm-mount-context'],
    ...['process-label', 'apparmor', 'cap', 'c', 'cgroup'],
  ]),
  actions: new Map([
    ['run', 'start'],
    ['create', 'start'],
    ['restore', 'start'],
    ['exec', 'enter'],
    ['init', 'helper'],
  ]),
};

/**
 * A state file names an init only if that lives and started when the file says: pids are reused, files are left behind.
 *
 * @param ended whether one whose init has ended counts too: other processes may be left
 * @param owner whose file it may be beside root's
 */
export const readRuncState = (
  path: string,
  runtime: string,
  { ended = false, owner = 0 }: { ended?: boolean; owner?: number } = {},
): (ContainerState & { bundle?: string }) | undefined => {
  const state = readStateFile(path, { owner });
  const id = stringOf(state?.id);
  const init = numberOf(state?.init_process_pid);
  const start = numberOf(state?.init_process_start);
  if (id === undefined || !isValidId(id) || init === undefined || start === undefined) {
    return undefined;
  }
  const lives = startOf(init) === start;
  if (!lives && !ended) {
    return undefined;
  }
  const labels = isObject(state?.config) ? state.config.labels : undefined;
  const bundle = bundleOfLabels(labels);
  const engine = runtime === 'runc' && bundle !== undefined ? engineOf(bundle) : undefined;
  return {
    id,
    name: id,
    runtime: engine ?? runtime,
    ...describeAnnotations(annotationsOf(labels)),
    ...(lives ? { init } : { init: undefined, inside: { pid: init, startTicks: start } }),
    cgroups: cgroupsOf(state?.cgroup_paths),
    ...(bundle === undefined ? {} : { bundle }),
  };
};

/** runc keeps annotations as `key=value` (libcontainer/specconv/spec_linux.go). */
const annotationsOf = (labels: unknown): Record<string, unknown> => {
  const annotations: Record<string, unknown> = {};
  for (const label of Array.isArray(labels) ? labels : []) {
    const cut = typeof label === 'string' ? label.indexOf('=') : -1;
    if (cut > 0) {
      annotations[label.slice(0, cut)] = label.slice(cut + 1);
    }
  }
  return annotations;
};

/** `/sys/fs/cgroup/memory/xyxy12` is `/xyxy12` in its hierarchy; on a host with only v2 there is no folder in between. */
const cgroupsOf = (paths: unknown): string[] => {
  if (!isObject(paths)) {
    return [];
  }
  const found = new Set<string>();
  for (const [controller, path] of Object.entries(paths)) {
    if (typeof path === 'string') {
      const below = path.replace(/^\/sys\/fs\/cgroup/, '');
      found.add(controller === '' ? below.replace(/^\/unified\//, '/') : below.replace(/^\/[^/]+/, ''));
    }
  }
  found.delete('');
  found.delete('/');
  return [...found];
};

/** The containers below a state folder of runc. */
export const listRuncStates = (folder: string, runtime: string, owner = 0) =>
  listIds(folder).flatMap((id) => readRuncState(`${folder}/${id}/state.json`, runtime, { ended: true, owner }) ?? []);

/**
 * A runc whose file has another name is no runtime that is known, and its container one by its namespace alone: the state file of its
 * init says which it is.
 */
const stateOfInit = (init: number, root: string): ContainerState | undefined => {
  for (const path of parseCgroups(readProcText(`${procRoot}/${init}/cgroup`) ?? '').values()) {
    const folder = path.slice(path.lastIndexOf('/') + 1);
    const id = idOfScope(folder) ?? folder;
    const state = isValidId(id) ? readRuncState(`${root}/${id}/state.json`, 'runc') : undefined;
    if (state?.init === init) {
      return state;
    }
  }
  return undefined;
};

const stateOf = ({ id, root = stateFolder, init }: NameQuery): ContainerState | undefined => {
  if (!root.startsWith('/')) {
    return undefined;
  }
  if (isValidId(id)) {
    return readRuncState(`${root}/${id}/state.json`, 'runc');
  }
  return init === undefined ? undefined : stateOfInit(init, root);
};

/** `runc --systemd-cgroup` without a cgroup path of the configuration (runc, docs/systemd.md). */
const idOfScope = (folder: string): string | undefined => /^runc-(.+)\.scope$/.exec(folder)?.[1];

const describe = (query: NameQuery): Description | undefined => {
  const state = stateOf(query);
  if (state !== undefined) {
    const { init: _, inside: __, cgroups: ___, id: ____, root: _____, ...description } = state;
    return description;
  }
  return readBundle(query.bundle);
};

export const runc: Runtime = {
  name: 'runc',
  programs: ['runc'],
  readCommand: (args) => readOciCommand(args, syntax),
  readCgroup: (folder) => {
    const id = idOfScope(folder);
    return id === undefined ? undefined : { id, runtime: 'runc' };
  },
  list: (running) =>
    [stateFolder, ...rootsOf(running, 'runc')].flatMap((root) =>
      listRuncStates(root, 'runc').map((state) => (root === stateFolder ? state : { ...state, root })),
    ),
  describe,
};
