import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { sayError } from '../console/say.ts';
import { Stop } from '../console/stop.ts';
import { exitStatus, noRecording, usageError } from '../errors.ts';
import { eventKinds } from '../filter/kinds.ts';
import { isFleet } from '../fleet/stream/input.ts';
import { sayWritten, takeWanted } from '../input/wanted.ts';
import { filterOf } from './options/filter.ts';
import { type AllValues, addWantedOptions, openerOf, wordsOf } from './options/wanted.ts';

interface ReportValues extends AllValues {
  utc?: boolean;
  output?: string;
  force?: boolean;
}

const examples = `
Examples:
  nstrace report session.ndjson                 writes session.html: open it in a browser
  nstrace report session.ndjson -o web.html -c web    of one container
  nstrace report node-a.ndjson node-b.ndjson -o night.html    of two hosts, by time
  nstrace report session.ndjson -o - | ssh me@desk 'cat > session.html'
`;

export const addReport = (program: Command): void => {
  const command = program
    .command('report')
    .description('make one HTML file of a recording, with interactive timelines')
    .argument(
      '[file...]',
      'recordings, also compressed (.gz), patterns, several are merged by time; - reads standard input',
    )
    .option(
      '-o, --output <file>',
      'where to: a file, - is standard output (without it: the recording’s name with .html)',
    )
    .option('--force', 'write over an existing file')
    .option('--no-redact', 'keep passwords, tokens and other secrets in arguments')
    .addHelpText('after', examples)
    .action(async (files: string[], values: ReportValues) => {
      process.exitCode = await report(files, values);
    });
  addWantedOptions(command);
};

const report = async (files: readonly string[], values: ReportValues): Promise<number> => {
  const words = wordsOf(files, values, 'nstrace report FILE');
  const target = values.output ?? nameFor(words);
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
  const { status, damage } = await takeWanted(openerOf(words, values), values, filter, aborter.signal, {
    take: (record) => collector.take(record),
  });
  const data = collector.finish(damage, values.utc);
  if (data === undefined) {
    out.discard();
    return status === exitStatus.ok && !isFleet(values.from) ? sayError(noRecording(words.join(', '))) : status;
  }
  out.text(await reportHtml(data, parts));
  await out.end();
  sayWritten(target, out.written);
  return status;
};

/** The name of the one recording, with another ending. @throws NstraceError (2) if several, or none, have one */
const nameFor = (words: readonly string[]): string => {
  const [word = '', ...others] = words;
  if (others.length > 0 || word.includes('://') || (/[*?[]/.test(word) && !existsSync(word))) {
    throw usageError('a page of several recordings needs a name', 'give it with -o FILE.html; - is standard output');
  }
  return word === '-' ? '-' : `${word.replace(/(?:\.ndjson|\.jsonl?)?(?:\.gz)?$/, '')}.html`;
};

/** They are built beside this program. */
const readParts = async (): Promise<{ script: string; style: string }> => {
  const [script, style] = await Promise.all(
    ['page.js', 'page.css'].map((name) => readFile(new URL(`./report/${name}`, import.meta.url), 'utf8')),
  );
  return { script: script!.trim(), style: style!.trim() };
};
