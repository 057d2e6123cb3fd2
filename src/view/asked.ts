import type { RecordOf } from '../record/schema.ts';
import { escapeText } from './escape.ts';
import { cutTo } from './width.ts';

interface Users {
  nameOf(uid: number): string;
}

type ContainerRecord = RecordOf<'container'>;
type Person = NonNullable<ContainerRecord['asked_by']>;

/** From which terminal, if any; with a blank. */
export const fromWhere = ({ tty }: Person): string => (tty === undefined ? '' : `from ${escapeText(tty)} `);

/** Who, and with what command. */
export const byWhom = (
  by: (ContainerRecord['by'] & Partial<Pick<Person, 'user' | 'auid'>>) | undefined,
  users: Users,
): string | undefined => {
  if (by === undefined) {
    return undefined;
  }
  const { pid, uid, user, auid, comm, args = [comm] } = by;
  const name = user ?? (uid === undefined ? '?' : users.nameOf(uid));
  const login = auid === undefined || auid === uid ? '' : ` (logged in as ${escapeText(users.nameOf(auid))})`;
  return `by ${escapeText(name)}${login}, pid ${pid}: ${words(args)}`;
};

/** The beginning of a command line of somebody else. */
export const words = (args: readonly string[], most = maxWords): string =>
  cutTo(args.map(escapeText).join(' '), most, '...');
const maxWords = 200;
