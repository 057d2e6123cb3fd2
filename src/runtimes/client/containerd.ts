import { unusualNamespace } from '../oci-command.ts';
import type { ClientCommand, ReadClient } from './client.ts';
import { readCommand } from './docker.ts';
import { type Grammar, grammar, readOptions } from './options.ts';

/** Options of ctr(8) (containerd, cmd/ctr/commands). */
const globals = grammar('address a timeout connect-timeout namespace n', 'debug version v help h');

const runOptions = grammar(
  `snapshotter snapshotter-label config cwd env env-file label annotation mount runtime runtime-config-path runtime-root
   runc-binary runc-root c cpu-quota cpu-period uidmap gidmap rdt-class with-ns pid-file gpus memory-limit cpus device cap-add
   cap-drop cpu-shares platform rootfs-propagation seccomp-profile user u apparmor-profile apparmor-default-profile hostname
   cgroup log-uri fifo-dir sandbox`,
  `rm null-io detach d fifo tty t no-pivot read-only net-host privileged allow-new-privs rootfs runc-systemd-cgroup seccomp
   apparmor remap-labels userns-remap cni isolated mount-options`,
);

const execOptions = grammar('cwd exec-id fifo-dir log-uri user platform', 'tty t detach d');
const startOptions = grammar('fifo-dir log-uri pid-file', 'null-io detach d');

const engines = ['containerd', 'docker', 'kubernetes'];

/** `ctr [options] run IMAGE ID [program]`, `ctr task exec --exec-id X ID PROGRAM`, `ctr task start ID`. */
export const readCtr: ReadClient = (args, from) => {
  const { values, next, known } = readOptions(args, from, globals);
  const isNested = ['tasks', 'task', 't', 'containers', 'container', 'c'].includes(args[next] ?? '');
  const at = isNested ? next + 1 : next;
  const root = unusualNamespace(values.get('n') ?? values.get('namespace'));
  const command = known ? readTask(args, at) : undefined;
  return command === undefined || root === undefined ? command : { ...command, root };
};

const readTask = (args: readonly string[], at: number): ClientCommand | undefined => {
  switch (args[at]) {
    case 'run':
      return readRun(args, at + 1);
    case 'exec':
      return readIn(args, at + 1, 'exec', execOptions);
    case 'start':
      return readIn(args, at + 1, 'start', startOptions);
    default:
      return undefined;
  }
};

const readRun = (args: readonly string[], from: number): ClientCommand => {
  const { next, known } = readOptions(args, from, runOptions);
  const [image, name] = [args[next], args[next + 1]];
  if (image === undefined || name === undefined || !known) {
    return { action: 'run', runtimes: engines, vague: true };
  }
  const program = next + 2 < args.length ? { program: next + 2 } : {};
  return { action: 'run', runtimes: engines, image, name, ...program };
};

const readIn = (
  args: readonly string[],
  from: number,
  action: 'exec' | 'start',
  options: Grammar,
): ClientCommand | undefined => {
  const { next, known } = readOptions(args, from, options);
  if (!known) {
    return { action, runtimes: engines, vague: true };
  }
  const container = args[next];
  const hasProgram = next + 1 < args.length;
  if (container === undefined || (action === 'exec' && !hasProgram)) {
    return undefined;
  }
  return { action, runtimes: engines, containers: [container], ...(action === 'exec' ? { program: next + 1 } : {}) };
};

const nerdctlGlobals = grammar(
  `a address H host bridge-ip cdi-spec-dirs cgroup-manager cni-netconfpath cni-path data-root global-dns global-dns-opts
   global-dns-search host-gateway-ip hosts-dir n namespace snapshotter storage-driver userns-remap`,
  'debug debug-full experimental insecure-registry kube-hide-dupe help v version',
);

/** nerdctl has docker's commands, and talks to containerd (nerdctl, docs/command-reference.md). */
export const readNerdctl: ReadClient = (args, from) => {
  const { values, next, known } = readOptions(args, from, nerdctlGlobals);
  if (!known || args[next] === 'compose') {
    return undefined;
  }
  const root = unusualNamespace(values.get('n') ?? values.get('namespace'));
  const command = readCommand(args, next, ['containerd', 'kubernetes']);
  return command === undefined || root === undefined ? command : { ...command, root };
};
