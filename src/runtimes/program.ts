import { textOf } from '../kernel/text.ts';
import type { ProcProcess } from '../procfs/process.ts';
import { isSystemPath } from './trust.ts';

/** The arguments of a running program, as text. */
export const argsOf = (process: ProcProcess): string[] => process.args.map(textOf);

/**
 * Whether a process is that program of this host, so that what its command line says is so: root runs it, or the file is where only
 * root can have put it. Anybody can call himself as he likes, and the root of a container put into its files what it liked.
 */
export const isProgram = (process: ProcProcess, program: string): boolean =>
  lastPart(textOf(process.args[0] ?? '')) === program &&
  process.elsewhere !== true &&
  (process.uid === 0 || isFileOf(program, textOf(process.exe)));

/** The kernel adds to the path of a file that was replaced since, as by an upgrade. */
const isFileOf = (program: string, exe: string): boolean => {
  const path = exe.replace(/ \(deleted\)$/, '');
  return lastPart(path) === program && isSystemPath(path);
};

const lastPart = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
