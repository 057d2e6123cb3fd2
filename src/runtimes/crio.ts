import { readBundle } from './annotations.ts';
import type { Runtime } from './runtime.ts';
import { isValidId } from './state-file.ts';

/** CRI-O keeps configurations where podman does, with names in their annotations (internal/config/cgmgr, internal/oci). */
const storage = '/var/lib/containers/storage/overlay-containers';

export const crio: Runtime = {
  name: 'cri-o',
  readCgroup: (folder) => {
    if (/^crio-conmon-[0-9a-f]{64}(?:\.scope)?$/.test(folder)) {
      return 'monitor';
    }
    const id = /^crio-([0-9a-f]{64})(?:\.scope)?$/.exec(folder)?.[1];
    return id === undefined ? undefined : { id, runtime: 'cri-o' };
  },
  describe: ({ id, bundle }) =>
    readBundle(bundle) ?? (isValidId(id) ? readBundle({ path: `${storage}/${id}/userdata`, uid: 0 }) : undefined),
};
