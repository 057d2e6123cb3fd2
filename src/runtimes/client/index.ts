import { type Text, textOf } from '../../kernel/text.ts';
import { isSystemPath } from '../trust.ts';
import type { ClientCommand, ReadClient } from './client.ts';
import { readCtr, readNerdctl } from './containerd.ts';
import { readCompose, readDocker } from './docker.ts';
import { readCrictl, readK3s, readKubectl } from './kubernetes.ts';

/** docker calls its plugin as `docker-compose compose exec ...`, and docker-compose of old has no word before. */
const readComposePlugin: ReadClient = (args, from) => readCompose(args, args[from] === 'compose' ? from + 1 : from);

const tools = new Map<string, ReadClient>([
  ['docker', readDocker],
  ['docker-compose', readComposePlugin],
  ['nerdctl', readNerdctl],
  ['ctr', readCtr],
  ['crictl', readCrictl],
  ['kubectl', readKubectl],
  ['oc', readKubectl],
]);
const clients = new Map<string, ReadClient>([...tools, ['k3s', readK3s(tools)]]);

/** Programs that act for others: whom they descend from says nothing of who asked. */
const daemons: ReadonlySet<string> = new Set([
  ...['dockerd', 'containerd', 'containerd-shim', 'containerd-shim-runc-v1', 'containerd-shim-runc-v2', 'buildkitd'],
  ...['crio', 'kubelet', 'cri-dockerd', 'k3s-server', 'k3s-agent', 'rke2', 'k0s', 'nomad', 'balenad', 'lxd', 'incusd'],
  ...['balena-engine-daemon', 'libvirtd', 'virtlxcd', 'systemd-machined'],
]);

const nameIn = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** An interpreter's arguments have its own name before that of the script: `python3 /usr/bin/docker-compose exec ...`. */
const maxInterpreter = 3;

/**
 * What a program asks a daemon for; asked for each exec, of which nearly none is a client's. A command line can say anything: it
 * counts if it is that of a program from where only root can have put it, or of root's.
 */
export const readClient = (exe: Text, args: readonly Text[], uid: number): ClientCommand | undefined => {
  const name = nameIn(textOf(exe));
  const read = clients.get(name);
  if (read === undefined || !(uid === 0 || isSystemPath(exe))) {
    return undefined;
  }
  const words = args.map(textOf);
  const self = words.slice(0, maxInterpreter).findIndex((word) => nameIn(word) === name);
  return read(words, Math.max(0, self) + 1);
};

/** Whether a program is a daemon that starts containers when others ask. Whoever calls his own program so only hides himself. */
export const isDaemon = (exe: Text, args: readonly Text[]): boolean => {
  const name = nameIn(textOf(exe));
  return (
    daemons.has(name) ||
    (name === 'podman' && args.some((arg, at) => arg === 'system' && args[at + 1] === 'service')) ||
    (name === 'k3s' && (args[1] === 'server' || args[1] === 'agent'))
  );
};
