import { type Command, Option } from 'commander';
import { Stop } from '../console/stop.ts';
import { usageError } from '../errors.ts';
import { type ExportFormat, exportFormats } from '../export/formats.ts';
import { eventKinds } from '../filter/kinds.ts';
import { sayWritten, takeWanted } from '../input/wanted.ts';
import { filterOf } from './options/filter.ts';
import { type AllValues, addWantedOptions, openerOf, wordsOf } from './options/wanted.ts';

interface ExportValues extends AllValues {
  to?: ExportFormat;
  output?: string;
  force?: boolean;
}

const examples = `
Examples:
  nstrace export session.ndjson --to perfetto -o session.pftrace    open it at https://ui.perfetto.dev
  nstrace export session.ndjson --to chrome-json -o session.json    open it in speedscope
  nstrace export session.ndjson --to csv -c web > web.csv           of one container, for a spreadsheet
  nstrace export 'night-*.ndjson.gz' --to csv -o night.csv          of several, merged by time
  nstrace export session.ndjson --to ecs | curl ... --data-binary @-    Elastic Common Schema, one event per line
  nstrace export session.ndjson --to otlp-json -o logs.json         OpenTelemetry logs, one request per line
  nstrace export session.ndjson --to parquet -o session/            a file for each type of record, with DuckDB
`;

export const addExport = (program: Command): void => {
  const command = program
    .command('export')
    .description('write a recording in the format of other tools')
    .argument(
      '[file...]',
      'recordings, also compressed (.gz), patterns, several are merged by time; - reads standard input',
    )
    .addOption(new Option('--to <format>', 'which format').choices(exportFormats))
    .option('-o, --output <file>', 'where to: a file, - is standard output (the default); for parquet a folder')
    .option('--force', 'write over an existing file')
    .option('--no-redact', 'keep passwords, tokens and other secrets in arguments')
    .addHelpText('after', examples)
    .action(async (files: string[], values: ExportValues) => {
      process.exitCode = await exportTo(files, values);
    });
  addWantedOptions(command);
};

const exportTo = async (files: readonly string[], values: ExportValues): Promise<number> => {
  if (values.to === undefined) {
    throw usageError(
      `export needs a format: --to ${exportFormats.join('|')}`,
      'nstrace export FILE --to perfetto -o FILE.pftrace',
    );
  }
  const open = openerOf(wordsOf(files, values, `nstrace export FILE --to ${values.to}`), values);
  const filter = await filterOf(values, eventKinds);
  if (values.to === 'parquet') {
    return (await import('../export/parquet.ts')).exportParquet(open, values.output, values, filter);
  }
  const target = values.output ?? '-';
  if (target === '-' && values.to === 'perfetto' && process.stdout.isTTY) {
    throw usageError(
      'a perfetto trace is no text for a terminal',
      'name a file with -o, or pipe it to another program',
    );
  }
  const [{ makeExporter }, { ExportOutput }] = await Promise.all([
    import('../export/formats.ts'),
    import('../export/output.ts'),
  ]);
  const aborter = new AbortController();
  const stop = new Stop();
  void stop.asked.then(() => aborter.abort());
  const out = new ExportOutput(target, { force: values.force ?? false });
  const exporter = await makeExporter(values.to, out);
  const { status } = await takeWanted(open, values, filter, aborter.signal, {
    take: (record) => exporter.take(record),
    pause: () => {
      if (out.isGone) {
        aborter.abort();
      }
      return out.isFull ? out.drain() : undefined;
    },
  });
  exporter.end();
  await out.end();
  sayWritten(target, out.written);
  return status;
};
