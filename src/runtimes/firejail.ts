import type { Runtime } from './runtime.ts';

/** `firejail [options] [--] program`: an option has its value behind a `=`, so the first other word is the program (firejail(1)). */
const nameOf = (args: readonly string[]): string | undefined => {
  let name: string | undefined;
  for (const arg of args) {
    if (!arg.startsWith('--') || arg === '--') {
      break;
    }
    name = /^--name=(.+)$/s.exec(arg)?.[1] ?? name;
  }
  return name;
};

/** It has no ids, only the names that its users give. */
export const firejail: Runtime = {
  name: 'firejail',
  programs: ['firejail'],
  readCommand: ([, ...args]) => {
    const name = nameOf(args);
    return name === undefined ? undefined : { runtime: 'firejail', action: 'sandbox', name };
  },
};
