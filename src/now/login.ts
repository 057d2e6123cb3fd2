import type { RecordOf } from '../record/schema.ts';

type Program = RecordOf<'process'>;
type Login = Pick<Program, 'euid' | 'egid' | 'auid' | 'session' | 'tty'>;

/** With whose rights a program runs, if not its user's, who logged in, and at which terminal. What is not known is left out. */
export const loginOf = ({ euid, egid, auid, session, tty }: Login): Login => ({
  ...(euid === undefined ? {} : { euid }),
  ...(egid === undefined ? {} : { egid }),
  ...(auid === undefined ? {} : { auid }),
  ...(session === undefined ? {} : { session }),
  ...(tty === undefined ? {} : { tty }),
});
