import { say } from '../console/say.ts';
import type { LineSink } from '../recording/write/sink.ts';

/** Says what a reader of standard output never took. */
export const sayUnread = ({ pending }: LineSink): void => {
  if (pending > 0) {
    say(`${pending} bytes were not written: the reader of standard output takes nothing`);
  }
};
