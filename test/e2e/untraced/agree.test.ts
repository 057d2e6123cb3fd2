import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReportData } from '../../../src/report/data.ts';
import type { Timeline } from '../../../src/timeline/schema.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

/** What each command makes of one recording says the same of it. */
let folder = '';
let file = '';
const story = storyOf();
beforeAll(async () => {
  folder = await makeFolder();
  file = join(folder, 's.ndjson');
  await writeFile(file, linesOf(story));
});
afterAll(() => removeFolder(folder));

const output = async (...args: string[]): Promise<string> => {
  const { stdout, exitCode } = await run(program, ...args);
  expect(exitCode).toBe(0);
  return stdout;
};
const linesFrom = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const tally = (kinds: readonly unknown[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const kind of kinds) {
    counts[String(kind)] = (counts[String(kind)] ?? 0) + 1;
  }
  return counts;
};

it('agrees on how much of each kind there is', async () => {
  const { header: _, footer: __, process: processes, ...events } = tally(story.map(({ type }) => type));
  const replayed = linesFrom(await output('replay', file, '-e', 'all', '-x', '-o', 'json'));
  expect(tally(replayed.map(({ type }) => type))).toMatchObject(events);

  const csv = (await output('export', file, '--to', 'csv')).split('\n').slice(1);
  expect(tally(csv.map((row) => row.split(',')[4]))).toMatchObject(events);

  const ecs = linesFrom(await output('export', file, '--to', 'ecs')) as { event: { dataset: string } }[];
  expect(tally(ecs.map(({ event }) => event.dataset.slice('nstrace.'.length)))).toMatchObject(events);

  const ocsf = linesFrom(await output('export', file, '--to', 'ocsf')) as {
    type_uid: number;
    launch_type_id?: number;
  }[];
  expect(ocsf.filter(({ launch_type_id }) => launch_type_id === 3).length).toBe(events.exec);
  expect(ocsf.filter(({ launch_type_id }) => launch_type_id === 2).length).toBe(events.fork);
  expect(ocsf.filter(({ type_uid }) => type_uid === 100_702).length).toBe(events.exit);

  const otlp = await output('export', file, '--to', 'otlp-json');
  expect(otlp.split('"eventName":"nstrace.process.exec"').length - 1).toBe(events.exec);

  const chrome = JSON.parse(await output('export', file, '--to', 'chrome-json')) as {
    traceEvents: { ph: string; cat?: string; args?: { duration_ns?: number } }[];
  };
  const begun = chrome.traceEvents.filter(({ ph, cat }) => ph === 'B' && cat === 'exec');
  expect(begun.length).toBe(events.exec! + processes!);
  const ended = chrome.traceEvents.filter(({ ph, args }) => ph === 'E' && args?.duration_ns !== undefined);
  expect(ended.length).toBe(events.exit);

  const page = await output('report', file, '-o', '-');
  const data = JSON.parse(
    gunzipSync(Buffer.from(/id="data">([^<]+)</.exec(page)![1]!, 'base64')).toString(),
  ) as ReportData;
  expect(data.summary.counts).toMatchObject(events);
  expect(data.packed.count).toBe(story.length - 2);
});

it('agrees on the lives of containers', async () => {
  const timelines = linesFrom(await output('timeline', file, '-o', 'json')) as unknown as Timeline[];
  const page = await output('report', file, '-o', '-');
  const { lives } = JSON.parse(
    gunzipSync(Buffer.from(/id="data">([^<]+)</.exec(page)![1]!, 'base64')).toString(),
  ) as ReportData;
  const facts = ({
    container,
    code,
    startup_ns,
    counts,
  }: Pick<Timeline, 'container' | 'code' | 'startup_ns' | 'counts'>) => ({
    name: container.name,
    code,
    startup_ns,
    counts,
  });
  expect(lives.map(facts)).toEqual(timelines.map(facts));
  expect(lives.length).toBe(2);
});
