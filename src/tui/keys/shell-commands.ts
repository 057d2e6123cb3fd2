import { quoteCommand } from '../../view/quote.ts';
import type { Group } from '../store/group.ts';

/** Commands that lead into the namespaces of a container that runs, the runtime's own first: pids of others are used again. */
export const wayInto = ({ ref, info, ended, life }: Group, pid?: number): string[] => {
  if (ref === null || ended || life?.endedAt !== undefined) {
    return [];
  }
  const { runtime, name, id } = ref;
  const commands: Record<string, string[]> = {
    docker: ['docker', 'exec', '-it', name, 'sh'],
    podman: ['podman', 'exec', '-it', name, 'sh'],
    runc: ['runc', 'exec', '-t', id, 'sh'],
    crun: ['crun', 'exec', '-t', id, 'sh'],
    lxc: ['lxc-attach', '-n', name],
    containerd: ['ctr', 'task', 'exec', '-t', '--exec-id', 'shell', id, 'sh'],
  };
  const own = Object.hasOwn(commands, runtime) ? commands[runtime] : undefined;
  const inside = info?.init ?? pid;
  return [
    ...(own === undefined ? [] : [quoteCommand(own)]),
    ...(inside === undefined ? [] : [`nsenter -t ${inside} -a`]),
  ];
};
