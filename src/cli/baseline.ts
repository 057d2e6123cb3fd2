import { type Command, Option } from 'commander';
import { say } from '../console/say.ts';
import { write } from '../console/stdout.ts';
import { Stop } from '../console/stop.ts';
import { addToBaseline, baselineText } from '../diff/baseline.ts';
import { readBaselineText, replaceBaseline, writeBaseline } from '../diff/baseline-file.ts';
import { type SummaryValues, summarize } from '../diff/summaries.ts';
import type { MatchBy } from '../diff/summary.ts';
import { type Numbers, numberChoices } from '../diff/word.ts';
import { exitStatus, usageError } from '../errors.ts';
import { escapeText } from '../view/escape.ts';
import { addRangeOptions, addSelectorOptions, chosenBy, type SelectorValues } from './options/filter.ts';
import { addReadOptions } from './options/input.ts';

interface BaselineValues extends SummaryValues, SelectorValues {
  output: string;
  add?: boolean;
  force?: boolean;
  match: MatchBy;
  numbers: Numbers;
}

const examples = `
A line is CONTAINER exec|join PROGRAM ARGUMENT... => OUTCOME,...; * is any text. Edit it, and keep it with your sources.

Examples:
  nstrace baseline good.ndjson -o web.baseline
  nstrace baseline 'night-*.ndjson.gz' -c web -o web.baseline --add    what is not in it yet
  nstrace diff --baseline web.baseline test.ndjson
  sudo nstrace record --baseline web.baseline --fail-on new -- make test
`;

export const addBaseline = (program: Command): void => {
  const command = program
    .command('baseline')
    .description('write what is normal in containers into a small text file')
    .argument('<file...>', 'recordings, also compressed (.gz), patterns, or - for standard input')
    .requiredOption('-o, --output <file>', 'the baseline, - is standard output')
    .option('--add', 'add to an existing baseline what it does not have; its lines and comments stay')
    .option('--force', 'write over an existing file')
    .addOption(
      new Option('--match <what>', 'containers are called by name, or by image')
        .choices(['name', 'image'])
        .default('name'),
    )
    .addOption(
      new Option('--numbers <which>', 'numbers in command lines to ignore: long ones have 4 digits or more')
        .choices(numberChoices)
        .default('long'),
    )
    .option('--no-redact', 'write secrets in arguments as they were recorded')
    .addHelpText('after', examples)
    .action(async (words: string[], values: BaselineValues) => {
      process.exitCode = await baseline(words, values);
    });
  addReadOptions(addRangeOptions(addSelectorOptions(command)));
};

const baseline = async (words: readonly string[], values: BaselineValues): Promise<number> => {
  const { output, add = false, force = false, match, numbers } = values;
  if (add && (force || output === '-')) {
    throw usageError('--add needs a baseline to add to', 'leave out --force, and name the file with -o');
  }
  const { signal } = new Stop();
  const before = add ? readBaselineText(output) : undefined;
  const { summary, status } = await summarize(words, values, { match, numbers }, await chosenBy(values), signal);
  if (signal.aborted) {
    return exitStatus.interrupted;
  }
  if (summary.containers.size === 0) {
    say('there was no container: the baseline allows nothing');
  }
  if (before !== undefined) {
    const { text, added } = addToBaseline(before, output, summary);
    replaceBaseline(output, text);
    say(`${added} ${added === 1 ? 'line' : 'lines'} added to ${escapeText(output)}`);
  } else if (output === '-') {
    await write(baselineText(summary));
  } else {
    writeBaseline(output, baselineText(summary), force);
  }
  return status;
};
