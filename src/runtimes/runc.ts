import { startOf } from '../procfs/process.ts';
import { positionals } from './flags.ts';
import type { ContainerState, Runtime, RuntimeCommand } from './runtime.ts';
import { isObject, isValidId, listIds, numberOf, readStateFile, stringOf } from './state-file.ts';

/** runc called by hand: `runc run xyxy12`. Its state is in /run/runc/ID/state.json (runc, libcontainer/container.go). */
const stateFolder = '/run/runc';

const globalFlags = { withValue: new Set(['log', 'log-format', 'root', 'criu', 'rootless']) };
const commandFlags = {
  withValue: new Set([
    ...['bundle', 'b', 'console-socket', 'pid-file', 'preserve-fds'],
    ...['cwd', 'env', 'e', 'user', 'u', 'additional-gids', 'g', 'process', 'p'],
    ...['image-path', 'work-path', 'manage-cgroups-mode', 'empty-ns', 'lsm-profile', 'lsm-mount-context'],
    ...['process-label', 'apparmor', 'cap', 'c', 'cgroup'],
  ]),
};
const actions: ReadonlyMap<string, RuntimeCommand['action']> = new Map([
  ['run', 'start'],
  ['create', 'start'],
  ['restore', 'start'],
  ['exec', 'enter'],
  ['init', 'helper'],
]);

const isProgram = (name: string): boolean => name === 'runc';

const readCommand = (args: readonly string[]): RuntimeCommand | undefined => {
  const { words, next } = positionals(args.slice(1), globalFlags, 1);
  const action = actions.get(words[0] ?? '');
  if (action === undefined) {
    return undefined;
  }
  const [id] = positionals(args.slice(1 + next), commandFlags, 1).words;
  if (action === 'helper') {
    return { runtime: 'runc', action };
  }
  return id !== undefined && isValidId(id) ? { runtime: 'runc', action, id } : undefined;
};

/** A state file counts only if its init lives and started when the file says: pids are reused, files are left behind. */
export const readRuncState = (path: string, runtime: string): ContainerState | undefined => {
  const state = readStateFile(path);
  const id = stringOf(state?.id);
  const init = numberOf(state?.init_process_pid);
  const start = numberOf(state?.init_process_start);
  if (id === undefined || !isValidId(id) || init === undefined || start === undefined || startOf(init) !== start) {
    return undefined;
  }
  return { id, name: id, runtime, init, cgroups: cgroupsOf(state?.cgroup_paths) };
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

const find = (id: string): ContainerState | undefined =>
  isValidId(id) ? readRuncState(`${stateFolder}/${id}/state.json`, 'runc') : undefined;

const list = (): ContainerState[] => listIds(stateFolder).flatMap((id) => find(id) ?? []);

export const runc: Runtime = { name: 'runc', isProgram, readCommand, list, find };
