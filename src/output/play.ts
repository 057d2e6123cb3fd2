import { setTimeout as sleep } from 'node:timers/promises';
import { Limit, type LimitValues } from '../console/limit.ts';
import { Losses, sayMissing } from '../console/selection.ts';
import type { Stop, StopReason } from '../console/stop.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import type { GroupKind } from '../filter/group.ts';
import { eventKinds } from '../filter/kinds.ts';
import type { Input } from '../input/recording.ts';
import { spanOf } from '../record/clock.ts';
import type { NstraceRecord, RecordOf } from '../record/schema.ts';
import { Pace } from '../replay/pace.ts';
import type { Output } from './output.ts';

interface PlayValues extends LimitValues {
  groupBy?: GroupKind;
  /** 1 is as it happened; without it as fast as can be. */
  speed?: number;
}

interface PlayOptions {
  readonly values: PlayValues;
  readonly filter: FilterOptions;
  /** Records are passed on as they came. */
  readonly json: boolean;
  readonly stop: Stop;
  readonly signal: AbortSignal;
}

/** What was read is shown after this time at the latest. */
const flushMs = 50;
/** Timers take 24 days at most. */
const maxSleepMs = 60_000;
/** Bytes that wait for a reader, before we wait for it too, and when we go on: in large steps, as each wait is a timer's. */
const maxPendingBytes = 4 * 1024 * 1024;
const fewPendingBytes = 512 * 1024;

/** Gives wanted records to the output, at their pace. Resolves with whether a container that was asked for is not there. */
export const play = async (input: Input, output: Output, options: PlayOptions): Promise<boolean> => {
  const { values, stop, signal, json } = options;
  const filter = new RecordFilter(options.filter);
  const limit = new Limit(values, () => stop.now('max-events'));
  const pace = new Pace(values.speed ?? Number.POSITIVE_INFINITY);
  let footer: RecordOf<'footer'> | undefined;
  let recording: string | undefined;
  const gaps = json ? new Gaps(input) : undefined;
  const losses = new Losses();
  let last = '0';
  const flusher = setInterval(() => output.flush(last), flushMs);
  // All, if conditions or groups look at processes and containers that other records are about.
  const remembers = filter.remembers || values.groupBy !== undefined;
  const types =
    remembers || options.filter.events.size === eventKinds.length
      ? undefined
      : [...options.filter.events, ...(json ? (['process'] as const) : [])];
  const brief = json && !remembers ? ({ brief: 'all' } as const) : {};
  input.seek?.(filter.lookahead);
  const how = { lines: json, ...brief, ...(types && { types }) };
  for await (const { records, lines } of input.batches(how)) {
    for (let index = 0; index < records.length && !signal.aborted; index += 1) {
      const record = records[index]!;
      if (record.type === 'footer') {
        footer = record;
        continue;
      }
      if (record.type === 'header' && record.source_seq === undefined) {
        if (record.recording === recording) {
          // Another part of it.
          continue;
        }
        if (recording !== undefined) {
          output.next?.(footer);
          footer = undefined;
        }
        recording = record.recording;
      }
      if (record.type === 'lost') {
        losses.take(record);
      }
      for (let left = pace.waitFor(record); left > 0 && !signal.aborted; left = pace.waitFor(record)) {
        await sleep(Math.min(left, maxSleepMs), undefined, { signal }).catch(() => undefined);
      }
      if (signal.aborted) {
        break;
      }
      last = record.mono;
      output.observe?.(record);
      if (filter.wants(record) && limit.allows(record)) {
        output.record(record, lines[index]);
        if (output.pending > maxPendingBytes) {
          await drained(output, record.mono, signal);
        }
      }
    }
    const gap = gaps?.after(records);
    if (gap !== undefined) {
      output.record(gap);
    }
  }
  clearInterval(flusher);
  const isMissing = input.isRecording && !signal.aborted && sayMissing(filter, losses);
  if (footer === undefined) {
    await output.close();
  } else {
    const { time, mono, reason, probe } = footer;
    await output.end({ time, mono }, reason as StopReason, probe);
  }
  return isMissing;
};

/** Numbers are given anew, so that what a file lacks would be missing unsaid: a `lost` says it. */
class Gaps {
  readonly #input: Pick<Input, 'damage'>;
  #damage = 0;
  #from: string | undefined;

  constructor(input: Pick<Input, 'damage'>) {
    this.#input = input;
  }

  after(records: readonly NstraceRecord[]): RecordOf<'lost'> | undefined {
    const { damage } = this.#input;
    const { time = '', mono = '' } = records.at(-1) ?? {};
    const from = this.#from ?? records[0]?.time ?? time;
    this.#from = time;
    if (damage === this.#damage || time === '') {
      return undefined;
    }
    this.#damage = damage;
    return { type: 'lost', seq: 0, time, mono, count: 0, exact: false, ...spanOf(from, time), stage: 'disk' };
  }
}

/** Waits until the reader of the output has taken most of what waits for it. */
const drained = async (output: Output, mono: string, signal: AbortSignal): Promise<void> => {
  output.flush(mono);
  while (output.pending > fewPendingBytes && !signal.aborted) {
    await sleep(1, undefined, { signal }).catch(() => undefined);
  }
};
