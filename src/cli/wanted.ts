import { exitStatus } from '../errors.ts';
import { eventKinds, RecordFilter } from '../filter/filter.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { RecordingInput } from './input.ts';
import { type FilterValues, filterOf } from './options.ts';
import { say } from './say.ts';
import { Limit, tellMissing } from './trace.ts';

export interface WantedValues extends FilterValues {
  strict?: boolean;
  /** False with --no-redact. */
  redact: boolean;
}

export interface Taker {
  take(record: NstraceRecord): void;
  /** What must be waited for before more is taken. */
  pause?: () => Promise<void> | undefined;
}

/** How often progress is shown on a terminal, in ms. */
const progressMs = 500;

/**
 * Gives the records of a recording that the options ask for to the taker, with secrets masked.
 *
 * @returns the exit status
 */
export const takeWanted = async (
  file: string,
  values: WantedValues,
  signal: AbortSignal,
  { take, pause }: Taker,
): Promise<number> => {
  const { redactRecord } = await import('../view/redact/record.ts');
  const aborter = new AbortController();
  const input = new RecordingInput(file, values, AbortSignal.any([signal, aborter.signal]));
  const filter = new RecordFilter({ ...filterOf(values, eventKinds), failed: values.failed ?? true });
  const limit = new Limit(values, () => aborter.abort());
  const progress = new Progress();
  let hits = 0;
  for await (const record of input.records()) {
    if (filter.wants(record) && limit.allows(record)) {
      hits += 'pid' in record || record.type === 'container' ? 1 : 0;
      take(values.redact ? redactRecord(record) : record);
      await pause?.();
    }
    progress.count();
  }
  progress.end();
  if (input.isRecording && !signal.aborted) {
    tellMissing(filter.selection);
  }
  const status = input.status();
  return status === exitStatus.ok && hits === 0 && (values.container ?? []).length > 0 ? exitStatus.failed : status;
};

/** A count that is written over itself, on a terminal only. */
class Progress {
  #records = 0;
  #shown = performance.now();
  #visible = false;

  count(): void {
    this.#records += 1;
    if (this.#records % 1024 === 0 && process.stderr.isTTY && performance.now() - this.#shown > progressMs) {
      this.#shown = performance.now();
      this.#visible = true;
      process.stderr.write(`\r${this.#records.toLocaleString('en')} records `);
    }
  }

  end(): void {
    if (this.#visible) {
      process.stderr.write('\r\x1b[K');
    }
  }
}

/** What is said of a file that was written. */
export const sayWritten = (file: string, bytes: number): void => {
  if (file !== '-') {
    say(`${file}: ${(bytes / 1e6).toFixed(1)} MB`);
  }
};
