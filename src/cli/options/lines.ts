import { type Command, InvalidArgumentError, Option } from 'commander';
import { usageError } from '../../errors.ts';
import { groupKinds } from '../../filter/group.ts';
import { didYouMean } from '../../kernel/did-you-mean.ts';
import type { LineSettings } from '../../output/lines.ts';
import { columns } from '../../view/columns.ts';
import { addJsonOptions, type FormatValues, requireJsonOrTable } from './format.ts';
import { parseCount } from './parse.ts';

export interface LineValues extends LineSettings, FormatValues {}

/** What live and replay list without -e. */
export const usualKinds = 'exec; with -o json also container';

/** @param what what stands together */
export const addGroupOption = (command: Command, what: string): Command =>
  command.addOption(new Option('--group-by <kind>', what).choices(groupKinds));

/** @throws NstraceError (2) if records as they are were asked for by groups */
export const refuseGroupedJson = ({ groupBy, ...values }: Pick<LineValues, 'groupBy' | 'output' | 'json'>): void => {
  if (groupBy !== undefined && requireJsonOrTable(values) === 'json') {
    throw usageError(
      '--group-by is for people, and -o json for programs',
      `group the records with jq, or leave one out`,
    );
  }
};

export const addLineOptions = (command: Command): Command =>
  addJsonOptions(
    command
      .option('-T, --time', 'wall clock')
      .option('-t, --timestamp', 'seconds since tracing began')
      .option('-U, --print-uid', 'user id')
      .option('-q, --quote', 'quote arguments so that a shell reads them back')
      .option('--max-args <n>', 'show at most N arguments', parseCount)
      .option('--columns <list>', `columns to show: ${columns.map(({ name }) => name).join(', ')}`, parseColumns)
      .option('--no-header', 'no header line')
      .addOption(new Option('--color <when>', 'colours').choices(['auto', 'always', 'never']).default('auto')),
    'record',
  );

const parseColumns = (value: string): string[] => {
  const words = value.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !columns.some(({ name }) => name === word));
  if (unknown !== undefined) {
    const names = columns.map(({ name }) => name);
    throw new InvalidArgumentError(
      `there is no column ${JSON.stringify(unknown)}: ${didYouMean(unknown, names, `the columns are ${names.join(', ')}`)}`,
    );
  }
  return words;
};

/** Whether there is a terminal for a view, and nothing asks for lines. */
export const wantsTui = (values: LineValues): boolean => {
  const { output, json, time, timestamp, printUid, quote, maxArgs, columns, header } = values;
  const lines = [output, json, time, timestamp, printUid, quote, maxArgs, columns].some((value) => value !== undefined);
  return process.stdin.isTTY && process.stdout.isTTY && process.env.TERM !== 'dumb' && !lines && header;
};
