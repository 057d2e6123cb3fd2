import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { usageError } from '../errors.ts';

/** What Node makes of bytes that are not UTF-8. */
const replacement = '\ufffd';

/**
 * Refuses words of a command that it would get changed: Node has its arguments as text, and starts programs with text.
 *
 * @param commandLine the bytes that we were started with
 * @throws NstraceError (2)
 */
export const requireExactWords = (
  words: readonly string[],
  commandLine: () => Uint8Array = () => readFileSync('/proc/self/cmdline'),
): void => {
  const changed = words.find((word) => word.includes(replacement));
  if (changed !== undefined && !isUtf8(commandLine())) {
    throw usageError(
      `${JSON.stringify(changed)} of the command is not UTF-8, and would be changed on the way to it`,
      'write the command into a file: nstrace record -- sh FILE',
    );
  }
};
