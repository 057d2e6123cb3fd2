import { say } from '../console/say.ts';
import { Losses, sayMissing } from '../console/selection.ts';
import { exitStatus, noRecording } from '../errors.ts';
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
  input.seek(filter?.lookahead);
  const losses = new Losses();
  for await (const { file, header, records } of input.batches({ ...how, progress: true })) {
    for (const record of records) {
      if (record.type === 'lost') {
        losses.take(record);
      }
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
    sayMissing(filter);
  }
  if (losses.any) {
    say(`${input.name}${losses.remark}: what ran in them cannot be judged`);
  }
  if (input.without !== undefined) {
    throw noRecording(input.without);
  }
  const status = input.status();
  return { summary, status: status === exitStatus.ok && losses.any && values.strict ? exitStatus.damaged : status };
};
