import { type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import { podName } from './about-container.ts';
import type { KnownContainer } from './containers.ts';
import type { Subject } from './subject.ts';

/** What records can stand together by. */
export const groupKinds = ['container', ...namespaceTypes, 'pod', 'image', 'user-id'] as const;
export type GroupKind = (typeof groupKinds)[number];

/** The group of what has none. */
export const noGroup = '-';

/** Which group a record belongs to: a name, the inode of a namespace, a uid. What was recorded says it, so it is not escaped. */
export const groupOf = (kind: GroupKind, { record, process, container }: Subject): string => {
  if (record.type === 'container' || record.type === 'usage' || !('container' in record)) {
    return container === undefined ? noGroup : groupOfContainer(kind, container);
  }
  switch (kind) {
    case 'container':
    case 'pod':
    case 'image':
      return container === undefined ? (kind === 'container' ? 'host' : noGroup) : groupOfContainer(kind, container);
    case 'user-id':
      return text('uid' in record ? record.uid : process?.uid);
    default:
      return text(record.ns[kind]);
  }
};

/** Which group a container belongs to: of users and namespaces, those of its init. */
export const groupOfContainer = (kind: GroupKind, container: KnownContainer): string => {
  const { info, first } = container;
  switch (kind) {
    case 'container':
      return info.name === 'host' ? `${info.runtime}/host` : info.name;
    case 'pod':
      return podName(info) ?? info.pod?.id ?? noGroup;
    case 'image':
      return info.image ?? noGroup;
    case 'user-id':
      return text(first?.uid);
    default:
      return text(kind === 'pid' ? (info.pidns ?? first?.ns.pid) : first?.ns[kind]);
  }
};

const text = (value: number | undefined): string => (value === undefined ? noGroup : String(value));

/** Whether groups are namespaces, whose names are numbers. */
export const isNamespaceKind = (kind: GroupKind): kind is NamespaceType =>
  (namespaceTypes as readonly string[]).includes(kind);
