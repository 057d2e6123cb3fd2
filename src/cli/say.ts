import { writeSync } from 'node:fs';
import { NstraceError } from '../errors.ts';
import { escapeText } from '../view/escape.ts';

/** Status for people: stderr only, one line, and never in the way if nobody listens. */
export const say = (text: string): void => {
  try {
    writeSync(2, `nstrace: ${text}\n`);
  } catch {
    // The terminal is gone.
  }
};

/** Says an error: what is wrong, and below it what to do. Returns the exit status. */
export const sayError = (error: unknown): number => {
  if (error instanceof NstraceError) {
    say(escapeText(error.message));
    if (error.advice !== undefined) {
      say(`  ${escapeText(error.advice)}`);
    }
    return error.status;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`unexpected: ${text.split('\n').map(escapeText).join('\n  ')}`);
  return 1;
};
