import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { cannotWrite, exitStatus, usageError } from '../errors.ts';
import { eventKinds } from '../filter/kinds.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { FileSink, GzipSink, type OnSinkError, openRecording, type Sink } from '../recording/sink.ts';
import { requireRoot } from '../session/session.ts';
import { escapeText } from '../view/escape.ts';
import { addFilterOptions, type FilterValues, filterOf } from './filter-options.ts';
import { Launch, type LaunchUser } from './launch.ts';
import { addTracerOptions, type TracerValues } from './options.ts';
import { JsonOutput, standardOutput } from './output.ts';
import { say, sayError } from './say.ts';
import type { Stop, StopReason } from './stop.ts';
import { trace } from './trace.ts';

interface RecordValues extends FilterValues, TracerValues {
  output?: string;
  force?: boolean;
  redact?: boolean;
  as?: LaunchUser;
}

const examples = `
Examples:
  sudo nstrace record -o session.ndjson            until Ctrl-C
  sudo nstrace record -o run.ndjson.gz --duration 5m
  sudo nstrace record -o test.ndjson -- make test  until make and all that it started have ended, with its status
  sudo nstrace record -o - -c web | jq .           to another program
`;

export const addRecord = (program: Command): void => {
  const command = program
    .command('record')
    .description('trace into a file, until Ctrl-C or as long as a command runs')
    .argument('[command...]', 'after --: run this, and stop when it and what it started have ended')
    .option(
      '-o, --output <file>',
      'where to: a file, .gz is compressed, - is standard output (default: nstrace-<time>.ndjson)',
    )
    .option('--force', 'write over an existing file')
    .option('--redact', 'mask passwords, tokens and other secrets in arguments')
    .addOption(
      new Option('--as <user>', 'run the command as root, or as who called sudo (the default)').choices([
        'root',
        'caller',
      ]),
    )
    .addHelpText('after', examples)
    .action(async (words: string[], values: RecordValues) => {
      process.exitCode = await record(words, values);
    });
  addTracerOptions(addFilterOptions(command, 'all'));
};

const record = async (words: string[], values: RecordValues): Promise<number> => {
  if (values.as !== undefined && words.length === 0) {
    throw usageError('--as needs a command', 'nstrace record --as root -- COMMAND');
  }
  const file = values.output ?? `nstrace-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.ndjson`;
  const filter = await filterOf(values, eventKinds);
  let broken: Error | undefined;
  let output: JsonOutput | undefined;
  const launch = words.length > 0 ? new Launch(words, values.as ?? 'caller') : undefined;
  requireRoot();
  const change = values.redact ? (await import('../view/redact/record.ts')).redactRecord : undefined;
  const { failure, reason, left } = await trace({
    values,
    filter,
    makeOutput: (stop) => {
      const sink = openSink(file, values.force ?? false, stop, (error) => {
        broken = error;
      });
      output = new JsonOutput(sink, file === '-' ? 'pipe' : 'disk', change);
      return output;
    },
    onReady: (stop) => {
      if (launch === undefined) {
        say(`recording to ${escapeText(file)}; Ctrl-C stops`);
      } else {
        launch.start(() => stop.now('command-ended'));
      }
    },
    passOn: (signal) => {
      const passes = launch?.running ?? false;
      if (passes) {
        launch?.signal(signal);
      }
      return passes;
    },
    onAny: (entry: NstraceRecord) => launch?.follow(entry),
  }).finally(() => removeEmpty(file, output, values.force ?? false));
  const failed = broken ?? failure;
  const failedStatus = failed === undefined ? undefined : sayError(failed);
  const cutShort = !left && (launch?.running ?? false);
  if (cutShort) {
    if (failed === undefined) {
      say('tracing has ended, and so does the command (SIGTERM)');
      launch?.signal('SIGTERM');
    } else {
      say('the command goes on untraced, and is waited for; Ctrl-C ends it');
    }
    await launch?.finished();
  }
  if (failedStatus !== undefined) {
    return failedStatus;
  }
  if (output?.writer.tally.seq === 0) {
    say('nothing was recorded: it was stopped before all probes were attached');
  } else if (output !== undefined && file !== '-') {
    tellEnd(file, output);
  }
  if (launch === undefined || (cutShort && asked.has(reason))) {
    return exitStatus.ok;
  }
  return launch.status ?? signalStatus[reason as keyof typeof signalStatus] ?? exitStatus.ok;
};

/** Ends of tracing that were asked for, with which the command was ended too. */
const asked: ReadonlySet<StopReason> = new Set<StopReason>(['duration', 'max-events', 'reader-gone']);
/** Of a command that was never started, as a shell has it. */
const signalStatus = { interrupt: 130, terminated: 143, hangup: 129 } as const;

/** A file that was made and has no record in it is no recording: it goes. */
const removeEmpty = async (file: string, output: JsonOutput | undefined, force: boolean): Promise<void> => {
  if (output?.writer.tally.seq === 0 && file !== '-' && !force) {
    await rm(file, { force: true });
  }
};

const openSink = (file: string, force: boolean, stop: Stop, onBroken: (error: Error) => void): Sink => {
  if (file === '-') {
    return standardOutput(stop);
  }
  const onError: OnSinkError = (error) => {
    onBroken(cannotWrite(file, error.message));
    stop.now('failure');
  };
  const descriptor = openRecording(file, { force });
  return file.endsWith('.gz') ? new GzipSink(descriptor, onError) : new FileSink(descriptor, onError);
};

const tellEnd = (file: string, { writer }: JsonOutput): void => {
  const { seq, events, lost, exact, cut } = writer.tally;
  const complete = writer.complete
    ? 'complete'
    : lost > 0
      ? `${exact ? '' : 'at least '}${lost} events are missing`
      : exact
        ? `nothing is missing; ${cut} command lines were cut`
        : 'an unknown number of events is missing';
  say(`${seq} records in ${escapeText(file)}: ${events.exec ?? 0} execs, ${events.exit ?? 0} exits, ${complete}`);
};
