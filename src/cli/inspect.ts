import type { Command } from 'commander';
import { write } from '../console/stdout.ts';
import { exitStatus } from '../errors.ts';
import { findNow, findPast } from '../input/processes.ts';
import { compareText, inspectText } from '../view/inspect.ts';
import { jsonLine } from '../view/json.ts';
import { UserNames } from '../view/users.ts';
import { addJsonOptions, type FormatValues, requireJsonOrTable } from './options/format.ts';

interface InspectValues extends FormatValues {
  from?: string;
}

const examples = `
Examples:
  nstrace inspect 4711             a process by its pid on the host
  nstrace inspect web              the first process of a container
  nstrace inspect web:7            the one that is pid 7 inside: its pid on the host, and the other way round
  nstrace inspect web:7 4711       what two processes share, and where they differ
  nstrace inspect --from session.ndjson 4711   one that has ended since
`;

export const addInspect = (program: Command): void => {
  const command = program
    .command('inspect')
    .description('show one process with its namespaces, cgroups, ancestry and rights, or compare two')
    .argument('<process>', 'a host pid, or a container and a pid inside: NAME or NAME:PID')
    .argument('[other]', 'another one, to compare with')
    .option('--from <file>', 'answer out of a recording, also for processes that are gone')
    .addHelpText('after', examples)
    .action(async (first: string, second: string | undefined, values: InspectValues) => {
      process.exitCode = await inspect(second === undefined ? [first] : [first, second], values);
    });
  addJsonOptions(command);
};

const inspect = async (words: readonly string[], values: InspectValues): Promise<number> => {
  const format = requireJsonOrTable(values);
  const found = values.from === undefined ? await findNow(words) : await findPast(words, values.from);
  if (format === 'json') {
    await write(found.map(jsonLine).join(''));
  } else if (found.length === 2) {
    await write(compareText(found[0]!, found[1]!));
  } else {
    await write(inspectText(found[0]!, { users: new UserNames(), width: undefined }));
  }
  return exitStatus.ok;
};
