import { ProgressLine } from '../console/progress.ts';
import { type Check, Checker } from '../recording/check.ts';
import { Reading } from '../recording/reader.ts';
import { escapeText } from '../view/escape.ts';

/** Reads all recordings, and judges each when it has ended. On a terminal it shows how far it is. */
export async function* checkRecordings(files: readonly string[], signal: AbortSignal): AsyncGenerator<Check> {
  const progress = process.stderr.isTTY ? new ProgressLine(files.map(escapeText).join(', ')) : undefined;
  let checker = new Checker();
  const reading = new Reading(files, {
    ...{ carried: true, unknown: true },
    onDamage: (damage) => checker.damage(damage),
    ...(progress && { onProgress: progress.show }),
  });
  try {
    for (const batches of await reading.recordings(signal)) {
      checker = new Checker();
      for await (const batch of batches) {
        checker.take(batch);
      }
      progress?.clear();
      if (signal.aborted) {
        return;
      }
      yield checker.finish();
    }
  } finally {
    progress?.clear();
    reading.close();
  }
}
