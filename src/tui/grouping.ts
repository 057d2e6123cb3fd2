import { type GroupKind, isNamespaceKind } from '../filter/group.ts';
import type { NamespaceType } from '../kernel/namespaces.ts';
import type { ViewEvent, ViewProcess } from './event.ts';
import type { Group } from './group.ts';

export { type GroupKind, groupKinds } from '../filter/group.ts';

/** Stands for what has no such thing. */
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
  const inode = ns?.[kind as NamespaceType];
  return inode === undefined ? noKey : String(inode);
};

/** Where a process stands. */
export const keyOfProcess = (kind: GroupKind, { group, ns, program }: ViewProcess): string => {
  const key = ofGroup(kind, group);
  if (key !== undefined) {
    return key;
  }
  const value = kind === 'user-id' ? program?.uid : ns[kind as NamespaceType];
  return value === undefined ? noKey : String(value);
};
