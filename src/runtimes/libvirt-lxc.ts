import type { Runtime } from './runtime.ts';
import { unescapeUnit } from './systemd-unit.ts';

/** `machine-lxc\x2dPID\x2dNAME.scope`, and without systemd `NAME.libvirt-lxc` or `libvirt/lxc/NAME` (libvirt, src/util/virsystemd.c). */
export const libvirtLxc: Runtime = {
  name: 'libvirt-lxc',
  readCgroup: (folder, above) => {
    const scope = /^machine-(.+)\.scope$/s.exec(folder)?.[1];
    const id =
      (scope === undefined ? undefined : /^lxc-\d+-(.+)$/s.exec(unescapeUnit(scope))?.[1]) ??
      /^(.+)\.libvirt-lxc$/s.exec(folder)?.[1] ??
      (above.at(-1) === 'lxc' && above.at(-2) === 'libvirt' ? folder : undefined);
    return id === undefined ? undefined : { id, runtime: 'libvirt-lxc' };
  },
};
