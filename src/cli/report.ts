import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { Stop } from '../console/stop.ts';
import { exitStatus } from '../errors.ts';
import { eventKinds } from '../filter/kinds.ts';
import { sayWritten, takeWanted, type WantedValues } from '../input/wanted.ts';
import { addFilterOptions, type FilterValues, filterOf } from './options/filter.ts';
import { addReadOptions } from './options/input.ts';

interface ReportValues extends FilterValues, Omit<WantedValues, 'events'> {
  output?: string;
  force?: boolean;
}

const examples = `
Examples:
  nstrace report session.ndjson                 writes session.html: open it in a browser
  nstrace report session.ndjson -o web.html -c web    of one container
  nstrace report session.ndjson -o - | ssh me@desk 'cat > session.html'
`;

export const addReport = (program: Command): void => {
  const command = program
    .command('report')
    .description('make one HTML file of a recording, with interactive timelines')
    .argument('<file>', 'a recording, also packed (.gz); - reads standard input')
    .option(
      '-o, --output <file>',
      'where to: a file, - is standard output (without it: the recording’s name with .html)',
    )
    .option('--force', 'write over an existing file')
    .option('--no-redact', 'keep passwords, tokens and other secrets in arguments')
    .addHelpText('after', examples)
    .action(async (file: string, values: ReportValues) => {
      process.exitCode = await report(file, values);
    });
  addReadOptions(addFilterOptions(command, 'all'));
};

const report = async (file: string, values: ReportValues): Promise<number> => {
  const target = values.output ?? (file === '-' ? '-' : `${file.replace(/(?:\.ndjson|\.jsonl?)?(?:\.gz)?$/, '')}.html`);
  const [{ ReportCollector }, { reportHtml }, { ExportOutput }] = await Promise.all([
    import('../report/collect.ts'),
    import('../report/html.ts'),
    import('../export/output.ts'),
  ]);
  const filter = await filterOf(values, eventKinds);
  const parts = await readParts();
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const out = new ExportOutput(target, { force: values.force ?? false });
  const collector = new ReportCollector();
  const { status, damage } = await takeWanted(file, values, filter, aborter.signal, {
    take: (record) => collector.take(record),
  });
  const data = collector.finish(damage);
  if (data === undefined) {
    out.discard();
    return status === exitStatus.ok ? exitStatus.failed : status;
  }
  out.text(await reportHtml(data, parts));
  await out.end();
  sayWritten(target, out.written);
  return status;
};

/** They are built beside this program. */
const readParts = async (): Promise<{ script: string; style: string }> => {
  const [script, style] = await Promise.all(
    ['page.js', 'page.css'].map((name) => readFile(new URL(`./report/${name}`, import.meta.url), 'utf8')),
  );
  return { script: script!.trim(), style: style!.trim() };
};
