import type { Command } from 'commander';

export const addInputOptions = (command: Command): Command =>
  addReadOptions(command.option('-f, --follow', 'wait for more: the recording is still being written'));

/** Options of every command that reads recordings to their end. */
export const addReadOptions = (command: Command): Command =>
  command
    .option('--strict', 'exit with status 4 if the recording is damaged or incomplete')
    .option('--no-spool', 'read standard input as it comes: a name that is learned late applies only from then on');
