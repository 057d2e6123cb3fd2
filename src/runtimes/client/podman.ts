import { runOptions } from './docker.ts';
import { grammar, joined, readOptions } from './options.ts';

/** Options of podman(1) before its command. */
const globals = grammar(
  `cgroup-manager config conmon c connection db-backend events-backend hooks-dir identity imagestore log-level module namespace
   network-cmd-path network-config-dir out pull-option registries-conf root runroot runtime runtime-flag ssh storage-driver
   storage-opt tmpdir url volumepath`,
  'help noout r remote syslog transient-store v version',
);

/** Those of podman-run(1) that docker has not. */
const ownOptions = grammar(
  `arch authfile cert-dir cgroup-conf cgroups chrootdirs conmon-pidfile creds decryption-key env-merge gidmap group-entry
   health-log-destination health-max-log-count health-max-log-size health-on-failure health-startup-cmd health-startup-interval
   health-startup-retries health-startup-success health-startup-timeout hosts-file hostuser image-volume init-ctr init-path
   intel-rdt-closid mac-address os passwd-entry personality pidfile pod pod-id-file preserve-fd preserve-fds pull-option requires
   retry retry-delay sdnotify seccomp-policy secret shm-size-systemd subgidname subuidname systemd timeout tz uidmap umask unsetenv
   variant`,
  'env-host http-proxy no-hostname no-hosts passwd read-only-tmpfs replace rmi tls-verify unsetenv-all',
);
const options = joined(runOptions, ownOptions);

/** The image of `podman run`, as it was typed; undefined where it runs no image, or has an option that is not known. */
export const imageOfRun = (args: readonly string[]): string | undefined => {
  const before = readOptions(args, 1, globals);
  const at = args[before.next] === 'container' ? before.next + 1 : before.next;
  if (!before.known || args[at] !== 'run') {
    return undefined;
  }
  const { next, known } = readOptions(args, at + 1, options);
  return known ? args[next] : undefined;
};
