import { readBundle } from './annotations.ts';
import { optionOf, positionals } from './flags.ts';
import { unusualNamespace } from './oci-command.ts';
import { listRuncStates } from './runc.ts';
import type { Runtime, RuntimeCommand } from './runtime.ts';
import { isValidId, listIds } from './state-file.ts';

/** What containerd's shim gives to runc as --root, by namespace (cmd/containerd-shim-runc-v2, process/init.go). */
const runcRoot = '/run/containerd/runc';

const globals = new Set(['address', 'a', 'timeout', 'connect-timeout', 'namespace', 'n']);
const options = new Set([
  ...[
    'snapshotter',
    'snapshotter-label',
    'config',
    'cwd',
    'env',
    'env-file',
    'label',
    'annotation',
    'mount',
    'runtime',
  ],
  ...[
    'runtime-config-path',
    'runtime-root',
    'runc-binary',
    'runc-root',
    'c',
    'cpu-quota',
    'cpu-period',
    'uidmap',
    'gidmap',
    'rdt-class',
    'with-ns',
    'pid-file',
    'gpus',
    'memory-limit',
    'cpus',
  ],
  ...['device', 'cap-add', 'cap-drop', 'cpu-shares', 'platform', 'rootfs-propagation', 'seccomp-profile', 'user', 'u'],
  ...[
    'apparmor-profile',
    'apparmor-default-profile',
    'hostname',
    'cgroup',
    'log-uri',
    'fifo-dir',
    'exec-id',
    'process',
  ],
]);

/** `ctr run IMAGE ID` and `ctr task exec ID`: the daemon's shim does it, but the image is said nowhere else. */
const readCtr = (args: readonly string[]): RuntimeCommand | undefined => {
  const first = positionals(args.slice(1), { withValue: globals }, 1);
  let rest = args.slice(1 + first.next);
  let [command] = first.words;
  if (['tasks', 'task', 't', 'containers', 'container', 'c'].includes(command ?? '')) {
    const second = positionals(rest, { withValue: globals }, 1);
    [command] = second.words;
    rest = rest.slice(second.next);
  }
  const words = positionals(rest, { withValue: options }, 2).words;
  const [image, id] = words;
  if (command === 'run' && image !== undefined && id !== undefined && isValidId(id)) {
    return { runtime: 'containerd', action: 'monitor', id, image, ...inNamespace(args) };
  }
  const [entered] = words;
  return command === 'exec' && entered !== undefined && isValidId(entered)
    ? { runtime: 'containerd', action: 'enter', id: entered }
    : undefined;
};

const rootAs = (namespace: string): { root?: string } => {
  const root = unusualNamespace(namespace);
  return root === undefined ? {} : { root };
};

const inNamespace = (args: readonly string[]): { root?: string } => {
  const root = unusualNamespace(optionOf(args, 'namespace', 'n'));
  return root === undefined ? {} : { root };
};

/** `containerd-shim-runc-v2 -namespace moby -id ID -address SOCK start`: it comes before the container, and stays by it; with `delete` it clears up. */
const readShim = (args: readonly string[]): RuntimeCommand | undefined => {
  const id = optionOf(args, 'id');
  if (id === undefined || !isValidId(id)) {
    return undefined;
  }
  const runtime = optionOf(args, 'namespace') === 'moby' ? 'docker' : 'containerd';
  return { runtime, action: args.includes('delete') ? 'manage' : 'monitor', id, ...inNamespace(args) };
};

/** @param place where runc's states are by namespace, and whose files they may be beside root's: tests have their own */
export const containerdIn = ({ states, owner }: { states: string; owner: number }): Runtime => ({
  name: 'containerd',
  programs: ['ctr', 'containerd-shim-runc-v2', 'containerd-shim-runc-v1', 'containerd-shim'],
  readCommand: (args) => (/(?:^|\/)ctr$/.test(args[0] ?? '') ? readCtr(args) : readShim(args)),
  readCgroup: (folder) => {
    // The last one is that of a wrongly set driver, as `pod_uid.slice:cri-containerd:ID`.
    const id =
      /^(?:cri-containerd|nerdctl)-([0-9a-f]{64})\.scope$/.exec(folder)?.[1] ??
      /:cri-containerd:([0-9a-f]{64})$/.exec(folder)?.[1];
    return id === undefined ? undefined : { id, runtime: 'containerd' };
  },
  list: () =>
    listIds(states).flatMap((namespace) =>
      namespace === 'moby'
        ? []
        : listRuncStates(`${states}/${namespace}`, 'containerd', owner).map((state) => ({
            ...state,
            ...rootAs(namespace),
          })),
    ),
  describe: ({ bundle }) => readBundle(bundle),
});

export const containerd = containerdIn({ states: runcRoot, owner: 0 });
