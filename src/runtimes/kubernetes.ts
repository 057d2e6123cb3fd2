import type { Pod, Runtime } from './runtime.ts';
import { hex64 } from './state-file.ts';

/**
 * The kubelet's cgroups: `kubepods/besteffort/podUID` and, for systemd, `kubepods-besteffort-podUID.slice`, with `_` for each
 * `-` in the uid (pkg/kubelet/cm/cgroup_manager_linux.go).
 */
const podUid = (folder: string): string | undefined => {
  const uid =
    /^(?:(?:\w+-)?kubepods(?:-[a-z]+)?-)?pod([0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12}|[0-9a-f]{32})(?:\.slice|$)/.exec(
      folder.replace(/:.*$/, ''),
    )?.[1];
  return uid?.replaceAll('_', '-');
};

/** The pod that a cgroup is in, by the folders of its path. */
export const kubernetesPod = (folders: readonly string[]): Pod | undefined => {
  const id = folders.map(podUid).findLast((found) => found !== undefined);
  return id === undefined ? undefined : { id };
};

/** Without systemd the path does not say which runtime the kubelet asked. */
export const kubernetes: Runtime = {
  name: 'kubernetes',
  readCgroup: (folder, above) =>
    hex64.test(folder) && podUid(above.at(-1) ?? '') !== undefined
      ? { id: folder, runtime: 'kubernetes', guessed: true }
      : undefined,
};
