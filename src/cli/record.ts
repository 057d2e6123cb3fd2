import { rm } from 'node:fs/promises';
import type { Command } from 'commander';
import { Option } from 'commander';
import { say, sayError } from '../console/say.ts';
import type { Stop, StopReason } from '../console/stop.ts';
import type { Judging } from '../diff/judging.ts';
import { exitStatus, usageError } from '../errors.ts';
import { recordedKinds } from '../filter/kinds.ts';
import { OnlyCommand } from '../filter/only.ts';
import { type FleetValues, isFleet } from '../fleet/input.ts';
import { counted } from '../kernel/plural.ts';
import { openOutput, pathsOf, type RecordOutput, type RotateValues, totalsOf } from '../output/file.ts';
import { PartsOutput } from '../output/parts.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { requireRoot } from '../session/session.ts';
import { Launch, type LaunchUser } from '../tracing/launch.ts';
import { trace } from '../tracing/trace.ts';
import { UntilStopped } from '../tracing/until-stopped.ts';
import { escapeText } from '../view/escape.ts';
import { addFilterOptions, describeFilters, type FilterValues, filterOf } from './options/filter.ts';
import { addFleetOptions, refuseFleetOptions } from './options/fleet.ts';
import { addJudgingOptions, type JudgingValues, openJudging } from './options/judging.ts';
import { parseGroup, parseUser } from './options/parse.ts';
import { addRotateOptions, checkRotate } from './options/rotate.ts';
import { addTracerOptions, type TracerValues } from './options/tracer.ts';

interface RecordValues
  extends FilterValues,
    TracerValues,
    RotateValues,
    JudgingValues,
    Omit<FleetValues, 'since' | 'until'> {
  output?: string;
  force?: boolean;
  owner?: number;
  group?: number;
  redact?: boolean;
  as?: LaunchUser;
  only?: boolean;
}

const examples = `
Examples:
  sudo nstrace record -o session.ndjson            until Ctrl-C
  sudo nstrace record -o run.ndjson.gz --duration 5m
  sudo nstrace record -o test.ndjson -- make test  until make and all that it started have ended, with its status
  sudo nstrace record -o - -c web | jq .           to another program
  sudo nstrace record --only -- docker compose up -d   only what that command does, and its containers
  sudo nstrace record -c web --until stopped       until web has stopped, with its exit code
  sudo nstrace record --baseline web.baseline --fail-on new -- make test   fails where something new runs
  nstrace record --from nats://127.0.0.1:4222 --since 1h --until 30m -o fleet.ndjson   all hosts of a fleet
  sudo nstrace record --rotate 100MB --keep 10 -o s.ndjson   in parts, the last gigabyte
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
    .option('--force', 'write over an existing file, which becomes root’s')
    .option('--owner <user>', 'who owns the recording, and may read it, by name or number (default: root)', parseUser)
    .option('--group <group>', 'which group may read the recording too (0640 instead of 0600)', parseGroup)
    .option('--redact', 'mask passwords, tokens and other secrets in arguments')
    .addOption(
      new Option('--as <user>', 'run the command as root, or as who called sudo (the default)').choices([
        'root',
        'caller',
      ]),
    )
    .option('--only', 'with a command: only it, its descendants and the containers that they start')
    .addHelpText('after', examples)
    .action(async (words: string[], values: RecordValues) => {
      refuseFleetOptions(values);
      if (values.from !== undefined) {
        process.exitCode = await ofFleet(words, values);
        return;
      }
      const judging = await openJudging(values);
      const status = await record(words, values, judging);
      process.exitCode = judging?.status(status) ?? status;
    });
  addFleetOptions(command, 'instead of this host: nats://…, what the agents of a fleet ship');
  addTracerOptions(addFilterOptions(addJudgingOptions(addRotateOptions(command)), 'all but usage'));
};

const fileOf = ({ output }: RecordValues): string =>
  output ?? `nstrace-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.ndjson`;

const ofFleet = async (words: readonly string[], values: RecordValues): Promise<number> => {
  const from = requireFleet(words, values);
  const { recordFleet } = await import('../fleet/record.ts');
  const file = fileOf(values);
  const { status, output } = await recordFleet(file, from, values, await filterOf(values, recordedKinds));
  await removeEmpty(file, output, values.force ?? false);
  if (output !== undefined && totalsOf(output).records === 0) {
    say('nothing was recorded: no record came');
  } else if (output !== undefined && file !== '-' && status === exitStatus.ok) {
    sayEnd(file, output);
  }
  return status;
};

/** Options that are about tracing, or about one host. */
const local = ['rotate', 'keep', 'compress', 'baseline', 'failOn', 'only', 'as', 'bpftrace'] as const;

/** The URL of a fleet. @throws NstraceError (2) if it is none, or for what does not go with it */
const requireFleet = (words: readonly string[], values: RecordValues): string => {
  const { from } = values;
  const wrong = local.find((name) => values[name] !== undefined);
  if (!isFleet(from)) {
    throw usageError('record --from takes the stream of a fleet', 'nats://HOST:4222; a file is a recording already');
  }
  if (wrong !== undefined || words.length > 0) {
    const what = `--${(wrong ?? '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw usageError(
      `${wrong === undefined ? 'a command' : what} does not go with --from`,
      'what is read from a fleet was traced elsewhere',
    );
  }
  return from;
};

const record = async (words: string[], values: RecordValues, judging: Judging | undefined): Promise<number> => {
  if (values.as !== undefined && words.length === 0) {
    throw usageError('--as needs a command', 'nstrace record --as root -- COMMAND');
  }
  if (values.only && words.length === 0) {
    throw usageError('--only needs a command', 'nstrace record --only -- COMMAND');
  }
  const file = fileOf(values);
  checkRotate(values, file);
  if (file === '-' && (values.owner !== undefined || values.group !== undefined)) {
    throw usageError('--owner and --group are for a file', 'name one with -o');
  }
  let stop: Stop | undefined;
  const until =
    values.until === 'stopped'
      ? new UntilStopped(values.container ?? [], words.length > 0, () => stop?.now('container-stopped'))
      : undefined;
  const { until: _, ...others } = values;
  const filter = await filterOf(until === undefined ? values : others, recordedKinds);
  let broken: Error | undefined;
  let output: RecordOutput | undefined;
  const launch = words.length > 0 ? new Launch(words, values.as ?? 'caller') : undefined;
  const only = values.only && launch ? new OnlyCommand(launch.launchers) : undefined;
  requireRoot();
  const change = values.redact ? (await import('../view/redact/record.ts')).redactRecord : undefined;
  const { failure, reason, left } = await trace({
    values,
    filters: describeFilters(values),
    filter,
    judging,
    usage: filter.events.has('usage'),
    only: only && ((entry) => only.wants(entry)),
    makeOutput: (its, wants) => {
      stop = its;
      output = openOutput({ file, values, stop, change, wants }, (error) => {
        broken = error;
      });
      return output;
    },
    onReady: (stop, session) => {
      if (output instanceof PartsOutput) {
        output.session = session;
      }
      if (launch === undefined) {
        say(`recording to ${escapeText(pathsOf(file, output).at(-1)!)}; Ctrl-C stops`);
      } else {
        launch.start(() => stop.now('command-ended'));
        only?.begin(launch.pid);
      }
    },
    passOn: (signal) => {
      const passes = launch?.running ?? false;
      if (passes) {
        launch?.signal(signal);
      }
      return passes;
    },
    onAny: (entry: NstraceRecord) => {
      launch?.follow(entry);
      until?.take(entry);
    },
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
  if (output !== undefined && totalsOf(output).records === 0) {
    say('nothing was recorded: it was stopped before all probes were attached');
  } else if (output !== undefined && file !== '-') {
    sayEnd(file, output);
  }
  if (only !== undefined && only.others > 0) {
    say(
      `${counted(only.others, 'other container')} that started meanwhile ${only.others === 1 ? 'was' : 'were'} left out (--only)`,
    );
  }
  if (until !== undefined && reason === 'container-stopped') {
    return statusOf(until);
  }
  if (launch === undefined || (cutShort && asked.has(reason))) {
    return exitStatus.ok;
  }
  return launch.status ?? signalStatus[reason as keyof typeof signalStatus] ?? exitStatus.ok;
};

const statusOf = (until: UntilStopped): number => {
  if (until.status === undefined) {
    say('how the container ended is not known');
  }
  return until.status ?? exitStatus.failed;
};

/** Ends of tracing that were asked for, with which the command was ended too. */
const asked: ReadonlySet<StopReason> = new Set<StopReason>(['duration', 'max-events', 'reader-gone']);
/** Of a command that was never started, as a shell has it. */
const signalStatus = { interrupt: 130, terminated: 143, hangup: 129 } as const;

/** A file that was made and has no record in it is no recording: it goes. */
const removeEmpty = async (file: string, output: RecordOutput | undefined, force: boolean): Promise<void> => {
  if (output !== undefined && totalsOf(output).records === 0 && file !== '-' && !force) {
    await rm(pathsOf(file, output)[0]!, { force: true });
  }
};

const sayEnd = (file: string, output: RecordOutput): void => {
  const { records, execs, exits, lost, exact, cut, complete } = totalsOf(output);
  const whole = complete
    ? 'complete'
    : lost > 0
      ? `${exact ? '' : 'at least '}${lost} events are missing`
      : exact
        ? `nothing is missing; ${counted(cut, 'record was', 'records were')} cut: long command lines, paths or chains of pids`
        : 'an unknown number of events is missing';
  const paths = pathsOf(file, output);
  const removed = output instanceof PartsOutput ? output.writer.removed : 0;
  const place = paths.length === 1 ? paths[0]! : `${paths.length} parts, ${paths[0]} to ${paths.at(-1)}`;
  const older = removed === 0 ? '' : `; ${removed} older parts were removed (--keep)`;
  say(`${records} records in ${escapeText(place)}: ${execs} execs, ${exits} exits, ${whole}${older}`);
};
