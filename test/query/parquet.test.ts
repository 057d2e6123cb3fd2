import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ParquetFolder } from '../../src/query/parquet.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { recordingOf, testFolder } from '../fixtures/files.ts';
import { footer, header, lost } from '../fixtures/records.ts';
import { at, lifeOf } from '../fixtures/story.ts';
import { asking } from './support.ts';

const { folder, write } = testFolder();
const story = [...lifeOf({ id: 'web' }), lost({ ...at(3) })];
const records: NstraceRecord[] = [header({ recording: 'r1' }), ...story, footer()].map((record, index) => ({
  ...record,
  seq: index + 1,
}));

it('writes a file for each type of record, which say the same as the recording', async () => {
  const path = join(folder, 'parquet');
  const parquet = await ParquetFolder.make(path, false);
  for (const record of records) {
    parquet.take(record);
  }
  const rows = await parquet.end();
  expect([...rows.values()].reduce((sum, count) => sum + count, 0)).toBe(records.length);
  expect(readdirSync(path).map((name) => statSync(join(path, name)).mode & 0o777)).toEqual(
    Array.from({ length: rows.size }, () => 0o600),
  );
  const questions = [
    'SELECT time, mono, pid, nspid, ns, args, container_name, runtime FROM execs ORDER BY seq',
    'SELECT created, started, startup_ns, startup, by_args, code FROM containers',
    'SELECT by_pid, path FROM cgroups ORDER BY seq',
    'SELECT by_pid, flags, host, recording FROM forks ORDER BY seq',
    'SELECT created, joined FROM namespaces ORDER BY seq',
    'SELECT count, exact, from_time, stage FROM lost',
  ];
  const answers: unknown[] = [];
  for (const file of [write('same.ndjson', recordingOf(story)), path]) {
    await asking([file], async (asked) => {
      for (const question of questions) {
        answers.push(await asked.rows(question));
      }
    });
  }
  expect(answers.slice(questions.length)).toEqual(answers.slice(0, questions.length));
  expect(answers[0]).not.toEqual([]);
});

it('writes into no folder that is there, unless it is asked to', async () => {
  await expect(ParquetFolder.make(folder, false)).rejects.toThrow(/exists/);
});
