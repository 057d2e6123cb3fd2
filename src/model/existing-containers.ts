import type { Namespaces } from '../kernel/namespaces.ts';
import type { ProcProcess } from '../procfs/process.ts';
import type { CgroupReading, ContainerState } from '../runtimes/runtime.ts';
import type { Containers } from './containers.ts';
import type { RuntimeKnowledge } from './naming.ts';
import type { ProcessTable } from './process.ts';

/**
 * Makes the containers that run already, as their runtimes say: theirs are the cgroups that their init, or what is left, is
 * in.
 */
export const addExistingContainers = (
  states: readonly ContainerState[],
  running: readonly ProcProcess[],
  containers: Containers,
  processes: ProcessTable,
  readCgroup: RuntimeKnowledge['readCgroup'],
): void => {
  const byPid = new Map(running.map((process) => [process.pid, process]));
  for (const state of states) {
    const found = state.init === undefined ? initInside(state, running) : byPid.get(state.init);
    const left = found === undefined ? running.filter((process) => isLeftOf(state, process, containers.host)) : [found];
    if (left.length === 0) {
      continue;
    }
    const container = containers.make(state);
    container.rank = 'file';
    container.madeBy = found === undefined ? 'state file, its init has ended' : 'state file';
    for (const { cgroups } of left) {
      for (const [hierarchy, path] of cgroups) {
        if (state.cgroups.includes(path) || isOf(readCgroup(path), state.id)) {
          containers.cgroups.claim(hierarchy, path, container);
        }
      }
    }
    const init = found === undefined ? undefined : processes.find(found.pid, found.startTicks);
    if (init !== undefined) {
      container.init = init;
      init.membership = container.as.init;
    } else {
      container.started = true;
    }
  }
};

/** A runtime in another pid namespace counts pids there: then it is who has that pid in one, that start and that cgroup. */
const initInside = ({ inside, cgroups }: ContainerState, running: readonly ProcProcess[]): ProcProcess | undefined =>
  inside === undefined
    ? undefined
    : running.find(
        ({ startTicks, nspid, cgroups: paths }) =>
          startTicks === inside.startTicks &&
          nspid.length > 2 &&
          nspid.slice(1).includes(inside.pid) &&
          [...paths.values()].some((path) => cgroups.includes(path)),
      );

/** Of a container whose init has ended: in one of its cgroups, and not in the host's mount namespace. */
const isLeftOf = ({ cgroups }: ContainerState, { cgroups: paths, ns }: ProcProcess, host: Namespaces): boolean =>
  ns !== undefined && ns.mnt !== host.mnt && [...paths.values()].some((path) => cgroups.includes(path));

/** Whether a cgroup is that of a container by its path. */
const isOf = ({ owner }: CgroupReading, id: string): boolean => owner !== 'monitor' && owner?.id === id;
