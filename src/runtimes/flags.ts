import type { ProcProcess } from '../procfs/process.ts';
import { argsOf, isProgram } from './program.ts';

/** Options of a command line that take a value; all others stand alone. */
export interface Flags {
  readonly withValue: ReadonlySet<string>;
}

/** The words of a command line that are not options, and what follows `--`. `--flag=value` is one word. */
export const positionals = (args: readonly string[], flags: Flags, most: number): { words: string[]; next: number } => {
  const words: string[] = [];
  let index = 0;
  while (index < args.length && words.length < most) {
    const arg = args[index]!;
    if (arg === '--') {
      const rest = args.slice(index + 1, index + 1 + most - words.length);
      words.push(...rest);
      return { words, next: index + 1 + rest.length };
    } else if (arg.startsWith('-') && arg.length > 1) {
      index += flags.withValue.has(arg.replace(/^-+/, '')) ? 2 : 1;
    } else {
      words.push(arg);
      index += 1;
    }
  }
  return { words, next: index };
};

/** The value of an option that is written `--name value`, `--name=value` or `-n value`. */
export const optionOf = (args: readonly string[], ...names: readonly string[]): string | undefined => {
  for (const [index, arg] of args.entries()) {
    const match = /^--?([^=]+)(?:=(.*))?$/s.exec(arg);
    if (match !== null && names.includes(match[1]!)) {
      return match[2] ?? args[index + 1];
    }
  }
  return undefined;
};

/** Folders of state that root's running commands of a runtime name with --root. */
export const rootsOf = (running: readonly ProcProcess[], program: string): string[] => {
  const roots = new Set<string>();
  for (const process of running) {
    if (process.uid === 0 && isProgram(process, program)) {
      const root = optionOf(argsOf(process).slice(1), 'root');
      if (root?.startsWith('/') && roots.size < maxRoots) {
        roots.add(root);
      }
    }
  }
  return [...roots];
};

const maxRoots = 16;
