import { type Stats, statSync } from 'node:fs';
import { Limited } from './check.ts';
import { canList } from './host-root.ts';

/** Where runtimes keep what they know of their containers, and whose names are there. */
const places = [
  ['/run', 'runc'],
  ['/run/runc', 'runc'],
  ['/run/crun', 'crun'],
  ['/run/containerd', 'containerd'],
  ['/run/docker', 'docker'],
  ['/var/lib/docker', 'docker'],
  ['/var/lib/containers', 'podman and CRI-O'],
  ['/var/lib/lxc', 'LXC'],
] as const;

/**
 * Whether the files that name containers are those of the host, and may be read.
 *
 * @param own where our own root folder is
 * @param host where the host's root folder is, if that may be looked at
 * @throws Limited
 */
export const checkNames = (own: string, host: string | undefined): string => {
  const seen = places.map(([path, runtime]) => ({
    path,
    runtime,
    state: stateOf(`${own}${path}`, host && `${host}${path}`),
  }));
  const hidden = seen.filter(({ state }) => state === 'hidden');
  if (hidden.length > 0) {
    const [{ path }] = hidden as [(typeof hidden)[number]];
    const top = hidden.filter((one) => one.path === '/run' || !one.path.startsWith('/run/') || path !== '/run');
    throw new Limited(
      `${top.map((one) => one.path).join(' and ')} of the host ${top.length === 1 ? 'is' : 'are'} not visible here`,
      `run it on the host, or in a container with ${top.map((one) => `-v ${one.path}:${one.path}:ro`).join(' ')}`,
    );
  }
  const denied = seen.filter(({ state }) => state === 'denied');
  if (denied.length > 0) {
    throw new Limited(`not readable: ${denied.map(({ path }) => path).join(', ')}`, 'run `sudo nstrace doctor`');
  }
  const runtimes = seen
    .filter(({ path, state }) => path !== '/run' && state === 'readable')
    .map(({ runtime }) => runtime);
  return runtimes.length === 0 ? 'no runtime keeps files here' : `from files of ${[...new Set(runtimes)].join(', ')}`;
};

type State = 'absent' | 'readable' | 'denied' | 'hidden';

const stateOf = (own: string, host: string | undefined): State => {
  const [ours, theirs] = [look(own), host === undefined ? undefined : look(host)];
  if (theirs instanceof Object && (ours === undefined || (ours instanceof Object && !isSame(ours, theirs)))) {
    return 'hidden';
  }
  if (ours === undefined) {
    return 'absent';
  }
  return ours === 'denied' || !canList(own) ? 'denied' : 'readable';
};

const look = (path: string): Stats | 'denied' | undefined => {
  try {
    return statSync(path);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES' ? 'denied' : undefined;
  }
};

const isSame = (a: Stats, b: Stats): boolean => a.dev === b.dev && a.ino === b.ino;
