import { positionals } from './flags.ts';
import type { Runtime } from './runtime.ts';

const withValue = new Set(['n', 'netns', 'f', 'family', 'b', 'batch', 'l', 'loops', 'rc', 'rcvbuf']);

/** Words can be cut short: `ip net e web` (iproute2, ip/ip.c and ip/ipnetns.c). */
const isShort = (word = '', of: string, least: string): boolean => word.startsWith(least) && of.startsWith(word);

/** `ip netns exec NAME program` enters that network namespace, and makes mounts of its own for it. With -all there is no name. */
export const ipNetns: Runtime = {
  name: 'ip',
  programs: ['ip'],
  readCommand: ([, ...args]) => {
    const { words } = positionals(args, { withValue }, 3);
    const [object, command, name] = words;
    return isShort(object, 'netns', 'net') && isShort(command, 'exec', 'e') && name !== undefined && !isForAll(args)
      ? { runtime: 'ip', action: 'sandbox', name }
      : undefined;
  },
};

const isForAll = (args: readonly string[]): boolean => {
  const first = args.findIndex((arg) => isShort(arg, 'netns', 'net'));
  return args.slice(0, first).some((arg) => /^--?a(?:l|ll)?$/.test(arg));
};
