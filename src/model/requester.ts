import { textOf } from '../kernel/text.ts';
import type { Nanoseconds } from '../kernel/time.ts';
import type { RecordOf } from '../record/schema.ts';
import type { Container, Init, Requester } from './container.ts';
import type { Process } from './process.ts';

type ContainerRecord = RecordOf<'container'>;

/** Arguments of who asked that are kept. */
const maxArgs = 256;

/** The arguments of who asked, as a record has them: where some are left out, the last one is `…`. */
export const requestOf = ({ args, argsCut }: Pick<Process, 'args' | 'argsCut'>): string[] => [
  ...args.slice(0, maxArgs).map(textOf),
  ...(argsCut || args.length > maxArgs ? ['…'] : []),
];

export const requesterOf = (process: Process): Requester => ({
  who: process,
  pid: process.pid,
  uid: process.uid,
  comm: textOf(process.comm),
  args: requestOf(process),
  at: process.execAt,
});

export const requesterRecord = ({ pid, uid, comm, args }: Requester): NonNullable<ContainerRecord['by']> => ({
  pid,
  uid,
  comm,
  args: [...args],
});

/**
 * The stretches of a start, each from the mark before it: from the client's command, if there is one, to the runtime's; until the first
 * cgroup, until the first namespace, until init's birth in all of them, until its exec.
 */
export const startupParts = (
  container: Container,
  requester: Requester,
  init: Init,
  time: Nanoseconds,
  clientAt: number | undefined,
): NonNullable<ContainerRecord['startup']> => {
  const marks = [
    ['runtime_ns', container.cgroupAt ?? container.namespacesAt],
    ['cgroup_ns', container.cgroupAt === undefined ? undefined : container.namespacesAt],
    ['namespaces_ns', init.startAt],
    ['rest_ns', time.at],
  ] as const;
  const parts: NonNullable<ContainerRecord['startup']> =
    clientAt === undefined ? {} : { client_ns: Math.max(0, Math.round(requester.at - clientAt)) };
  let from = requester.at;
  for (const [name, at] of marks) {
    if (at !== undefined && at >= from) {
      parts[name] = Math.round(at - from);
      from = at;
    }
  }
  return parts;
};
