import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { say } from '../console/say.ts';
import { cannotWrite, NstraceError, usageError } from '../errors.ts';
import { Checker, type CheckResult, hasNothing } from '../recording/check.ts';
import { Reading } from '../recording/read/reader.ts';
import { Repairer } from '../recording/repair.ts';
import { type FileOptions, openRecording } from '../recording/write/file.ts';
import { sinkOf } from '../recording/write/sinks/gzip.ts';
import { escapeText } from '../view/escape.ts';

/** Bytes that wait to be written, before reading waits too. */
const maxPendingBytes = 4 * 1024 * 1024;
/** `check` could not judge. */
const cannotJudge = 2;
const severalInOne = '--repair takes one recording, or its parts';

/**
 * Writes what is good of one recording, or of its parts, into a new file, and judges the old one.
 *
 * @throws NstraceError if they are several recordings, the file cannot be written, or nothing can be made of them
 */
export const repairRecording = async (
  files: readonly string[],
  target: string,
  options: FileOptions,
  signal: AbortSignal,
): Promise<CheckResult> => {
  const checker = new Checker();
  const reading = new Reading(files, {
    ...{ lines: true, carried: true, unknown: true },
    onDamage: (damage) => checker.damage(damage),
  });
  const [batches, ...others] = await reading.recordings(signal);
  if (batches === undefined || others.length > 0) {
    throw usageError(severalInOne, 'repair them one by one');
  }
  const descriptor = openRecording(target, options);
  let failure: Error | undefined;
  const onError = (error: Error): void => {
    failure ??= cannotWrite(target, error.message);
  };
  const sink = sinkOf(target, descriptor, onError);
  const repairer = new Repairer(sink);
  let isSeveral = false;
  try {
    for await (const batch of batches) {
      isSeveral = checker.isOther(batch);
      if (isSeveral) {
        break;
      }
      checker.take(batch);
      repairer.take(batch);
      while (sink.pending > maxPendingBytes && failure === undefined) {
        await sleep(1);
      }
    }
  } finally {
    reading.close();
  }
  const found = checker.finish();
  const count = await repairer.end();
  if ((count === 0 || isSeveral) && !options.force) {
    // It has nothing that could be kept: the name is free for another try.
    rmSync(target, { force: true });
  }
  if (failure !== undefined) {
    throw failure;
  }
  if (isSeveral) {
    throw usageError(
      severalInOne,
      'each begins with a line {"type":"header"…: take the lines of one, and repair those',
    );
  }
  if (hasNothing(found)) {
    return found;
  }
  if (count === 0) {
    throw new NstraceError(`${files.join(', ')} has no header: nothing can be made of it`, {
      advice: 'the records that follow can be read with nstrace replay',
      status: cannotJudge,
    });
  }
  say(`${count} records in ${escapeText(target)}`);
  return found;
};
