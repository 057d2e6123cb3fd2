import { rm } from 'node:fs/promises';
import { say } from '../console/say.ts';
import { counted } from '../kernel/plural.ts';
import type { Totals } from '../recording/write/rotate.ts';
import { escapeText } from '../view/escape.ts';
import { pathsOf, type RecordOutput, totalsOf } from './file.ts';
import { PartsOutput } from './parts.ts';

/** Removes a file that was made and has no record in it: it is no recording. One that was written over stays. */
export const removeEmpty = async (file: string, output: RecordOutput | undefined, force = false): Promise<void> => {
  if (output !== undefined && totalsOf(output).records === 0 && file !== '-' && !force) {
    await rm(pathsOf(file, output)[0]!, { force: true });
  }
};

/**
 * Says what was recorded, and where.
 *
 * @param whyNothing there is no record
 */
export const sayRecorded = (file: string, output: RecordOutput, whyNothing: string): void => {
  const totals = totalsOf(output);
  if (totals.records === 0) {
    say(`nothing was recorded: ${whyNothing}`);
  } else if (file !== '-') {
    const { records, execs, exits } = totals;
    say(
      `${records} records in ${place(file, output)}: ${execs} execs, ${exits} exits, ${wholeness(totals)}${removed(output)}`,
    );
  }
};

const place = (file: string, output: RecordOutput): string => {
  const paths = pathsOf(file, output);
  return escapeText(paths.length === 1 ? paths[0]! : `${paths.length} parts, ${paths[0]} to ${paths.at(-1)}`);
};

const wholeness = ({ complete, lost, exact, cut }: Totals): string => {
  if (complete) {
    return 'complete';
  }
  if (lost > 0) {
    return `${exact ? '' : 'at least '}${lost} events are missing`;
  }
  return exact
    ? `nothing is missing; ${counted(cut, 'record was', 'records were')} cut: long command lines, paths or chains of pids`
    : 'an unknown number of events is missing';
};

const removed = (output: RecordOutput): string => {
  const count = output instanceof PartsOutput ? output.writer.removed : 0;
  return count === 0 ? '' : `; ${count} older parts were removed (--keep)`;
};
