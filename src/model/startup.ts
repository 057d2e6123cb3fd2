import type { Nanoseconds } from '../kernel/time.ts';
import type { RecordOf } from '../record/schema.ts';
import type { Container, Init, Requester } from './container.ts';

type Startup = NonNullable<RecordOf<'container'>['startup']>;

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
): Startup => {
  const marks = [
    ['runtime_ns', container.cgroupAt ?? container.namespacesAt],
    ['cgroup_ns', container.cgroupAt === undefined ? undefined : container.namespacesAt],
    ['namespaces_ns', init.startAt],
    ['rest_ns', time.at],
  ] as const;
  const parts: Startup = clientAt === undefined ? {} : { client_ns: Math.max(0, Math.round(requester.at - clientAt)) };
  let from = requester.at;
  for (const [name, at] of marks) {
    if (at !== undefined && at >= from) {
      parts[name] = Math.round(at - from);
      from = at;
    }
  }
  return parts;
};
