import { lstatSync } from 'node:fs';
import { Mountinfo } from '../procfs/mountinfo.ts';
import { readNamespace } from '../procfs/process.ts';
import { optionOf } from './flags.ts';
import type { Runtime } from './runtime.ts';
import { unescapeUnit } from './systemd-unit.ts';

const name = 'systemd-nspawn';

/**
 * With machined the scope is `machine-NAME.scope`, as a service `systemd-nspawn@NAME.service`, each with `payload` and
 * `supervisor` below; without it `machine.slice/NAME.scope` (systemd, src/nspawn/nspawn-cgroup.c). Virtual machines and
 * libvirt's containers have such scopes too.
 */
const machineIn = (folder: string, above: readonly string[]): string | undefined => {
  const scope = /^(.+)\.scope$/s.exec(folder)?.[1];
  if (scope !== undefined && above.at(-1) === 'machine.slice') {
    const machine = unescapeUnit(scope.replace(/^machine-/, ''));
    return /^(?:lxc|qemu|libpod|crio|docker|runc|crun)-/.test(machine) ? undefined : machine;
  }
  const service = /^systemd-nspawn@(.+)\.service$/s.exec(folder)?.[1];
  return service === undefined ? undefined : unescapeUnit(service);
};

/** Where it keeps a folder for each machine, which it mounts there too (systemd, src/nspawn/nspawn.c). */
const propagate = '/run/systemd/nspawn/propagate';
const incoming = '/run/host/incoming';

const mountinfo = new Mountinfo();

/**
 * With -x a machine is a copy, and called as its folder with 16 random digits behind: only what it has mounted says so. A
 * container can mount what it likes, so the host must have such a folder.
 */
const nameOfCopy = (id: string, init: number): string | undefined => {
  const mnt = readNamespace(`/proc/${init}`, 'mnt') ?? 0;
  for (const line of (mountinfo.read(init, mnt)?.toString('latin1') ?? '').split('\n')) {
    const [, , , root = '', place] = line.split(' ');
    const copy = place === incoming ? root.slice(root.lastIndexOf('/') + 1) : '';
    if (copy.startsWith(`${id}-`) && /^[0-9a-f]{16}$/.test(copy.slice(id.length + 1)) && isFolderOfRoot(copy)) {
      return copy;
    }
  }
  return undefined;
};

const isFolderOfRoot = (copy: string): boolean => {
  try {
    const stats = lstatSync(`${propagate}/${copy}`);
    return stats.isDirectory() && stats.uid === 0;
  } catch {
    return false;
  }
};

export const nspawn: Runtime = {
  name,
  programs: [name],
  readCommand: ([, ...args]) => {
    const folder = optionOf(args, 'D', 'directory') ?? optionOf(args, 'i', 'image');
    const id = optionOf(args, 'M', 'machine') ?? folder?.split('/').findLast((part) => part !== '');
    return id === undefined ? undefined : { runtime: name, action: 'start', id };
  },
  describe: ({ id, init }) => {
    const copy = init === undefined ? undefined : nameOfCopy(id, init);
    return copy === undefined ? undefined : { name: copy };
  },
  readCgroup: (folder, above) => {
    if (folder === 'supervisor' && above.length > 0 && machineIn(above.at(-1)!, above.slice(0, -1)) !== undefined) {
      return 'monitor';
    }
    const id = machineIn(folder, above);
    return id === undefined ? undefined : { id, runtime: name };
  },
};
