import type { Runtime } from './runtime.ts';

/**
 * A build step with `--isolation chroot`: buildah, or podman, executes itself under this name, which makes namespaces for
 * mounts and host name, and has its child execute the step (buildah, chroot/run_linux.go). Other isolations call an OCI runtime.
 */
export const buildah: Runtime = {
  name: 'buildah',
  programs: ['buildah-chroot-exec'],
  readCommand: () => ({ runtime: 'buildah', action: 'sandbox' }),
};
