import type { Runtime } from './runtime.ts';
import { unescapeUnit } from './systemd-unit.ts';

/** `app-flatpak-APPID-PID.scope` below the user's app.slice (flatpak, common/flatpak-run.c). */
export const flatpak: Runtime = {
  name: 'flatpak',
  readCgroup: (folder) => {
    const match = /^app-flatpak-(.+)-(\d+)\.scope$/s.exec(folder);
    if (match === null) {
      return undefined;
    }
    const name = unescapeUnit(match[1]!);
    return { id: `${name}-${match[2]}`, name, runtime: 'flatpak' };
  },
};
