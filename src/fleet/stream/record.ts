import { setTimeout as sleep } from 'node:timers/promises';
import { Limit, type LimitValues, timeLeft } from '../../console/limit.ts';
import { say, sayError } from '../../console/say.ts';
import { Stop } from '../../console/stop.ts';
import { exitStatus } from '../../errors.ts';
import { type FilterOptions, RecordFilter } from '../../filter/filter.ts';
import { momentOf } from '../../filter/moment.ts';
import { openOutput, type RotateValues, totalsOf } from '../../output/file.ts';
import { removeEmpty, sayRecorded } from '../../output/recorded.ts';
import type { NstraceRecord, RecordOf } from '../../record/schema.ts';
import { redactRecord } from '../../view/redact/record.ts';
import { type FleetValues, openFleet } from './input.ts';

export interface RecordFleetValues extends LimitValues, RotateValues, Omit<FleetValues, 'since' | 'until'> {
  until?: string;
  /** In ms. */
  duration?: number;
  redact?: boolean;
  force?: boolean;
  owner?: number;
  group?: number;
}

/** What waits to be written before the stream waits. */
const maxPendingBytes = 1024 * 1024;

/**
 * Records a fleet into a file: the merged records of its hosts as they come, until Ctrl-C, --duration or --until; with
 * --since also what was stored before.
 *
 * @returns the exit status
 */
export const recordFleet = async (
  file: string,
  from: string,
  values: RecordFleetValues,
  options: FilterOptions,
): Promise<number> => {
  const filter = new RecordFilter(options);
  const stop = new Stop();
  const aborter = new AbortController();
  void stop.asked.then(() => aborter.abort());
  const until = momentOf('--until', values.until);
  const follow = until === undefined || Date.parse(until) > Date.now();
  const input = await openFleet(from, values, { signal: aborter.signal, follow });
  let broken: Error | undefined;
  const change = values.redact ? redactRecord : undefined;
  const output = openOutput({ file, values, stop, change, wants: () => true }, (error) => {
    broken = error;
  });
  const timer = setTimer(timeLeft(values.duration, follow ? until : undefined), stop);
  const ends = new Ends();
  const limit = new Limit(values, () => stop.now('max-events'));
  say(`recording ${input.name} to ${file === '-' ? 'standard output' : file}${follow ? '; Ctrl-C stops' : ''}`);
  let last: NstraceRecord | undefined;
  try {
    for await (const { records } of input.batches()) {
      for (const record of records) {
        // The footer of the copy is no host's.
        if (record.type === 'footer' && record.recording === undefined) {
          continue;
        }
        last = record;
        ends.take(record);
        if (filter.wants(record) && limit.allows(record)) {
          output.record(record);
        }
      }
      output.flush();
      // What was stored comes faster than a disk takes it: the stream waits.
      while (output.pending > maxPendingBytes && !aborter.signal.aborted) {
        await sleep(1);
      }
      if (aborter.signal.aborted) {
        break;
      }
    }
  } catch (error) {
    broken ??= error as Error;
  }
  clearTimeout(timer);
  if (last !== undefined) {
    const { time, mono } = last;
    for (const gap of ends.open({ time, mono })) {
      output.record(gap);
    }
    const reason = aborter.signal.aborted ? await stop.asked : 'interrupt';
    await output.end({ time, mono }, reason, { made: 0, delivered: 0, lost: 0 });
  } else {
    await output.close();
  }
  input.close();
  await removeEmpty(file, output, values.force);
  const failure = broken ?? stop.failure;
  const status = failure === undefined ? input.status() : sayError(failure);
  if (status === exitStatus.ok || totalsOf(output).records === 0) {
    sayRecorded(file, output, 'no record came');
  }
  return status;
};

const setTimer = (ms: number | undefined, stop: Stop): NodeJS.Timeout | undefined =>
  ms === undefined ? undefined : setTimeout(() => stop.now('duration'), ms);

/** Which recordings have not ended: what their hosts did after the last record that came is not in the file. */
class Ends {
  readonly #last = new Map<string, { time: string; host: string | undefined }>();

  take(record: NstraceRecord): void {
    const { recording, time } = record;
    if (recording === undefined) {
      return;
    }
    if (record.type === 'footer') {
      this.#last.delete(recording);
    } else {
      const host = record.type === 'header' ? record.host.name : record.host;
      this.#last.set(recording, { time, host });
    }
  }

  /** A `lost` for each: what its spool still holds. */
  *open(now: { time: string; mono: string }): Generator<RecordOf<'lost'>> {
    for (const [recording, { time, host }] of this.#last) {
      const [, to = time] = [time, now.time].sort();
      yield {
        ...{ type: 'lost', seq: 0, time: to, mono: now.mono, recording, ...(host !== undefined && { host }) },
        ...{ count: 0, exact: false, from: time, to, stage: 'spool' },
      };
    }
  }
}
