import { optionOf } from './flags.ts';
import type { Runtime } from './runtime.ts';

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
  programs: ['lxc-start', 'lxc-attach', 'lxc-execute'],
  readCommand: ([program = '', ...args]) => {
    const id = optionOf(args, 'n', 'name') ?? args.find((arg) => !arg.startsWith('-'));
    if (id === undefined) {
      return undefined;
    }
    return { runtime: 'lxc', action: program.endsWith('lxc-attach') ? 'enter' : 'start', id };
  },
  readCgroup: (folder, above) => {
    if (folder.startsWith('lxc.monitor.') || above.at(-1) === 'lxc.monitor') {
      return 'monitor';
    }
    const id = nameIn(folder, above);
    return id === undefined ? undefined : { id, runtime: 'lxc' };
  },
};
