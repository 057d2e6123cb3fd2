import { commandLine, wholeCommand } from '../../view/command.ts';
import { escapeText } from '../../view/escape.ts';
import type { Entrance } from '../store/entrances.ts';
import type { Requester } from '../store/group.ts';

export interface Users {
  nameOf(uid: number): string;
}

/** The person behind a command, as far as records know: login user, user and terminal: `alice as root, pts/3`. */
export const personOf = ({ auid, uid, user, tty }: Requester, users: Users): string | undefined => {
  const ran = user ?? (uid === undefined ? undefined : users.nameOf(uid));
  const login = auid === undefined ? undefined : users.nameOf(auid);
  const name = login === undefined || login === ran ? (login ?? ran) : `${login}${ran ? ` as ${ran}` : ''}`;
  return name === undefined ? undefined : `${escapeText(name)}${tty === undefined ? '' : `, ${escapeText(tty)}`}`;
};

/** Who, as far as that is known, and with what: `alice, pts/3: docker exec web sh`. */
export const askedBy = (by: Requester, users: Users): string => {
  const person = personOf(by, users);
  return `${person === undefined ? '' : `${person}: `}${requestText(by)}`;
};

/** Its command line where that is short; engines call runtimes with long ones, of which the action says most. */
export const requestText = ({ comm, args = [] }: Requester): string => {
  const line = args.join(' ') || comm;
  const action = args.find((arg) => actions.has(arg));
  return escapeText(line.length <= maxLine ? line : `${comm}${action === undefined ? '' : ` ${action}`}`);
};

const maxLine = 60;
const actions = new Set(['run', 'create', 'start', 'exec', 'restore']);

/** Who entered, and with what; where only the runtime is known, what it ran inside says more than its own command. */
export const enteredBy = ({ record, program }: Entrance, users: Users): string => {
  const by = record.asked_by ?? record.by;
  const inside = program === undefined ? '' : commandLine(program, wholeCommand);
  if (by === undefined) {
    return inside === '' ? '?' : `? ran ${inside}`;
  }
  const isShort = by.args !== undefined && by.args.join(' ').length <= maxLine;
  return `${askedBy(by, users)}${isShort || inside === '' ? '' : `: ${inside}`}`;
};
