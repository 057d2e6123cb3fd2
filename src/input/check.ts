import { ProgressLine } from '../console/progress.ts';
import { Checker, type CheckResult } from '../recording/check.ts';
import type { Damage } from '../recording/read/damage.ts';
import { Reading } from '../recording/read/reader.ts';
import { escapeText } from '../view/escape.ts';

/** Reads all recordings, and judges each when it has ended. On a terminal it shows how far it is. */
export async function* checkRecordings(files: readonly string[], signal: AbortSignal): AsyncGenerator<CheckResult> {
  const progress = process.stderr.isTTY ? new ProgressLine(files.map(escapeText).join(', ')) : undefined;
  // What is wrong is known before the records beside it are given.
  const damages: Damage[] = [];
  const reading = new Reading(files, {
    ...{ carried: true, unknown: true },
    onDamage: (damage) => damages.push(damage),
    ...(progress && { onProgress: progress.show }),
  });
  try {
    for (const batches of await reading.recordings(signal)) {
      let checker = new Checker();
      const note = (): void => {
        for (const damage of damages.splice(0)) {
          checker.damage(damage);
        }
      };
      for await (const batch of batches) {
        if (checker.isOther(batch)) {
          progress?.clear();
          yield checker.finish();
          checker = new Checker();
        }
        note();
        checker.take(batch);
      }
      note();
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
