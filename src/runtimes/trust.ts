import { type Text, textOf } from '../kernel/text.ts';

/** Folders that packages of the system fill and only root may write to. */
const systemFolders = [
  ...['/usr/', '/bin/', '/sbin/', '/lib/', '/lib64/', '/opt/', '/snap/', '/nix/store/', '/gnu/store/'],
  ...['/run/current-system/', '/var/lib/rancher/', '/var/lib/snapd/', '/var/lib/k0s/'],
] as const;

/** Whether a program was executed by a path where only root can have put it. A command line can say anything. */
export const isSystemPath = (exe: Text): boolean => {
  const path = textOf(exe);
  return path[0] === '/' && !path.includes('/../') && systemFolders.some((folder) => path.startsWith(folder));
};

/** Runtimes execute themselves again from a descriptor or a copy in memory: what runs then is what ran before. */
export const isItselfAgain = (exe: Text): boolean => {
  const path = textOf(exe);
  // Asked for each exec: nearly all are of another kind.
  return path.startsWith('/proc/') || path.startsWith('/dev/fd/') || path.startsWith('memfd:', path[0] === '/' ? 1 : 0)
    ? itself.test(path)
    : false;
};

const itself = /^(?:\/proc\/(?:self|\d+)\/(?:exe|fd\/\d+)|\/dev\/fd\/\d+|\/?memfd:.*)$/s;

/** Programs of container engines. Namespaces that they make for themselves are no containers. */
const engines: ReadonlySet<string> = new Set([
  ...['dockerd', 'docker', 'docker-proxy', 'containerd', 'containerd-shim', 'containerd-shim-runc-v1'],
  ...['containerd-shim-runc-v2', 'nerdctl', 'buildkitd', 'rootlesskit', 'rootlesskit-docker-proxy'],
  ...['podman', 'buildah', 'skopeo', 'conmon', 'crio', 'kubelet', 'cri-dockerd'],
]);

/** The container engine that a program is of. */
export const engineIn = (exe: Text): string | undefined => {
  const path = textOf(exe);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return engines.has(name) && isSystemPath(exe) ? name : undefined;
};

/** What holds the namespaces in which an engine of a user other than root works (podman, pkg/rootless/rootless_linux.c). */
export const isPause = (exe: Text, args: readonly Text[]): boolean =>
  args.length === 2 && args[1] === '-P' && isSystemPath(exe) && textOf(exe).endsWith('/catatonit');

/** Makes a sandbox for who executes it. */
export const isSandboxTool = (exe: Text): boolean => {
  const path = textOf(exe);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (name === 'bwrap' || name === 'flatpak-bwrap') && isSystemPath(exe);
};

/** systemd between fork and exec of a service: mount namespaces made then are the service's, and make no container. */
export const isServiceManager = (exe: Text): boolean => {
  const path = textOf(exe);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return (name === 'systemd' || name === 'systemd-executor') && isSystemPath(exe);
};
