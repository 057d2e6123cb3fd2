import { sayMissing } from '../console/selection.ts';
import { noRecording } from '../errors.ts';
import type { RecordFilter } from '../filter/filter.ts';
import { RecordingInput } from '../input/recording.ts';
import { redactRecord } from '../view/redact/record.ts';
import { Summary, type SummaryOptions } from './summary.ts';

export interface SummaryValues {
  redact: boolean;
  strict?: boolean;
  spool?: boolean;
}

/**
 * What ran in the containers of recordings.
 *
 * @param filter what is looked at; undefined for all
 *
 * @throws NstraceError (1) if one has no record: nothing can be concluded from it
 */
export const summarize = async (
  words: readonly string[],
  values: SummaryValues,
  options: SummaryOptions,
  filter: RecordFilter | undefined,
  signal: AbortSignal,
): Promise<{ summary: Summary; status: number }> => {
  const { redact } = values;
  const summary = new Summary(options);
  const input = new RecordingInput(words, values, signal);
  // Of what runs on the host only the pids count, and of exits how they ended.
  const how = filter?.remembers
    ? {}
    : { types: ['exec', 'exit', 'container'] as const, brief: { host: new Set(['exec'] as const), ends: true } };
  for await (const { file, header, records } of input.batches({ ...how, progress: true })) {
    for (const record of records) {
      if (filter?.wants(record) !== false) {
        const source = record.recording ?? header?.recording ?? file;
        summary.take(
          redact && record.type === 'exec' && record.container !== null ? redactRecord(record) : record,
          source,
        );
      }
    }
  }
  if (filter !== undefined) {
    sayMissing(filter.selection);
  }
  if (input.without !== undefined) {
    throw noRecording(input.without);
  }
  return { summary, status: input.status() };
};
