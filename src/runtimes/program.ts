import { textOf } from '../kernel/text.ts';
import type { ProcProcess } from '../procfs/process.ts';

/** The arguments of a running program, as text. */
export const wordsOf = (process: ProcProcess): string[] => process.args.map(textOf);

/** The last part of what it was called. */
export const programOf = (process: ProcProcess): string => {
  const called = textOf(process.args[0] ?? '');
  return called.slice(called.lastIndexOf('/') + 1);
};
