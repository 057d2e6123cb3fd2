import { tableColumns } from '../paint/table.ts';
import { type GroupKind, groupKinds } from '../rows/grouping.ts';

/** One line of a menu: the key that chooses it at once, and what it is. */
export interface MenuItem {
  readonly key: string;
  readonly name: string;
  readonly about: string;
}

export type MenuName = 'sort' | 'by' | 'copy' | 'jump';

export interface Menu {
  readonly title: string;
  /** If there is more than choosing. */
  readonly hint?: string;
  readonly items: readonly MenuItem[];
}

const groupLetters: Readonly<Record<GroupKind, string>> = {
  ...{ container: 'c', pid: 'p', mnt: 'm', net: 'n', ipc: 'i', uts: 't', user: 'u', cgroup: 'g', time: 'e' },
  ...{ pod: 'o', image: 'a', 'user-id': 'd' },
};

const groupAbout = (kind: GroupKind): string => {
  switch (kind) {
    case 'container':
      return 'lives of one name together';
    case 'pod':
      return 'containers of one pod together';
    case 'image':
      return 'containers of one image together';
    case 'user-id':
      return 'processes of one user together';
    default:
      return `processes in one ${kind} namespace together`;
  }
};

/** Every menu: what it offers, and the keys of that. */
export const menus: Readonly<Record<MenuName, Menu>> = {
  sort: {
    title: 'Sort containers by',
    hint: 'a letter or Enter chooses, a capital sorts in reverse, Esc goes back',
    items: tableColumns.map(({ letter, name, about }) => ({ key: letter, name, about })),
  },
  by: {
    title: 'Group by',
    items: groupKinds.map((kind) => ({ key: groupLetters[kind], name: kind, about: groupAbout(kind) })),
  },
  copy: {
    title: 'Copy',
    items: [
      { key: 'c', name: 'command', about: 'the command line, quoted for a shell' },
      { key: 'p', name: 'pid', about: 'the pid on the host' },
      { key: 'n', name: 'nspid', about: 'the pid inside' },
      { key: 'a', name: 'name', about: 'the name of the container' },
      { key: 'i', name: 'id', about: 'the whole id of the container' },
      { key: 'd', name: 'pidns', about: 'the inode of the pid namespace' },
      { key: 'w', name: 'way in', about: 'a command that leads into it, while it runs' },
    ],
  },
  jump: {
    title: 'Go to the next',
    items: [
      { key: 's', name: 'start', about: 'start of a container' },
      { key: 'x', name: 'exit', about: 'exit of a process' },
      { key: 'e', name: 'error', about: 'failed exec, bad end or loss' },
      { key: 'j', name: 'join', about: 'entering of a container' },
    ],
  },
};
