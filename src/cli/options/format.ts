import { type Command, Option } from 'commander';
import { usageError } from '../../errors.ts';

export interface FormatValues {
  output?: 'table' | 'json';
  json?: boolean;
}

/** @param each what one line of JSON is */
export const addJsonOptions = (command: Command, each = 'object'): Command =>
  command
    .addOption(new Option('-o, --output <format>', `table, or json: one ${each} per line`).choices(['table', 'json']))
    .option('--json', 'the same as -o json');

/** @throws NstraceError (2) if both were asked for */
export const requireJsonOrTable = ({ output, json }: FormatValues): 'table' | 'json' => {
  if (json === true && output === 'table') {
    throw usageError('--json and -o table contradict each other', 'leave one of them out');
  }
  return json === true ? 'json' : (output ?? 'table');
};
