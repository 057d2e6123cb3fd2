import { containerName } from '../../view/container.ts';
import { escapeText, shortId } from '../../view/escape.ts';
import type { Group } from '../store/group.ts';
import type { Store } from '../store/store.ts';

/** Containers that a prefix of an id is compared with. */
const shortLength = 12;

/** An id as people know it: 12 of its digits, where no other container's begin with them. */
export const idOf = (id: string, store: Store): string => {
  const short = shortId(id);
  if (short === id || short.length !== shortLength) {
    return short;
  }
  let same = 0;
  for (const { ref } of store.groups.values()) {
    same += ref?.id !== id && ref?.id.startsWith(short) ? 1 : 0;
  }
  return same === 0 ? short : escapeText(id);
};

/** The name, which is the id where no name is known. */
export const nameOf = ({ ref }: Group, store: Store): string =>
  ref !== null && ref.name === ref.id && ref.id !== 'host' ? idOf(ref.id, store) : containerName(ref);

/** With the host before it, where there are several. */
export const placedName = (group: Group, store: Store): string =>
  store.traces.areSeveral ? `${escapeText(group.source.name ?? '?')}/${nameOf(group, store)}` : nameOf(group, store);

/** Whoever has this id, by name if that is known. */
export const whoHas = (id: string, store: Store): string => {
  const name = id === 'host' ? 'host' : store.nameOf(id);
  return name === undefined || name === id ? idOf(id, store) : escapeText(name);
};

/** `shares net with db, ipc with host`; of every container that runs some are the host's, which says little. */
export const sharesOf = ({ info }: Group, store: Store): string | undefined => {
  const shared = Object.entries(info?.shared ?? {}).filter(
    ([type]) => type !== 'user' && type !== 'time' && type !== 'cgroup',
  );
  return shared.length === 0
    ? undefined
    : `shares ${shared.map(([type, whose]) => `${type} with ${whose.map((id) => whoHas(id, store)).join('+')}`).join(', ')}`;
};
