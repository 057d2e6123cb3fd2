import type { Command } from 'commander';
import { write } from '../console/stdout.ts';
import { exitStatus, usageError } from '../errors.ts';
import { momentOf } from '../filter/moment.ts';
import { findNow, findPast } from '../input/processes.ts';
import { whyOf } from '../now/why.ts';
import { jsonLine } from '../view/json.ts';
import { whyText } from '../view/why.ts';
import { addJsonOptions, type FormatValues, requireJsonOrTable } from './options/format.ts';

interface WhyValues extends FormatValues {
  from?: string;
  at?: string;
}

const examples = `
Evidence, the strongest first: init, lineage (an ancestor is the init), pidns, cgroup, mnt. A stronger one wins.

Examples:
  nstrace why 4711                 why that process stands in its container, or on the host
  nstrace why web                  the first process of web: why web is a container, and where its name comes from
  nstrace why web:7                the one that is pid 7 inside
  nstrace why --from session.ndjson 4711                         out of a recording
  nstrace why --from session.ndjson --at 2026-01-31T12:00:00Z 4711   as it was at that time
`;

export const addWhy = (program: Command): void => {
  const command = program
    .command('why')
    .description('show the evidence that a process belongs to its container')
    .argument('<process>', 'a host pid, or a container and a pid inside: NAME or NAME:PID')
    .option('--from <file>', 'answer out of a recording, also for processes that are gone')
    .option('--at <time>', 'with --from: as of then; RFC 3339, or an age such as 10m')
    .addHelpText('after', examples)
    .action(async (word: string, values: WhyValues) => {
      process.exitCode = await why(word, values);
    });
  addJsonOptions(command);
};

const why = async (word: string, values: WhyValues): Promise<number> => {
  const format = requireJsonOrTable(values);
  if (values.at !== undefined && values.from === undefined) {
    throw usageError('--at is about a recording', 'give one with --from FILE');
  }
  const at = momentOf('--at', values.at);
  const [found] = values.from === undefined ? await findNow([word]) : await findPast([word], values.from, at);
  const record = whyOf(found!);
  await write(format === 'json' ? jsonLine(record) : whyText(record));
  return exitStatus.ok;
};
