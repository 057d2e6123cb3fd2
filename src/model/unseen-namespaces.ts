import { type Namespaces, type NamespaceType, namespaceTypes } from '../kernel/namespaces.ts';
import type { Process } from './process.ts';

type Inodes = Partial<Record<NamespaceType, number>>;

/** Inodes by kind. */
export interface Unseen {
  readonly joined: Inodes;
  readonly created: Inodes;
}

/** Kinds that a process itself changes; those of pid and time are for its children. */
const ownTypes = namespaceTypes.filter((type) => type !== 'pid' && type !== 'time');

/**
 * Namespaces that a process came into by calls that no probe saw: those of 32-bit programs, and of `int 0x80` in others, have no
 * tracepoint on a 64-bit kernel (kernel/trace/trace_syscalls.c, arch_trace_is_compat_syscall), and lines can be lost. What others are
 * in was joined; what nobody is in was made.
 *
 * @returns undefined if there are none
 */
export const unseenChanges = (
  process: Process,
  before: Namespaces,
  after: Namespaces,
  all: Iterable<Process>,
): Unseen | undefined => {
  const changed = ownTypes.filter((type) => before[type] !== after[type]);
  if (changed.length === 0) {
    return undefined;
  }
  const others = [...all].filter((other) => other !== process);
  const joined: Inodes = {};
  const created: Inodes = {};
  for (const type of changed) {
    const isShared = others.some(({ ns }) => ns[type] === after[type]);
    (isShared ? joined : created)[type] = after[type];
  }
  return { joined, created };
};
