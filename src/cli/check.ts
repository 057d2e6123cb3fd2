import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, Option } from 'commander';
import { ProgressLine } from '../console/progress.ts';
import { say, sayError } from '../console/say.ts';
import { standardOutput } from '../console/stdout.ts';
import { Stop } from '../console/stop.ts';
import { cannotWrite, exitStatus, NstraceError, noRecording, usageError } from '../errors.ts';
import { type Check, Checker } from '../recording/check.ts';
import { openRecording } from '../recording/file.ts';
import { Reading } from '../recording/reader.ts';
import { Repairer } from '../recording/repair.ts';
import { FileSink, GzipSink } from '../recording/sink.ts';
import { checkText } from '../view/check.ts';
import { escapeText } from '../view/escape.ts';
import { jsonLine } from '../view/json.ts';

interface CheckValues {
  repair?: boolean;
  /** With --repair a file, else table or json. */
  output?: string;
  json?: boolean;
  force?: boolean;
}

/** A judge: what it found, or that it could not judge. */
const statusOf = { complete: 0, incomplete: 1, damaged: 4 } as const;
const cannotJudge = 2;

const examples = `
Examples:
  nstrace check session.ndjson                      is it whole, and if not, what is missing from when to when?
  nstrace check session.*.ndjson                    the parts of a recording that was rotated
  nstrace check *.ndjson -o json | jq .missing      as data: one object a recording
  nstrace check --repair -o good.ndjson cut.ndjson  write what is good of it, with a true footer

Exit status: 0 complete, 1 valid but not complete, 4 damaged, 2 could not be judged.
`;

export const addCheck = (program: Command): void => {
  program
    .command('check')
    .description('say whether recordings are valid and complete, and what is missing from when to when')
    .argument('<file...>', 'recordings, also packed (.gz); - reads standard input')
    .option('--repair', 'write what is good of one recording into the file that -o names')
    .option('-o, --output <format>', 'table, or json: one object a recording; with --repair the new file')
    .addOption(new Option('--json', 'the same as -o json'))
    .option('--force', 'with --repair: write over an existing file')
    .addHelpText('after', examples)
    .action(async (files: string[], values: CheckValues) => {
      process.exitCode = await check(files, values);
    });
};

const check = async (files: readonly string[], values: CheckValues): Promise<number> => {
  const { output, repair = false } = values;
  if (values.json === true && output === 'table') {
    throw usageError('--json and -o table contradict each other', 'leave one of them out');
  }
  if (!repair && output !== undefined && output !== 'table' && output !== 'json') {
    throw usageError(`-o ${output} is neither table nor json`, 'to write a file: nstrace check --repair -o NEW FILE');
  }
  if (repair && output === undefined) {
    throw usageError('--repair needs a new file', 'nstrace check --repair -o NEW FILE');
  }
  if (values.force && !repair) {
    throw usageError('--force is for --repair', 'a check alone writes nothing');
  }
  const isJson = values.json === true || (!repair && output === 'json');
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const sink = standardOutput(stop);
  let status: number = exitStatus.ok;
  let unjudged = false;
  try {
    const checks = repair ? [await repairOne(files, output!, values, aborter.signal)] : checkAll(files, aborter.signal);
    for await (const found of checks) {
      if (isNone(found)) {
        sayError(noRecording(found.damage[0]!.file));
        unjudged = true;
      } else {
        sink.put(isJson ? jsonLine(found) : checkText(found));
        sink.flush();
        status = Math.max(status, repair ? exitStatus.ok : statusOf[found.verdict]);
      }
    }
  } catch (error) {
    sayError(error);
    unjudged = true;
  }
  await sink.end();
  return unjudged || aborter.signal.aborted ? cannotJudge : status;
};

/** Reads all recordings, and judges each when it has ended. */
async function* checkAll(files: readonly string[], signal: AbortSignal): AsyncGenerator<Check> {
  const progress = process.stderr.isTTY ? new ProgressLine(files.map(escapeText).join(', ')) : undefined;
  let checker = new Checker();
  const reading = new Reading(files, {
    ...{ carried: true, unknown: true },
    onDamage: (damage) => checker.damage(damage),
    ...(progress && { onProgress: progress.show }),
  });
  try {
    for (const batches of await reading.recordings(signal)) {
      checker = new Checker();
      for await (const batch of batches) {
        checker.take(batch);
      }
      progress?.clear();
      if (signal.aborted) {
        return;
      }
      yield checker.finish();
    }
  } finally {
    progress?.clear();
    reading.close();
  }
}

/** A file without a single record is no damaged recording, but none. */
const isNone = ({ records, damage }: Check): boolean => records === 0 && damage.some(({ line }) => line > 0);

/** Bytes that wait to be written, before reading waits too. */
const maxPendingBytes = 4 * 1024 * 1024;

const repairOne = async (
  files: readonly string[],
  target: string,
  { force = false }: CheckValues,
  signal: AbortSignal,
): Promise<Check> => {
  const checker = new Checker();
  const reading = new Reading(files, {
    lines: true,
    carried: true,
    unknown: true,
    onDamage: (damage) => checker.damage(damage),
  });
  const [batches, ...others] = await reading.recordings(signal);
  if (batches === undefined || others.length > 0) {
    throw usageError('--repair takes one recording, or its parts', 'repair them one by one');
  }
  const descriptor = openRecording(target, { force });
  let failure: Error | undefined;
  const onError = (error: Error): void => {
    failure ??= cannotWrite(target, error.message);
  };
  const sink = target.endsWith('.gz') ? new GzipSink(descriptor, onError) : new FileSink(descriptor, onError);
  const repairer = new Repairer(sink);
  try {
    for await (const batch of batches) {
      checker.take(batch);
      repairer.take(batch);
      while (sink.pending > maxPendingBytes && failure === undefined) {
        await sleep(1);
      }
    }
  } finally {
    reading.close();
  }
  const found = checker.finish();
  const count = await repairer.end();
  if (failure !== undefined) {
    throw failure;
  }
  if (isNone(found)) {
    return found;
  }
  if (count === 0) {
    throw new NstraceError(`${files.join(', ')} has no header: nothing can be made of it`, {
      advice: 'the records that follow can be read with nstrace replay',
      status: cannotJudge,
    });
  }
  say(`${count} records in ${escapeText(target)}`);
  return found;
};
