import type { Runtime } from './runtime.ts';

/** `snap.PACKAGE.APP.service`, `snap.PACKAGE.APP.UUID.scope` or with `-UUID` (snapd, sandbox/cgroup/tracking.go). */
export const snap: Runtime = {
  name: 'snap',
  readCgroup: (folder) => {
    const id = /^(snap\.[^.]+\..+)\.(?:service|scope)$/s.exec(folder)?.[1];
    if (id === undefined) {
      return undefined;
    }
    const name = id.replace(/^snap\./, '').replace(/[.-][0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, '');
    return { id, name, runtime: 'snap' };
  },
};
