import { optionOf, positionals } from './flags.ts';
import type { Runtime } from './runtime.ts';

const withValue = new Set(['n', 'netns', 'f', 'family', 'b', 'batch', 'l', 'loops', 'rc', 'rcvbuf']);

/** Words can be cut short: `ip net e web` (iproute2, ip/ip.c and ip/ipnetns.c). */
const isShort = (word = '', of: string, least: string): boolean => word.startsWith(least) && of.startsWith(word);

/**
 * `ip netns exec NAME program` enters that network namespace, and makes mounts of its own for it; `ip -n NAME` does so itself.
 * With -all there is no name.
 */
export const ipNetns: Runtime = {
  name: 'ip',
  programs: ['ip'],
  readCommand: ([, ...args]) => {
    const options = args.slice(0, positionals(args, { withValue }, 1).next);
    const [object, command, name] = positionals(args, { withValue }, 3).words;
    const executes = isShort(object, 'netns', 'net') && isShort(command, 'exec', 'e');
    const entered = executes && !options.some((option) => isAll.test(option)) ? name : undefined;
    const own = executes ? undefined : optionOf(options, 'n', 'netns');
    const found = entered ?? own;
    return found === undefined ? undefined : { runtime: 'ip', action: 'sandbox', name: found };
  },
};

const isAll = /^--?a(?:l|ll)?$/;
