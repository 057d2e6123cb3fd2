import { type Command, Option } from 'commander';
import { Limit } from '../console/limit.ts';
import { say, sayError } from '../console/say.ts';
import { sayWaiting } from '../console/selection.ts';
import { Stop } from '../console/stop.ts';
import { exitStatus, usageError } from '../errors.ts';
import { eventKinds } from '../filter/kinds.ts';
import { type FleetValues, isFleet, openFleet } from '../fleet/stream/input.ts';
import { type InputValues, RecordingInput } from '../input/recording.ts';
import { TimelineTrace } from '../output/timeline-trace.ts';
import { TimelinePrinter, type TimelineSettings } from '../output/timelines.ts';
import { trace } from '../tracing/trace.ts';
import { addFilterOptions, describeFilters, type FilterValues, filterOf } from './options/filter.ts';
import { addFleetOptions, oneOf, refuseFleetOptions } from './options/fleet.ts';
import { type FormatValues, requireJsonOrTable } from './options/format.ts';
import { addInputOptions } from './options/input.ts';
import { addGroupOption, refuseGroupedJson } from './options/lines.ts';
import { parseCount } from './options/parse.ts';
import { addTracerOptions, type TracerValues } from './options/tracer.ts';

type TimelineValues = Omit<TimelineSettings, 'json'> &
  FilterValues &
  FormatValues &
  InputValues &
  TracerValues &
  FleetValues;

const settingsOf = (values: TimelineValues): TimelineSettings => ({
  ...values,
  json: requireJsonOrTable(values) === 'json',
});

const examples = `
Examples:
  nstrace timeline session.ndjson                the life of each container in the recording
  nstrace timeline session.ndjson -c web         of one
  nstrace timeline session.ndjson -c web --lanes a bar for each of its processes
  nstrace timeline node-a.ndjson node-b.ndjson   of two hosts, by time
  nstrace timeline --from nats://127.0.0.1:4222 --since 1h --host 'web-*'   of the hosts of a fleet
  sudo nstrace timeline                          of those that live until Ctrl-C, each when it has ended
  nstrace timeline session.ndjson -o json | jq '{name: .container.name, startup_ns}'
`;

export const addTimeline = (program: Command): void => {
  const command = program
    .command('timeline')
    .description('print the lives of containers, in a recording or from now on')
    .argument(
      '[file...]',
      'recordings, also compressed (.gz), several are merged by time; - reads standard input; without it, what happens now',
    )
    .option('--lanes', 'draw a bar for each process, from its start to its exit')
    .option('-q, --quote', 'quote arguments so that a shell reads them back')
    .option('--max-args <n>', 'show at most N arguments', parseCount)
    .addOption(
      new Option('-o, --output <format>', 'table, or json: one object per container').choices(['table', 'json']),
    )
    .option('--json', 'the same as -o json')
    .addHelpText('after', examples)
    .action(async (files: string[], values: TimelineValues) => {
      refuseGroupedJson(values);
      refuseFleetOptions(values);
      const words = values.from === undefined ? files : [oneOf(files[0], values.from, 'name one of them')];
      process.exitCode = words.length === 0 ? await live(values) : await ofRecordings(words, values);
    });
  addFleetOptions(command, 'a recording, or nats://…: what the agents of a fleet have shipped');
  addGroupOption(
    addTracerOptions(addInputOptions(addFilterOptions(command, 'all'))),
    'print the containers of each group together',
  );
};

/** Timelines that wait for the end of a recording, to be printed in the order in which they began. */
const maxWaiting = 10_000;

const ofRecordings = async (files: readonly string[], values: TimelineValues): Promise<number> => {
  if (values.bpftrace !== undefined) {
    throw usageError('--bpftrace is for tracing', 'a recording is read without it');
  }
  if (values.follow && files.length > 1) {
    throw usageError('--follow takes one recording', 'several are merged when they are whole');
  }
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const filter = await filterOf(values, eventKinds);
  const printer = new TimelinePrinter(settingsOf(values), filter, stop, maxWaiting);
  const { from, follow = false } = values;
  const input = isFleet(from)
    ? await openFleet(from, values, { signal: aborter.signal, follow })
    : new RecordingInput(files, values, aborter.signal);
  input.seek?.(filter.lookahead);
  const limit = new Limit(values, () => aborter.abort());
  for await (const { records } of input.batches({ progress: true, merge: !follow })) {
    for (const record of records) {
      if (limit.allows(record)) {
        printer.take(record);
      }
    }
  }
  input.close();
  const isMissing = await printer.end(input.isRecording);
  if (stop.failure !== undefined) {
    return sayError(stop.failure);
  }
  return input.status() || (isMissing ? exitStatus.failed : exitStatus.ok);
};

const live = async (values: TimelineValues): Promise<number> => {
  if (values.follow || values.strict) {
    throw usageError('--follow and --strict are for recordings', 'nstrace timeline FILE --strict');
  }
  const filter = await filterOf(values, eventKinds);
  let printer: TimelinePrinter | undefined;
  const { failure } = await trace({
    values,
    filters: describeFilters(values),
    // What happens outside of a container is part of its life: filters come later.
    filter: { ...filter, containers: [] },
    makeOutput: (stop) => {
      printer = new TimelinePrinter(settingsOf(values), filter, stop, values.groupBy === undefined ? 0 : maxWaiting);
      return new TimelineTrace(printer);
    },
    onReady: () => {
      say(
        values.groupBy === undefined
          ? 'tracing; each timeline is printed when its container has ended, and all others after Ctrl-C'
          : 'tracing; the timelines are printed after Ctrl-C, by their groups',
      );
      if (printer !== undefined) {
        sayWaiting(printer.selection);
      }
    },
    onAny: (record) => printer?.take(record),
  });
  return failure === undefined ? exitStatus.ok : sayError(failure);
};
