import { textOf } from '../kernel/text.ts';
import type { RecordOf } from '../record/schema.ts';
import { isItselfAgain } from '../runtimes/trust.ts';
import type { Requester } from './container.ts';
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

/** A stage that executed the program of its parent again was called by that. */
export const calledBy = (process: Process): Process => {
  let at = process;
  while (at.parent !== undefined && isItselfAgain(at.exe) && isSameProgram(at, at.parent)) {
    at = at.parent;
  }
  return at;
};

const isSameProgram = (one: Process, other: Process): boolean =>
  textOf(one.args[0] ?? '') === textOf(other.args[0] ?? '');
