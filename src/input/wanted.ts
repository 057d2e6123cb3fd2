import { Limit, type LimitValues } from '../console/limit.ts';
import { say } from '../console/say.ts';
import { sayMissing } from '../console/selection.ts';
import { exitStatus } from '../errors.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import { eventKinds } from '../filter/kinds.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { Input } from './recording.ts';

export interface WantedValues extends LimitValues {
  container?: string[];
  /** False with --no-redact. */
  redact: boolean;
}

export interface Taker {
  take(record: NstraceRecord): void;
  /** What must be waited for before more is taken. */
  pause?: () => Promise<void> | undefined;
}

/** Recordings, or a fleet, until a signal. */
export type OpenInput = (
  signal: AbortSignal,
) => Promise<Pick<Input, 'batches' | 'status' | 'isRecording' | 'damage' | 'close' | 'seek'>>;

/**
 * Gives the records that the options ask for to the taker, with secrets masked. Those of several recordings are merged by time.
 *
 * @returns the exit status, and in how many places the recording is damaged
 */
export const takeWanted = async (
  open: OpenInput,
  values: WantedValues,
  options: FilterOptions,
  signal: AbortSignal,
  { take, pause }: Taker,
): Promise<{ status: number; damage: number }> => {
  const { redactRecord } = await import('../view/redact/record.ts');
  const aborter = new AbortController();
  const input = await open(AbortSignal.any([signal, aborter.signal]));
  const filter = new RecordFilter({ ...options, failed: true });
  const limit = new Limit(values, () => aborter.abort());
  // All, if conditions look at processes and containers that other records are about.
  const takesAll = filter.remembers || options.events.size === eventKinds.length;
  const types = takesAll ? undefined : ([...options.events, 'process'] as const);
  input.seek?.(filter.lookahead);
  let hits = 0;
  for await (const { records } of input.batches({ progress: true, merge: true, ...(types && { types }) })) {
    for (const record of records) {
      if (filter.wants(record) && limit.allows(record)) {
        hits += 'pid' in record || record.type === 'container' ? 1 : 0;
        take(values.redact ? redactRecord(record) : record);
      }
    }
    await pause?.();
  }
  const lacks = input.isRecording && !signal.aborted && sayMissing(filter);
  input.close();
  const status = input.status();
  const isMissing = status === exitStatus.ok && (lacks || (hits === 0 && (values.container ?? []).length > 0));
  return { status: isMissing ? exitStatus.failed : status, damage: input.damage };
};

/** What is said of a file that was written. */
export const sayWritten = (file: string, bytes: number): void => {
  if (file !== '-') {
    say(`${file}: ${(bytes / 1e6).toFixed(1)} MB`);
  }
};
