import { type Command, InvalidArgumentError } from 'commander';
import { terminalSize } from '../../console/terminal.ts';
import type { FormatValues } from './format.ts';

/** How tables of what is there now look. */
export interface TableValues extends FormatValues {
  columns?: string[];
  sort?: string[];
  wide?: boolean;
  header: boolean;
  watch?: number | true;
}

export const addTableOptions = (command: Command): Command =>
  command
    .option('--columns <list>', 'columns to show', parseList)
    .option('--sort <list>', 'sort by these columns; -NAME in reverse order', parseList)
    .option('--wide', 'whole lines, also on a terminal')
    .option('--no-header', 'no header line')
    .option('--watch [seconds]', 'repeat, every 2 seconds without a number', parseSeconds);

const parseList = (value: string): string[] => value.split(',').map((word) => word.trim());

const parseSeconds = (value: string): number => {
  const seconds = Number(value);
  if (!(seconds >= 0.1 && seconds <= 86_400)) {
    throw new InvalidArgumentError('it is not a number of seconds from 0.1');
  }
  return seconds;
};

/** The width that lines must fit into; undefined for whole lines. */
export const lineWidth = (values: Pick<TableValues, 'wide'>): number | undefined =>
  process.stdout.isTTY && values.wide !== true ? terminalSize().columns : undefined;
