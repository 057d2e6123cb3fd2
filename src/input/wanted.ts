import { say } from '../console/say.ts';
import { sayMissing } from '../console/selection.ts';
import { exitStatus } from '../errors.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { Limit, type LimitValues } from '../tracing/limit.ts';
import { type InputValues, RecordingInput } from './recording.ts';

export interface WantedValues extends LimitValues, InputValues {
  container?: string[];
  /** False with --no-redact. */
  redact: boolean;
}

export interface Taker {
  take(record: NstraceRecord): void;
  /** What must be waited for before more is taken. */
  pause?: () => Promise<void> | undefined;
}

/**
 * Gives the records of a recording that the options ask for to the taker, with secrets masked.
 *
 * @returns the exit status, and in how many places the recording is damaged
 */
export const takeWanted = async (
  file: string,
  values: WantedValues,
  options: FilterOptions,
  signal: AbortSignal,
  { take, pause }: Taker,
): Promise<{ status: number; damage: number }> => {
  const { redactRecord } = await import('../view/redact/record.ts');
  const aborter = new AbortController();
  const input = new RecordingInput(file, values, AbortSignal.any([signal, aborter.signal]));
  const filter = new RecordFilter({ ...options, failed: true });
  const limit = new Limit(values, () => aborter.abort());
  let hits = 0;
  for await (const { records } of input.batches({ progress: true })) {
    for (const record of records) {
      if (filter.wants(record) && limit.allows(record)) {
        hits += 'pid' in record || record.type === 'container' ? 1 : 0;
        take(values.redact ? redactRecord(record) : record);
      }
    }
    await pause?.();
  }
  if (input.isRecording && !signal.aborted) {
    sayMissing(filter.selection);
  }
  const status = input.status();
  const isMissing = status === exitStatus.ok && hits === 0 && (values.container ?? []).length > 0;
  return { status: isMissing ? exitStatus.failed : status, damage: input.damage };
};

/** What is said of a file that was written. */
export const sayWritten = (file: string, bytes: number): void => {
  if (file !== '-') {
    say(`${file}: ${(bytes / 1e6).toFixed(1)} MB`);
  }
};
