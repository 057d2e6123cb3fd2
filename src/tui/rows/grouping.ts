import { type GroupKind, isNamespaceKind } from '../../filter/group.ts';
import type { NamespaceType } from '../../kernel/namespaces.ts';
import { escapeText } from '../../view/escape.ts';
import type { ViewEvent, ViewProcess } from '../store/event.ts';
import type { Group } from '../store/group.ts';
import type { Source } from '../store/source.ts';

export { type GroupKind, groupKinds } from '../../filter/group.ts';

/** The group of what has no such thing. */
export const noKey = '-';

export const isNamespace = isNamespaceKind;

const podOf = ({ info }: Group): string =>
  info?.pod?.name ?? info?.labels?.['io.kubernetes.pod.name'] ?? info?.pod?.id ?? noKey;

const ofGroup = (kind: GroupKind, group: Group): string | undefined => {
  switch (kind) {
    case 'container':
      return group.nameKey;
    case 'pod':
      return podOf(group);
    case 'image':
      return group.info?.image ?? noKey;
    default:
      return undefined;
  }
};

/** An inode; where several hosts are merged also the host, since they have the same ones. */
export const namespaceKey = (inode: number | undefined, { name }: Source): string =>
  inode === undefined ? noKey : name === undefined ? String(inode) : `${inode}@${name}`;

/** The inode and the host of such a key. */
export const splitKey = (key: string): { inode: string; host: string | undefined } => {
  const at = key.indexOf('@');
  return at === -1 ? { inode: key, host: undefined } : { inode: key.slice(0, at), host: key.slice(at + 1) };
};

/** `net:[4026531840]`, and where it is if that is not clear. */
export const namespaceTitle = (kind: GroupKind, key: string): string => {
  const { inode, host } = splitKey(key);
  return `${kind}:[${inode}]${host === undefined ? '' : ` on ${escapeText(host)}`}`;
};

/** Where an event stands; losses stand with the host. */
export const keyOfEvent = (kind: GroupKind, { record, group, process }: ViewEvent): string => {
  const key = ofGroup(kind, group);
  if (key !== undefined) {
    return key;
  }
  if (kind === 'user-id') {
    const uid = 'uid' in record ? record.uid : process?.program?.uid;
    return uid === undefined ? noKey : String(uid);
  }
  const ns = 'ns' in record ? record.ns : (process?.ns ?? group.ns);
  return namespaceKey(ns?.[kind as NamespaceType], group.source);
};

/** Where a process stands. */
export const keyOfProcess = (kind: GroupKind, { group, ns, program }: ViewProcess): string => {
  const key = ofGroup(kind, group);
  if (key !== undefined) {
    return key;
  }
  if (kind !== 'user-id') {
    return namespaceKey(ns[kind as NamespaceType], group.source);
  }
  return program?.uid === undefined ? noKey : String(program.uid);
};
