import { type Command, Option } from 'commander';
import { sayError } from '../console/say.ts';
import { write } from '../console/stdout.ts';
import { Stop } from '../console/stop.ts';
import { readBaseline } from '../diff/baseline.ts';
import { type Comparison, compare, compareBaseline } from '../diff/compare.ts';
import { type SummaryValues, summarize } from '../diff/summaries.ts';
import type { MatchBy } from '../diff/summary.ts';
import { comparisonText } from '../diff/text.ts';
import type { Numbers } from '../diff/word.ts';
import { numberChoices } from '../diff/word.ts';
import { exitStatus, usageError } from '../errors.ts';
import { jsonLine } from '../view/json.ts';
import { addRangeOptions, addSelectorOptions, chosenBy, type SelectorValues } from './options/filter.ts';
import { addReadOptions } from './options/input.ts';

interface DiffValues extends SummaryValues, SelectorValues {
  baseline?: string;
  match: MatchBy;
  numbers: Numbers;
  output: 'table' | 'json';
}

const examples = `
What a command line has that changes from run to run is no difference: pids, hashes, temporary files, and what already
varies within A. Ends with 0 without a difference, 1 with one, 2 if it could not judge.

Examples:
  nstrace diff yesterday.ndjson today.ndjson
  nstrace diff 'before/*.ndjson.gz' 'after/*.ndjson.gz' -c web
  nstrace diff --match image old.ndjson new.ndjson -o json | jq 'select(.change == "new")'
  nstrace diff --baseline web.baseline test.ndjson
`;

export const addDiff = (program: Command): void => {
  const command = program
    .command('diff')
    .description('what ran in containers of one recording and not in those of another')
    .argument('<file...>', 'A and B, each a recording or a quoted pattern; with --baseline only B')
    .option('--baseline <file>', 'instead of A: what is normal, as `nstrace baseline` wrote it')
    .addOption(new Option('--match <what>', 'which containers are the same').choices(['name', 'image']).default('name'))
    .addOption(
      new Option('--numbers <which>', 'numbers in command lines to ignore: long ones have 4 digits or more')
        .choices(numberChoices)
        .default('long'),
    )
    .option('--no-redact', 'show secrets in arguments as they were recorded')
    .addOption(
      new Option('-o, --output <format>', 'table, or json: one finding per line')
        .choices(['table', 'json'])
        .default('table'),
    )
    .addHelpText('after', examples)
    .action(async (words: string[], values: DiffValues) => {
      process.exitCode = await judge(words, values);
    });
  addReadOptions(addRangeOptions(addSelectorOptions(command)));
};

/** It judges: whatever keeps it from that is status 2. */
const judge = async (words: readonly string[], values: DiffValues): Promise<number> => {
  const { signal } = new Stop();
  try {
    const { comparison, damaged } = await comparisonOf(words, values, signal);
    if (signal.aborted) {
      return exitStatus.interrupted;
    }
    const asking = comparison.containers.length === 0 ? asksFor(values) : [];
    if (asking.length > 0) {
      throw usageError(
        `there is no container to judge by what ${asking.join(' and ')} asks for`,
        '`nstrace timeline FILE` lists those in it',
      );
    }
    await write(
      values.output === 'json' ? jsonOf(comparison) : comparisonText(comparison, values.baseline === undefined),
    );
    return damaged ? exitStatus.usage : comparison.findings.length > 0 ? exitStatus.failed : exitStatus.ok;
  } catch (error) {
    sayError(error);
    return exitStatus.usage;
  }
};

/** The options that ask for a part of the recordings: with nothing in it there is nothing to judge. */
const asksFor = ({ container = [], host, since, until, where }: DiffValues): string[] =>
  Object.entries({
    '-c': container.some((word) => !word.startsWith('!')),
    '--host': host !== undefined,
    '--since': since !== undefined,
    '--until': until !== undefined,
    '--where': where !== undefined,
  }).flatMap(([name, isSet]) => (isSet ? [name] : []));

const comparisonOf = async (
  words: readonly string[],
  values: DiffValues,
  signal: AbortSignal,
): Promise<{ comparison: Comparison; damaged: boolean }> => {
  const options = { match: values.match, numbers: values.numbers };
  if (values.baseline !== undefined) {
    const baseline = readBaseline(values.baseline);
    const { summary, status } = await summarize(words, values, options, await chosenBy(values), signal);
    return { comparison: compareBaseline(baseline, summary), damaged: status !== exitStatus.ok };
  }
  const [a, b, ...more] = words;
  if (a === undefined || b === undefined || more.length > 0) {
    throw usageError(
      'it compares two sides',
      "nstrace diff A B; several files of one side as a quoted pattern: 'a*.ndjson'",
    );
  }
  if (a === '-' && b === '-') {
    throw usageError('standard input can be read once only', 'name a file for one of the two');
  }
  const before = await summarize([a], values, options, await chosenBy(values), signal);
  const after = await summarize([b], values, options, await chosenBy(values), signal);
  return {
    comparison: compare(before.summary, after.summary),
    damaged: before.status !== exitStatus.ok || after.status !== exitStatus.ok,
  };
};

/** Findings, then one line with how much ran where. */
const jsonOf = ({ findings, containers }: Comparison): string =>
  [...findings.map((finding) => ({ type: 'finding', ...finding })), { type: 'counts', containers }]
    .map(jsonLine)
    .join('');
