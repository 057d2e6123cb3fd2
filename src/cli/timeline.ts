import { type Command, Option } from 'commander';
import { exitStatus, usageError } from '../errors.ts';
import { type FilterOptions, RecordFilter } from '../filter/filter.ts';
import { eventKinds } from '../filter/kinds.ts';
import { ContainerSelection } from '../filter/selector.ts';
import type { NstraceRecord } from '../record/schema.ts';
import type { Sink } from '../recording/sink.ts';
import { TimelineBuilder } from '../timeline/builder.ts';
import type { Timeline } from '../timeline/schema.ts';
import { lanesText } from '../view/lanes.ts';
import { type TimelineStyle, timelineText } from '../view/timeline.ts';
import { UserNames } from '../view/users.ts';
import { addFilterOptions, type FilterValues, filterOf } from './filter-options.ts';
import { addInputOptions, type InputValues, RecordingInput } from './input.ts';
import { addTracerOptions, parseCount, requireJsonOrTable, type TracerValues } from './options.ts';
import { standardOutput } from './output.ts';
import { say, sayError, speaksUtf8 } from './say.ts';
import { tellMissing, tellWaiting } from './selection.ts';
import { Stop } from './stop.ts';
import { terminalSize } from './terminal.ts';
import { Limit, type Output, trace } from './trace.ts';

interface TimelineValues extends FilterValues, InputValues, TracerValues {
  lanes?: boolean;
  quote?: boolean;
  maxArgs?: number;
  output?: 'table' | 'json';
  json?: boolean;
}

const examples = `
Examples:
  nstrace timeline session.ndjson                the life of each container in the recording
  nstrace timeline session.ndjson -c web         of one
  nstrace timeline session.ndjson -c web --lanes a bar for each of its processes
  sudo nstrace timeline                          of those that live until Ctrl-C, each when it has ended
  nstrace timeline session.ndjson -o json | jq '{name: .container.name, startup_ns}'
`;

export const addTimeline = (program: Command): void => {
  const command = program
    .command('timeline')
    .description('tell the lives of containers, in a recording or from now on')
    .argument('[file]', 'a recording, also packed (.gz); - reads standard input; without it, what happens now')
    .option('--lanes', 'draw a bar for each process, from its start to its exit')
    .option('-q, --quote', 'quote arguments so that a shell reads them back')
    .option('--max-args <n>', 'show so many arguments at most', parseCount)
    .addOption(new Option('-o, --output <format>', 'table, or json: one object a container').choices(['table', 'json']))
    .option('--json', 'the same as -o json')
    .addHelpText('after', examples)
    .action(async (file: string | undefined, values: TimelineValues) => {
      process.exitCode = file === undefined ? await live(values) : await ofRecording(file, values);
    });
  addTracerOptions(addInputOptions(addFilterOptions(command, 'all')));
};

/** Timelines that wait for the end of a recording, to be told in the order in which they began. */
const maxWaiting = 10_000;

const ofRecording = async (file: string, values: TimelineValues): Promise<number> => {
  if (values.bpftrace !== undefined) {
    throw usageError('--bpftrace is for tracing', 'a recording is read without it');
  }
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const printer = new TimelinePrinter(values, await filterOf(values, eventKinds), stop, maxWaiting);
  const input = new RecordingInput(file, values, aborter.signal);
  const limit = new Limit(values, () => aborter.abort());
  for await (const { records } of input.batches({ progress: true })) {
    for (const record of records) {
      if (limit.allows(record)) {
        printer.take(record);
      }
    }
  }
  await printer.end(input.isRecording);
  return stop.failure === undefined ? input.status() : sayError(stop.failure);
};

const live = async (values: TimelineValues): Promise<number> => {
  if (values.follow || values.strict) {
    throw usageError('--follow and --strict are for recordings', 'nstrace timeline FILE --strict');
  }
  const filter = await filterOf(values, eventKinds);
  let printer: TimelinePrinter | undefined;
  const { failure } = await trace({
    values,
    // What happens outside of a container is part of its life: filters come later.
    filter: { ...filter, containers: [] },
    makeOutput: (stop): Output => {
      printer = new TimelinePrinter(values, filter, stop, 0);
      return new Unprinted(printer);
    },
    onReady: () => {
      say('tracing; each timeline is told when its container has ended, and all others after Ctrl-C');
      if (printer !== undefined) {
        tellWaiting(printer.selection);
      }
    },
    onAny: (record) => printer?.take(record),
  });
  return failure === undefined ? exitStatus.ok : sayError(failure);
};

/** Makes timelines of records, and prints those that are wanted. */
class TimelinePrinter {
  readonly selection: ContainerSelection;
  readonly #filter: RecordFilter;
  readonly #builder: TimelineBuilder;
  readonly #sink: Sink;
  readonly #values: TimelineValues;
  readonly #style: TimelineStyle;
  readonly #maxWaiting: number;
  readonly #waiting: Timeline[] = [];
  #wanted = true;
  #printed = 0;

  constructor(values: TimelineValues, filter: FilterOptions, stop: Stop, maxWaitingTimelines: number) {
    this.#values = values;
    this.#maxWaiting = maxWaitingTimelines;
    this.selection = new ContainerSelection(values.container ?? []);
    this.#filter = new RecordFilter({ ...filter, containers: [] });
    this.#style = {
      quote: values.quote ?? false,
      maxArgs: values.maxArgs ?? Number.POSITIVE_INFINITY,
      users: new UserNames(),
      unicode: speaksUtf8(),
    };
    this.#sink = standardOutput(stop);
    this.#builder = new TimelineBuilder({
      wantsRecord: () => this.#wanted,
      onDone: (timeline) => this.#done(timeline),
    });
  }

  take(record: NstraceRecord): void {
    this.selection.learn(record);
    // The filter sees every record: who descends from whom is told by those outside of containers too.
    this.#wanted = this.#filter.wants(record);
    this.#builder.take(record);
  }

  /** Time goes on, and what has ended is told. */
  passed(mono: string): void {
    this.#builder.passed(mono);
    this.#sink.flush();
  }

  get pending(): number {
    return this.#sink.pending;
  }

  /** @param tellNone whether to say that there was nothing to print */
  async end(tellNone = true): Promise<void> {
    this.#builder.finish();
    for (const timeline of this.#waiting.sort((a, b) => (a.begin < b.begin ? -1 : 1))) {
      this.#print(timeline);
    }
    tellMissing(this.selection);
    if (this.#printed === 0 && tellNone && this.selection.waitingFor().length === 0) {
      say(this.selection.empty ? 'there was no container' : 'no container was asked for that had a life to tell');
    }
    await this.#sink.end();
  }

  #done(timeline: Timeline): void {
    if (!this.selection.wantsLife(timeline.container)) {
      return;
    }
    if (this.#maxWaiting === 0) {
      this.#print(timeline);
      this.#sink.flush();
      return;
    }
    this.#waiting.push(timeline);
    if (this.#waiting.length > this.#maxWaiting) {
      this.#print(this.#waiting.shift()!);
    }
  }

  #print(timeline: Timeline): void {
    if (requireJsonOrTable(this.#values) === 'json') {
      this.#sink.put(`${JSON.stringify(timeline)}\n`);
    } else {
      const text = this.#values.lanes
        ? lanesText(timeline, this.#style, process.stdout.isTTY ? terminalSize().columns : widthWithoutTerminal)
        : timelineText(timeline, this.#style);
      this.#sink.put(`${this.#printed > 0 ? '\n' : ''}${text}`);
    }
    this.#printed += 1;
  }
}

const widthWithoutTerminal = 100;

/** A trace whose records go to the printer before they are filtered. */
class Unprinted implements Output {
  readonly #printer: TimelinePrinter;

  constructor(printer: TimelinePrinter) {
    this.#printer = printer;
  }

  record(): void {}

  flush(mono: string): void {
    this.#printer.passed(mono);
  }

  get pending(): number {
    return this.#printer.pending;
  }

  close(): Promise<void> {
    return this.#printer.end();
  }

  end(): Promise<void> {
    return this.#printer.end();
  }
}
