import { textOf } from '../kernel/text.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { optionOf } from './flags.ts';
import type { ContainerState, Runtime } from './runtime.ts';

/** Where its containers are if not set otherwise. */
const usualPath = '/var/lib/lxc';

/** `[lxc monitor] LXCPATH NAME` is how lxc-start calls itself by then; its child is the container's init (lxc, src/lxc/lxccontainer.c). */
const stateOf = (monitor: ProcProcess, running: readonly ProcProcess[]): ContainerState | undefined => {
  const match = /^\[lxc monitor\] (\/.*) ([^/ ]+)$/s.exec(textOf(monitor.args[0] ?? ''));
  const init =
    match === null ? undefined : running.find(({ ppid, ns }) => ppid === monitor.pid && ns?.pid !== monitor.ns?.pid);
  if (match === null || init === undefined || monitor.uid !== 0 || monitor.elsewhere === true) {
    return undefined;
  }
  const [, path, name] = match as unknown as [string, string, string];
  const cgroups = [...new Set(init.cgroups.values())].flatMap((at) => /^.*?\/lxc\.payload[^/]*/s.exec(at)?.[0] ?? []);
  return { id: name, name, runtime: 'lxc', ...(path === usualPath ? {} : { root: path }), init: init.pid, cgroups };
};

/**
 * The name is in the cgroup, since LXC 4 as `lxc.payload.NAME`, before that as `lxc/NAME`; lxc-start's own is
 * `lxc.monitor.NAME` (lxc, src/lxc/cgroups/cgroup.h).
 */
const nameIn = (folder: string, above: readonly string[]): string | undefined => {
  const name = /^lxc\.payload\.(.+)$/s.exec(folder)?.[1];
  if (name !== undefined) {
    return name;
  }
  const parent = above.at(-1);
  return parent === 'lxc.payload' || (parent === 'lxc' && above.at(-2) !== 'libvirt') ? folder : undefined;
};

export const lxc: Runtime = {
  name: 'lxc',
  list: (running) => running.flatMap((process) => stateOf(process, running) ?? []),
  programs: ['lxc-start', 'lxc-attach', 'lxc-execute'],
  readCommand: ([program = '', ...args]) => {
    const id = optionOf(args, 'n', 'name') ?? args.find((arg) => !arg.startsWith('-'));
    if (id === undefined) {
      return undefined;
    }
    const path = optionOf(args, 'P', 'lxcpath');
    const root = path === undefined || path === usualPath ? {} : { root: path };
    return { runtime: 'lxc', action: program.endsWith('lxc-attach') ? 'enter' : 'start', id, ...root };
  },
  readCgroup: (folder, above) => {
    if (folder.startsWith('lxc.monitor.') || above.at(-1) === 'lxc.monitor') {
      return 'monitor';
    }
    const id = nameIn(folder, above);
    return id === undefined ? undefined : { id, runtime: 'lxc' };
  },
};
