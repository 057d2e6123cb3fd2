import { Summary, type SummaryOptions } from '../diff/summary.ts';
import { noRecording } from '../errors.ts';
import { RecordFilter } from '../filter/filter.ts';
import { eventKinds } from '../filter/kinds.ts';
import { redactRecord } from '../view/redact/record.ts';
import { type FilterValues, filterOf } from './filter-options.ts';
import { RecordingInput } from './input.ts';
import { sayMissing } from './selection.ts';

export interface SummaryValues extends Pick<FilterValues, 'container' | 'where'> {
  redact: boolean;
  strict?: boolean;
  spool?: boolean;
}

/**
 * What ran in the containers of recordings.
 *
 * @throws NstraceError (1) if one is no recording
 */
export const summarize = async (
  words: readonly string[],
  values: SummaryValues,
  options: SummaryOptions,
  signal: AbortSignal,
): Promise<{ summary: Summary; status: number }> => {
  const { container, where, redact } = values;
  const asked = { ...(container && { container }), ...(where && { where }), failed: true };
  const filter = container || where ? new RecordFilter(await filterOf(asked, eventKinds)) : undefined;
  const summary = new Summary(options);
  const input = new RecordingInput(words, values, signal);
  const types = filter?.remembers ? {} : { types: ['exec', 'exit', 'container'] as const };
  for await (const { file, header, records } of input.batches({ ...types, progress: true })) {
    for (const record of records) {
      if (filter?.wants(record) !== false) {
        const source = record.recording ?? header?.recording ?? file;
        summary.take(redact && record.type === 'exec' ? redactRecord(record) : record, source);
      }
    }
  }
  if (filter !== undefined) {
    sayMissing(filter.selection);
  }
  if (!input.isRecording) {
    throw noRecording(input.name);
  }
  return { summary, status: input.status() };
};
