import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import type { ReportData } from '../../../src/report/data.ts';
import type { Timeline } from '../../../src/timeline/schema.ts';
import { footer, header, process as processRecord } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

/** What each command makes of one recording says the same of it. */
const folder = ownFolder();
beforeAll(async () => {
  const story = storyOf();
  await writeFile(join(folder, 'story.ndjson'), linesOf(story));
  await writeParts(story);
});

/** The same in two parts: the second one repeats what lives. */
const writeParts = async (story: readonly NstraceRecord[]): Promise<void> => {
  const middle = 40;
  const [head, ...rest] = story.slice(0, -1);
  const lineOf = (record: NstraceRecord, seq: number, more: object = {}): string =>
    `${JSON.stringify({ ...record, ...more, seq })}\n`;
  const now = at(500);
  const first = [lineOf(head!, 1, { part: 1 }), ...rest.slice(0, middle).map((each, index) => lineOf(each, index + 2))];
  first.push(lineOf(footer({ ...now, complete: true, reason: 'rotated' }), middle + 2));
  const second = [
    lineOf(header(now), middle + 3, { part: 2, recording: (head as { recording: string }).recording }),
    lineOf(processRecord({ pid: 400, ...now }), middle + 4, { carried: true }),
    ...rest.slice(middle).map((each, index) => lineOf(each, middle + 5 + index)),
    lineOf(footer({ ...at(3000), complete: true }), rest.length + 5),
  ];
  await writeFile(join(folder, 'parts.000001.ndjson'), first.join(''));
  await writeFile(join(folder, 'parts.000002.ndjson'), second.join(''));
};

const fixture = (name: string): string => join(import.meta.dirname, '../../fixtures', name);

/** Files, and where their lines are read by this test itself. */
const recordings: readonly [what: string, file: () => string, parts: () => readonly string[]][] = [
  ['a story', () => join(folder, 'story.ndjson'), () => [join(folder, 'story.ndjson')]],
  [
    'a recording in parts',
    () => join(folder, 'parts.ndjson'),
    () => [1, 2].map((part) => join(folder, `parts.00000${part}.ndjson`)),
  ],
  ...['recordings/0.1.0-runc.ndjson', 'recordings/0.1.0-all.ndjson.gz', 'on-call.ndjson'].map(
    (name): [string, () => string, () => readonly string[]] => [name, () => fixture(name), () => [fixture(name)]],
  ),
];

const linesFrom = <Line = Record<string, unknown>>(text: string): Line[] =>
  text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Line);

const readLines = (paths: readonly string[]): NstraceRecord[] =>
  paths.flatMap((path) => {
    const bytes = readFileSync(path);
    return linesFrom<NstraceRecord>((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
  });

const tally = (kinds: readonly unknown[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const kind of kinds) {
    counts[String(kind)] = (counts[String(kind)] ?? 0) + 1;
  }
  return counts;
};

const output = async (...args: string[]): Promise<string> => {
  const { stdout, exitCode, stderr } = await run(program, ...args);
  expect(exitCode, stderr).toBe(0);
  return stdout;
};

const Trace = protobuf.loadSync(fixture('perfetto.proto')).lookupType('Trace');

interface Packet {
  readonly trackEvent?: { readonly type: string; readonly categoryIids?: string[]; readonly nameIid?: string };
  readonly internedData?: { readonly eventCategories?: { readonly iid: string; readonly name: string }[] };
}

/** How many slices and instants of each category begin. */
const perfettoCounts = (bytes: Buffer): Record<string, number> => {
  const { packet } = Trace.toObject(Trace.decode(bytes), { longs: String, enums: String }) as { packet: Packet[] };
  const names = new Map<string, string>();
  const kinds: string[] = [];
  for (const { trackEvent, internedData } of packet) {
    for (const { iid, name } of internedData?.eventCategories ?? []) {
      names.set(iid, name);
    }
    if (trackEvent !== undefined) {
      const kind = trackEvent.categoryIids?.map((iid) => names.get(iid)).join() ?? '';
      kinds.push(`${trackEvent.type} ${kind}`);
    }
  }
  return tally(kinds);
};

interface Facts {
  readonly events: Record<string, number>;
  readonly processes: number;
  readonly failed: number;
  /** Execs in containers, failed ones too. */
  readonly inside: number;
}

const factsOf = (all: readonly NstraceRecord[]): Facts => {
  const records = all.filter((record) => !('carried' in record && record.carried === true));
  const { header: _, footer: __, process: processes = 0, ...events } = tally(records.map(({ type }) => type));
  const execs = records.filter((record) => record.type === 'exec');
  return {
    events,
    processes,
    failed: execs.filter(({ ret }) => ret !== 0).length,
    inside: execs.filter(({ container }) => container !== null).length,
  };
};

describe.each(recordings)('%s', (_, file, parts) => {
  let facts: Facts;
  beforeAll(() => {
    facts = factsOf(readLines(parts()));
    expect(facts.events.exec).toBeGreaterThan(4);
  });

  it('has as much of each kind to replay, check and query', async () => {
    const { events, failed, processes } = facts;
    const replayed = linesFrom(await output('replay', file(), '-e', 'all', '-x', '-o', 'json'));
    expect(tally(replayed.map(({ type }) => type))).toMatchObject(events);

    const checked = JSON.parse((await run(program, 'check', file(), '-o', 'json')).stdout) as {
      events: Record<string, number>;
    };
    expect(checked.events).toMatchObject(events);

    const rows = linesFrom<{ type: string; n: number }>(
      await output('query', file(), 'SELECT type, count(*) AS n FROM records GROUP BY type', '-o', 'json'),
    );
    const counted = Object.fromEntries(rows.map(({ type, n }) => [type, n]));
    expect(counted).toMatchObject(events);
    expect(counted.process ?? 0).toBe(processes);
    const views = `SELECT (SELECT count(*) FROM execs) AS execs, (SELECT count(*) FROM failed) AS failed,
      (SELECT count(*) FROM exits) AS exits, (SELECT count(*) FROM forks) AS forks,
      (SELECT count(*) FROM namespaces) AS namespaces, (SELECT count(*) FROM cgroups) AS cgroups`;
    const [seen] = linesFrom(await output('query', file(), views, '-o', 'json'));
    const { exec = 0, exit = 0, fork = 0, namespace = 0, cgroup = 0 } = events;
    expect(seen).toEqual({
      ...{ execs: exec - failed, failed, exits: exit },
      ...{ forks: fork, namespaces: namespace, cgroups: cgroup },
    });
  });

  it('has as much of each kind in every format', async () => {
    const { events, processes, failed } = facts;
    const csv = (await output('export', file(), '--to', 'csv')).split('\n').slice(1);
    expect(tally(csv.map((row) => row.split(',')[4]))).toMatchObject(events);

    const ecs = linesFrom<{ event: { dataset: string } }>(await output('export', file(), '--to', 'ecs'));
    expect(tally(ecs.map(({ event }) => event.dataset.slice('nstrace.'.length)))).toMatchObject(events);

    const ocsf = linesFrom<{ type_uid: number; launch_type_id?: number }>(
      await output('export', file(), '--to', 'ocsf'),
    );
    expect(ocsf.filter(({ launch_type_id }) => launch_type_id === 3).length).toBe(events.exec);
    expect(ocsf.filter(({ launch_type_id }) => launch_type_id === 2).length).toBe(events.fork);
    expect(ocsf.filter(({ type_uid }) => type_uid === 100_702).length).toBe(events.exit);

    const otlp = await output('export', file(), '--to', 'otlp-json');
    expect(otlp.split('"eventName":"nstrace.process.exec"').length - 1).toBe(events.exec);

    const chrome = JSON.parse(await output('export', file(), '--to', 'chrome-json')) as {
      traceEvents: { ph: string; cat?: string; args?: { duration_ns?: number } }[];
    };
    const begun = chrome.traceEvents.filter(({ ph, cat }) => ph === 'B' && cat === 'exec');
    expect(begun.length).toBe(events.exec! - failed + processes);
    const ended = chrome.traceEvents.filter(({ ph, args }) => ph === 'E' && args?.duration_ns !== undefined);
    expect(ended.length).toBe(events.exit);

    const target = join(folder, `${parts().length}-${events.exec}.pftrace`);
    await output('export', file(), '--to', 'perfetto', '-o', target, '--force');
    const slices = perfettoCounts(readFileSync(target));
    expect(slices['TYPE_SLICE_BEGIN exec']).toBe(begun.length);
    expect(slices['TYPE_INSTANT exec'] ?? 0).toBe(failed);
    for (const kind of ['namespace', 'cgroup'] as const) {
      expect(slices[`TYPE_INSTANT ${kind}`] ?? 0).toBe(events[kind] ?? 0);
    }
  });

  it('has the same in a report, and the same lives as in its timelines and in a query', async () => {
    const { events } = facts;
    const page = await output('report', file(), '-o', '-');
    const data = JSON.parse(
      gunzipSync(Buffer.from(/id="data">([^<]+)</.exec(page)![1]!, 'base64')).toString(),
    ) as ReportData;
    expect(data.summary.counts).toMatchObject(events);
    expect(data.packed.count).toBe(data.kept.total);
    expect(data.kept.total).toBe(Object.values(events).reduce((sum, count) => sum + count, facts.processes));

    const timelines = linesFrom<Timeline>(await output('timeline', file(), '-x', '-o', 'json'));
    const lifeOf = ({
      container,
      code,
      startup_ns,
      counts,
    }: Pick<Timeline, 'container' | 'code' | 'startup_ns' | 'counts'>) => ({
      ...{ name: container.name, code, startup_ns, counts },
    });
    expect(data.lives.map(lifeOf)).toEqual(timelines.map(lifeOf));

    const sql = 'SELECT container_name AS name, code, startup_ns FROM containers ORDER BY coalesce(created, started)';
    const rows = linesFrom(await output('query', file(), sql, '-o', 'json'));
    // What was recorded of some processes only has no containers as such: a query has none then, a timeline what it sees.
    if (events.container !== undefined) {
      expect(rows.map(({ name, code, startup_ns }) => [name, code, startup_ns]).sort()).toEqual(
        timelines
          .map(({ container, code = null, startup_ns = null }) => [container.name, code, startup_ns] as unknown[])
          .sort(),
      );
    }
  });

  it('has the same execs on both sides of a diff with itself, and nothing that differs', async () => {
    const lines = linesFrom<{ type: string; containers: { execs: number[]; joins: number[] }[] }>(
      await output('diff', file(), file(), '-o', 'json'),
    );
    expect(lines.map(({ type }) => type)).toEqual(['counts']);
    const sums = [0, 1].map((side) =>
      lines[0]!.containers.reduce((sum, { execs, joins }) => sum + execs[side]! + joins[side]!, 0),
    );
    expect(sums).toEqual([facts.inside, facts.inside]);
  });
});
