import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { sayError } from '../console/say.ts';
import { Losses, sayMissing } from '../console/selection.ts';
import { Stop, type StopReason } from '../console/stop.ts';
import { exitStatus } from '../errors.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import { eventKinds } from '../filter/kinds.ts';
import { momentOf } from '../filter/moment.ts';
import { type FleetValues, type Input, isFleet, openFleet } from '../fleet/input.ts';
import { type InputValues, RecordingInput } from '../input/recording.ts';
import type { Output } from '../output/output.ts';
import { outputFor } from '../output/standard.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { Limit, timeLeft } from '../tracing/limit.ts';
import { replayOnTerminal } from '../tui/replay.ts';
import { addFilterOptions, type FilterValues, filterOf } from './options/filter.ts';
import { addFleetOptions, oneOf, refuseFleetOptions } from './options/fleet.ts';
import { requireJsonOrTable } from './options/format.ts';
import { addInputOptions } from './options/input.ts';
import {
  addGroupOption,
  addLineOptions,
  type LineValues,
  refuseGroupedJson,
  usualKinds,
  wantsTui,
} from './options/lines.ts';

export type ReplayValues = FilterValues & LineValues & InputValues & FleetValues & { speed?: number };

const examples = `
Examples:
  nstrace replay session.ndjson                    as live showed it
  nstrace replay session.ndjson.gz -c web -e all   everything of one container
  nstrace replay session.ndjson --speed 1          at the pace at which it happened
  nstrace replay -f session.ndjson                 while it is still being written
  zcat old.gz | nstrace replay - -o json | jq .    from another program
  nstrace replay --from nats://127.0.0.1:4222 --since 10m --host 'web-*'   what a fleet has stored
`;

export const addReplay = (program: Command): void => {
  const command = program
    .command('replay')
    .description('show a recording: a view on a terminal, else lines')
    .argument('[file]', 'a recording, also packed (.gz); - reads standard input')
    .option(
      '--speed <n>',
      'how fast: 1 is as it happened, 10, 0.5, max (without it: 1 in a view, else max)',
      parseSpeed,
    )
    .addHelpText('after', examples)
    .action(async (file: string | undefined, values: ReplayValues) => {
      const source = oneOf(file, values.from, 'nstrace replay FILE, or nstrace replay --from nats://HOST:4222');
      process.exitCode = await replay(source, values);
    });
  addFleetOptions(command, 'a recording, or nats://…: what the agents of a fleet have shipped');
  addGroupOption(
    addInputOptions(addLineOptions(addFilterOptions(command, usualKinds))),
    'what stands together: headings in the view, a first column of lines',
  );
};

const parseSpeed = (value: string): number => {
  const speed = value === 'max' ? Number.POSITIVE_INFINITY : Number(value);
  if (!(speed > 0)) {
    throw new InvalidArgumentError('it is not a speed such as 1, 10, 0.5 or max');
  }
  return speed;
};

/** Shows a recording, or a fleet. */
export const replay = async (file: string, values: ReplayValues): Promise<number> => {
  refuseFleetOptions({ ...values, from: file });
  const json = requireJsonOrTable(values) === 'json';
  refuseGroupedJson(values);
  const filter = await filterOf(values, json ? ['exec', 'container'] : ['exec']);
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const follows = isFleet(file) && values.follow === true;
  const input = isFleet(file)
    ? await openFleet(file, values, { signal: aborter.signal, follow: follows })
    : new RecordingInput(file, values, aborter.signal);
  const timer = endTimer({ ...values, from: file }, stop);
  if (wantsTui(values)) {
    // The view shows failures and counts all kinds; e chooses what it lists.
    const all = await filterOf({ ...values, events: [...eventKinds], failed: true }, eventKinds);
    // What comes from a fleet comes at its own pace.
    const speed = values.speed ?? (follows ? Number.POSITIVE_INFINITY : 1);
    await replayOnTerminal(input, { ...values, speed }, all, stop, aborter.signal);
    clearTimeout(timer);
    input.close();
    return stop.failure === undefined ? input.status() : sayError(stop.failure);
  }
  const output = outputFor(json, values, filter.events, stop);
  const isMissing = await play(input, output, { values, filter, json, stop, signal: aborter.signal });
  clearTimeout(timer);
  input.close();
  if (stop.failure !== undefined) {
    return sayError(stop.failure);
  }
  return input.status() || (isMissing ? exitStatus.failed : exitStatus.ok);
};

/** Who follows a fleet waits for no end of it: --duration and --until are by this clock. */
const endTimer = ({ from, follow, duration, until }: ReplayValues, stop: Stop): NodeJS.Timeout | undefined => {
  if (!isFleet(from) || follow !== true) {
    return undefined;
  }
  const left = timeLeft(duration, momentOf('--until', until));
  return left === undefined ? undefined : setTimeout(() => stop.now('duration'), left);
};

interface PlayOptions {
  readonly values: ReplayValues;
  readonly filter: FilterOptions;
  /** Records are passed on as they came. */
  readonly json: boolean;
  readonly stop: Stop;
  readonly signal: AbortSignal;
}

/** What was read is shown after so long, though no more comes. */
const flushMs = 50;
/** Timers take 24 days at most. */
const maxSleepMs = 60_000;
/** Bytes that wait for a reader, before we wait for it too, and when we go on: in large steps, as each wait is a timer's. */
const maxPendingBytes = 4 * 1024 * 1024;
const fewPendingBytes = 512 * 1024;

/** Gives wanted records to the output, at their pace. Resolves with whether a container that was asked for is not there. */
const play = async (input: Input, output: Output, options: PlayOptions): Promise<boolean> => {
  const { values, stop, signal, json } = options;
  const filter = new RecordFilter(options.filter);
  const limit = new Limit(values, () => stop.now('max-events'));
  const pace = new Pace(values.speed ?? Number.POSITIVE_INFINITY);
  let footer: (NstraceRecord & { type: 'footer' }) | undefined;
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
  const how = { lines: json, ...brief, ...(types && { types }) };
  for await (const { records, lines } of input.batches(how)) {
    for (let index = 0; index < records.length && !signal.aborted; index += 1) {
      const record = records[index]!;
      if (record.type === 'footer') {
        footer = record;
        continue;
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
  }
  clearInterval(flusher);
  const isMissing = input.isRecording && !signal.aborted && sayMissing(filter.selection, losses);
  if (footer === undefined) {
    await output.close();
  } else {
    const { time, mono, reason, probe } = footer;
    await output.end({ time, mono }, reason as StopReason, probe);
  }
  return isMissing;
};

/** Waits until the reader of the output has taken most of what waits for it. */
const drained = async (output: Output, mono: string, signal: AbortSignal): Promise<void> => {
  output.flush(mono);
  while (output.pending > fewPendingBytes && !signal.aborted) {
    await sleep(1, undefined, { signal }).catch(() => undefined);
  }
};

/** When a record is due: as long after the first one as it was, divided by the speed. */
class Pace {
  readonly #speed: number;
  #first: bigint | undefined;
  #began = 0;

  constructor(speed: number) {
    this.#speed = speed;
  }

  /** In ms. */
  waitFor({ mono, time, source_seq }: NstraceRecord): number {
    if (this.#speed === Number.POSITIVE_INFINITY) {
      return 0;
    }
    // Several hosts have only the wall clock in common.
    const at = source_seq === undefined ? BigInt(mono) : BigInt(Date.parse(time)) * 1_000_000n;
    if (this.#first === undefined) {
      this.#first = at;
      this.#began = performance.now();
    }
    const sinceMs = Number(at - this.#first) / 1e6;
    return Math.max(0, sinceMs / this.#speed - (performance.now() - this.#began));
  }
}
