import type { Command } from 'commander';
import { Option } from 'commander';
import type { Judging } from '../diff/judging.ts';
import { usageError } from '../errors.ts';
import { recordedKinds } from '../filter/kinds.ts';
import { OnlyCommand } from '../filter/only.ts';
import { type FleetValues, isFleet } from '../fleet/stream/input.ts';
import type { RotateValues } from '../output/file.ts';
import { requireRoot } from '../session/rights.ts';
import { requireExactWords } from '../tracing/exact-words.ts';
import { Launch, type LaunchUser } from '../tracing/launch.ts';
import { recordTrace } from '../tracing/record.ts';
import { UntilStopped } from '../tracing/until-stopped.ts';
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

const untilHelp =
  'only up to this time: RFC 3339, or an age such as 10m; with -c X, stopped: until X has stopped, with its exit code';

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
      new Option('--as <user>', 'run the command as root, or as the user who called sudo (the default)').choices([
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
  addFilterOptions(addJudgingOptions(addRotateOptions(command)), 'all but usage', untilHelp);
  addTracerOptions(command);
  addFleetOptions(command, 'instead of this host: nats://…, what the agents of a fleet ship');
};

const fileOf = ({ output }: RecordValues): string =>
  output ?? `nstrace-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.ndjson`;

const ofFleet = async (words: readonly string[], values: RecordValues): Promise<number> => {
  const from = requireFleet(words, values);
  const { recordFleet } = await import('../fleet/stream/record.ts');
  return recordFleet(fileOf(values), from, values, await filterOf(values, recordedKinds));
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
  const file = fileOf(values);
  checkCommand(words, values);
  checkRotate(values, file);
  checkAccess(values, file);
  const { until: end, ...others } = values;
  const until = end === 'stopped' ? new UntilStopped(values.container ?? [], words.length > 0) : undefined;
  const filter = await filterOf(until === undefined ? values : others, recordedKinds);
  const launch = words.length > 0 ? new Launch(words, values.as ?? 'caller') : undefined;
  requireRoot();
  return recordTrace({
    ...{ file, values, filter, judging, launch, until },
    filters: describeFilters(values),
    change: values.redact ? (await import('../view/redact/record.ts')).redactRecord : undefined,
    only: values.only && launch ? new OnlyCommand(launch.launchers) : undefined,
  });
};

/** @throws NstraceError (2) if options about a command are given without one */
const checkCommand = (words: readonly string[], { as, only }: RecordValues): void => {
  if (as !== undefined && words.length === 0) {
    throw usageError('--as needs a command', 'nstrace record --as root -- COMMAND');
  }
  if (only && words.length === 0) {
    throw usageError('--only needs a command', 'nstrace record --only -- COMMAND');
  }
  requireExactWords(words);
};

/** @throws NstraceError (2) if an owner is given for what is no file */
const checkAccess = ({ owner, group }: RecordValues, file: string): void => {
  if (file === '-' && (owner !== undefined || group !== undefined)) {
    throw usageError('--owner and --group are for a file', 'name one with -o');
  }
};
