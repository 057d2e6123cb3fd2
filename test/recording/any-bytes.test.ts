import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RecordedProcesses } from '../../src/now/recorded-processes.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { Checker } from '../../src/recording/check.ts';
import { mergeBatches } from '../../src/recording/read/merge.ts';
import { Reading } from '../../src/recording/read/reader.ts';
import { Repairer } from '../../src/recording/repair.ts';
import { openRecording } from '../../src/recording/write/file.ts';
import { toLine } from '../../src/recording/write/line.ts';
import { FileSink } from '../../src/recording/write/sinks/file.ts';
import { Store } from '../../src/tui/store/store.ts';
import { checkText } from '../../src/view/check.ts';
import { columns } from '../../src/view/columns.ts';
import { lanesText } from '../../src/view/lanes.ts';
import { LineView } from '../../src/view/lines.ts';
import { livesText } from '../../src/view/lives.ts';
import { timelineText } from '../../src/view/timeline.ts';
import { timelinesOf } from '../fixtures/story.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-bytes-`);
});
afterAll(() => rmSync(folder, { recursive: true }));

const golden = ['0.1.0-all.ndjson.gz', '0.1.0-runc.ndjson'].map((name) => {
  const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/recordings/${name}`, import.meta.url)));
  return name.endsWith('.gz') ? gunzipSync(bytes) : bytes;
});

const users = { nameOf: String } as never;
const style = { quote: false, maxArgs: 10, users, unicode: true };
const { signal } = new AbortController();

/** Everything that reads recordings takes these bytes. Resolves with how many records there were. */
const readBy = async (bytes: Buffer): Promise<number> => {
  const path = `${folder}/any`;
  writeFileSync(path, bytes);
  const checker = new Checker();
  const repaired = `${folder}/repaired`;
  const repairer = new Repairer(
    new FileSink(openRecording(repaired, { force: true }), (error) => expect.unreachable(error.message)),
  );
  const reading = new Reading([path, path], {
    lines: true,
    carried: true,
    onDamage: (damage) => checker.damage(damage),
  });
  const records: NstraceRecord[] = [];
  const [first, ...others] = await reading.recordings(signal);
  for await (const batch of first!) {
    checker.take(batch);
    repairer.take(batch);
    records.push(...batch.records);
  }
  await Promise.all(others.map((batches) => batches.return(undefined)));
  checkText(checker.finish());
  await repairer.end();
  const view = new LineView({
    ...{ columns: columns.map(({ name }) => name), color: true, kinds: true, startedMono: '0', users },
    style: { quote: true, maxArgs: 10 },
  } as never);
  const past = new RecordedProcesses([]);
  const store = new Store();
  for (const record of records) {
    view.line(record);
    past.take(record);
    store.take(structuredClone(record));
    toLine(record);
  }
  const lives = timelinesOf(records);
  livesText(lives, 80);
  for (const life of lives) {
    timelineText(life, style);
    lanesText(life, style, 80);
  }
  let merged = 0;
  for await (const batch of mergeBatches(await reading.recordings(signal))) {
    merged += batch.records.length;
  }
  expect(merged).toBeGreaterThanOrEqual(records.length);
  reading.close();
  return records.length;
};

/** A change of a recording: bytes replaced, left out, or there twice. */
const changes = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(300),
    by: fc.oneof(
      fc.constant(undefined),
      fc.uint8Array({ maxLength: 20 }),
      fc
        .constantFrom(...['\n', '"', '{', '}', '0', '-1', '1e999', 'null', '\\u0000', '\ud800', '[[[[', ',"pid":0'])
        .map((text) => Buffer.from(text)),
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

const changed = (bytes: Buffer, list: typeof changes extends fc.Arbitrary<infer List> ? List : never): Buffer => {
  let result = bytes;
  for (const { at, length, by } of list) {
    const from = Math.floor(at * result.length);
    const middle =
      by === undefined
        ? Buffer.concat([result.subarray(from, from + length), result.subarray(from, from + length)])
        : by;
    result = Buffer.concat([result.subarray(0, from), middle, result.subarray(from + length)]);
  }
  return result;
};

describe('any bytes', () => {
  it('are no reason to fail or to hang', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2000 }), async (bytes) => {
        await readBy(Buffer.from(bytes));
      }),
      { numRuns: 150 },
    );
  });

  it('in a recording are no reason to fail or to hang, and leave most of it', async () => {
    let most = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...golden), changes, async (bytes, list) => {
        most = Math.max(most, await readBy(changed(bytes, list)));
      }),
      { numRuns: 80 },
    );
    expect(most).toBeGreaterThan(50);
  });

  it('in a packed recording are no reason to fail or to hang', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...golden), changes, async (bytes, list) => {
        await readBy(changed(gzipSync(bytes), list));
      }),
      { numRuns: 40 },
    );
  });

  it('as values of fields that are right by their type are no reason to fail', async () => {
    const lines = golden[1]!.toString().trimEnd().split('\n');
    const strange = fc.constantFrom<unknown>(
      '',
      '\u001b]0;x\u0007',
      '9'.repeat(40),
      '0',
      0,
      2 ** 53 - 1,
      [],
      {},
      'host',
      '__proto__',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(), fc.nat(), strange), { maxLength: 30 }), async (list) => {
        const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
        for (const [which, field, value] of list) {
          const record = records[which % records.length]!;
          const keys = Object.keys(record).slice(2);
          record[keys[field % keys.length]!] = value;
        }
        await readBy(Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join('')));
      }),
      { numRuns: 60 },
    );
  });
});
