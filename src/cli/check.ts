import { type Command, Option } from 'commander';
import { sayError } from '../console/say.ts';
import { standardOutput } from '../console/stdout.ts';
import { Stop } from '../console/stop.ts';
import { exitStatus, noRecording, usageError } from '../errors.ts';
import { checkRecordings } from '../input/check.ts';
import { repairRecording } from '../output/repair.ts';
import { hasNothing } from '../recording/check.ts';
import { checkText } from '../view/check.ts';
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
  nstrace check *.ndjson -o json | jq .missing      as data: one object per recording
  nstrace check --repair -o good.ndjson cut.ndjson  write what is good of it, with a true footer

Exit status: 0 complete, 1 valid but not complete, 4 damaged, 2 could not be judged.
`;

export const addCheck = (program: Command): void => {
  program
    .command('check')
    .description('check whether recordings are valid and complete, and report what is missing from when to when')
    .argument('<file...>', 'recordings, also compressed (.gz); - reads standard input')
    .option('--repair', 'write the valid records of one recording to the file that -o names')
    .option('-o, --output <format>', 'table, or json: one object per recording; with --repair the new file')
    .addOption(new Option('--json', 'the same as -o json'))
    .option('--force', 'with --repair: write over an existing file')
    .addHelpText('after', examples)
    .action(async (files: string[], values: CheckValues) => {
      process.exitCode = await check(files, values);
    });
};

const check = async (files: readonly string[], values: CheckValues): Promise<number> => {
  requireOptions(values);
  const { output, repair = false, force = false } = values;
  const isJson = values.json === true || (!repair && output === 'json');
  const aborter = new AbortController();
  const { signal } = aborter;
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const sink = standardOutput(stop);
  let status: number = exitStatus.ok;
  let unjudged = false;
  try {
    const checks = repair ? [await repairRecording(files, output!, { force }, signal)] : checkRecordings(files, signal);
    for await (const found of checks) {
      if (hasNothing(found)) {
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
  if (stop.failure !== undefined) {
    sayError(stop.failure);
  }
  return unjudged || signal.aborted ? cannotJudge : status;
};

/** @throws NstraceError (2) if they contradict each other */
const requireOptions = ({ output, repair = false, json, force }: CheckValues): void => {
  if (json === true && output === 'table') {
    throw usageError('--json and -o table contradict each other', 'leave one of them out');
  }
  if (!repair && output !== undefined && output !== 'table' && output !== 'json') {
    throw usageError(`-o ${output} is neither table nor json`, 'to write a file: nstrace check --repair -o NEW FILE');
  }
  if (repair && (output === undefined || output === '-')) {
    throw usageError(
      '--repair needs a new file: what it finds goes to standard output',
      'nstrace check --repair -o NEW FILE',
    );
  }
  if (force && !repair) {
    throw usageError('--force is for --repair', 'a check alone writes nothing');
  }
};
