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

export const nspawn: Runtime = {
  name,
  programs: [name],
  readCommand: ([, ...args]) => {
    const folder = optionOf(args, 'D', 'directory') ?? optionOf(args, 'i', 'image');
    const id = optionOf(args, 'M', 'machine') ?? folder?.split('/').findLast((part) => part !== '');
    return id === undefined ? undefined : { runtime: name, action: 'start', id };
  },
  readCgroup: (folder, above) => {
    if (folder === 'supervisor' && above.length > 0 && machineIn(above.at(-1)!, above.slice(0, -1)) !== undefined) {
      return 'monitor';
    }
    const id = machineIn(folder, above);
    return id === undefined ? undefined : { id, runtime: name };
  },
};
