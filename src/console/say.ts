import { writeSync } from 'node:fs';
import { NstraceError } from '../errors.ts';
import { escapeText } from '../view/escape.ts';

let diverted: ((text: string, bad: boolean) => void) | undefined;

/** While a view has the terminal, what would be said goes there; undefined gives it back. */
export const divertSay = (to: ((text: string, bad: boolean) => void) | undefined): void => {
  diverted = to;
};

/** Status for people: stderr only, one line, and never in the way if nobody listens. */
export const say = (text: string, bad = false): void => {
  if (diverted !== undefined) {
    diverted(text, bad);
    return;
  }
  try {
    writeSync(2, `nstrace: ${text}\n`);
  } catch {
    // The terminal is gone.
  }
};

/** Says an error: what is wrong, and below it what to do. Returns the exit status. */
export const sayError = (error: unknown): number => {
  if (error instanceof NstraceError) {
    say(escapeText(error.message), true);
    if (error.advice !== undefined) {
      for (const line of error.advice.split('\n')) {
        say(`  ${escapeText(line)}`, true);
      }
    }
    return error.status;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  say(`unexpected: ${text.split('\n').map(escapeText).join('\n  ')}`, true);
  return 1;
};

/** The locale's character set, as setlocale(3) finds it. */
export const speaksUtf8 = (): boolean =>
  /utf-?8/i.test(process.env.LC_ALL || process.env.LC_CTYPE || process.env.LANG || '');
