import type { Keeper, NowNamespace } from '../now/namespaces.ts';
import { commandOrComm } from './command.ts';
import { containerName } from './container.ts';
import { escapeText } from './escape.ts';
import type { TableColumn } from './table.ts';
import { treeOf } from './tree.ts';
import type { UserNames } from './users.ts';

export interface NsRow extends NowNamespace {
  readonly depth: number;
}

const none = '-';

/** Every column of `nstrace ns`. */
export const nsColumns = (users: UserNames): readonly TableColumn<NsRow>[] => [
  { name: 'type', title: 'TYPE', about: 'pid, mnt, net, ipc, uts, user, cgroup or time', value: ({ type }) => type },
  {
    name: 'inode',
    title: 'INODE',
    about: 'inode, its identity',
    value: ({ inode, depth }) => '  '.repeat(depth) + String(inode),
    key: ({ inode }) => inode,
  },
  {
    name: 'processes',
    title: 'PROCS',
    about: 'how many processes are in it',
    right: true,
    value: ({ processes }) => String(processes.length),
    key: ({ processes }) => processes.length,
  },
  {
    name: 'pid',
    title: 'PID',
    about: 'its first process',
    right: true,
    value: ({ processes }) => String(processes[0]?.proc.pid ?? none),
    key: ({ processes }) => processes[0]?.proc.pid ?? 0,
  },
  {
    name: 'user',
    title: 'USER',
    about: 'user of its first process',
    most: 12,
    value: ({ processes }) => (processes[0] === undefined ? none : escapeText(users.nameOf(processes[0].proc.uid))),
  },
  { name: 'container', title: 'CONTAINER', about: 'containers with a process in it', most: 32, value: containersOf },
  {
    name: 'parent',
    title: 'PARENT',
    about: 'the one it was made in',
    right: true,
    value: ({ parent }) => String(parent ?? none),
  },
  {
    name: 'owner',
    title: 'OWNER',
    about: 'the user namespace that owns it',
    right: true,
    value: ({ owner }) => String(owner ?? none),
  },
  {
    name: 'command',
    title: 'COMMAND',
    about: 'command of its first process, or what keeps it',
    value: ({ processes, keepers }) => {
      const first = processes[0]?.record;
      if (first === undefined) {
        return keepers.map(keptBy).join(', ');
      }
      return commandOrComm(first);
    },
  },
];

export const defaultNsColumns = ['type', 'inode', 'processes', 'pid', 'user', 'container', 'command'] as const;
export const treeNsColumns = ['type', 'inode', 'owner', 'processes', 'pid', 'user', 'container', 'command'] as const;

function containersOf({ containers, isHost }: NowNamespace): string {
  if (containers.length === 0) {
    return isHost ? 'host' : none;
  }
  return containers.map(containerName).join(', ');
}

const keptBy = ({ how, where = '', pid }: Keeper): string => {
  switch (how) {
    case 'mount':
      return `mounted on ${escapeText(where)}${pid === undefined ? '' : ` for pid ${pid}`}`;
    case 'descriptor':
      return `open as descriptor ${where} of pid ${pid}`;
    case 'thread':
      return `thread ${where} of pid ${pid}`;
    case 'children':
      return `for the children of pid ${pid}`;
  }
};

/** Below the namespace that each was made in; those of types that have no parents are below the user namespace that owns them. */
export const namespaceTree = (namespaces: readonly NowNamespace[]): NsRow[] => {
  const byInode = new Map(namespaces.map((namespace) => [namespace.inode, namespace]));
  const parentOf = ({ parent, owner }: NowNamespace): NowNamespace | undefined => byInode.get(parent ?? owner ?? 0);
  return treeOf(namespaces, parentOf).map(({ item, depth }) => ({ ...item, depth }));
};
