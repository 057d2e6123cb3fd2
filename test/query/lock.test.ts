import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { redactRecord } from '../../src/view/redact/record.ts';
import { recordingOf, testFolder } from '../fixtures/files.ts';
import { exec } from '../fixtures/records.ts';
import { asking } from './support.ts';

const { folder, write } = testFolder();
const text = recordingOf([exec({ args: ['mysql', '--password=geheim'] })]);

/** What SQL could try: each must fail, and change nothing. */
const attempts = (file: string, other: string): string[] => [
  `SELECT * FROM read_text('${other}')`,
  `SELECT * FROM read_csv('${other}')`,
  `SELECT * FROM read_blob('/etc/passwd')`,
  `SELECT * FROM glob('/etc/*')`,
  `SELECT * FROM '${other}'`,
  `FROM read_json('http://127.0.0.1:1/x')`,
  `COPY (SELECT 1) TO '${file}'`,
  `COPY (SELECT 1) TO '${other}.new'`,
  `EXPLAIN ANALYZE COPY (SELECT 1) TO '${file}'`,
  `EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1`,
  `EXPORT DATABASE '${folder}/out'`,
  `IMPORT DATABASE '${folder}'`,
  `ATTACH '${folder}/x.db'`,
  `ATTACH ':memory:' AS m`,
  'INSTALL httpfs',
  'LOAD httpfs',
  'FORCE INSTALL httpfs',
  "SET memory_limit = '1GB'",
  'SET enable_external_access = true',
  "SET temp_directory = '/tmp'",
  'RESET lock_configuration',
  'PRAGMA database_list',
  'PRAGMA enable_external_access',
  'CALL pragma_version()',
  'CHECKPOINT',
  'VACUUM',
  'DROP VIEW execs',
  'DELETE FROM sources',
  'UPDATE sources SET path = 1',
  "INSERT INTO sources SELECT '1', '2', '3', '4', true",
  'CREATE TABLE x (a INT)',
  'CREATE MACRO m() AS 1',
  "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')",
  'SELECT 1; SELECT 2',
  "SELECT 1; COPY (SELECT 1) TO '/tmp/x'",
  'SELECT 1) TO 1 --',
  'PREPARE p AS SELECT 1',
  'BEGIN TRANSACTION',
  '',
  ';',
  '-- nothing',
];

it('runs nothing that reads another file, writes, sets or attaches', async () => {
  const file = write('locked.ndjson', text);
  const other = write('other.csv', 'a,b\n1,2\n');
  await asking([file], async ({ engine, column }) => {
    for (const sql of attempts(file, other)) {
      await expect(engine.run(sql), sql).rejects.toMatchObject({ status: 2 });
    }
    expect(await column('SELECT count(*) FROM execs')).toEqual([1]);
  });
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(readFileSync(other, 'utf8')).toBe('a,b\n1,2\n');
  expect(existsSync(`${other}.new`)).toBe(false);
});

it('runs whatever only reads, however it is written', async () => {
  await asking([write('reads.ndjson', text)], async ({ rows }) => {
    for (const sql of [
      'FROM execs',
      'SELECT 1 -- a comment',
      '/* a */ SELECT 1;',
      'WITH a AS (FROM execs) SELECT count(*) FROM a',
      'VALUES (1)',
      'DESCRIBE execs',
      'SUMMARIZE execs',
      'EXPLAIN SELECT * FROM execs',
      'explain analyze SELECT * FROM execs',
      "PIVOT execs ON exe IN ('/usr/bin/ls') USING count(*)",
    ]) {
      expect((await rows(sql)).length, sql).toBeGreaterThan(0);
    }
  });
});

it('says what is wrong with SQL in one line', async () => {
  await asking([write('wrong.ndjson', text)], async ({ engine }) => {
    await expect(engine.run('SELECT exee FROM execs')).rejects.toThrow(/^Binder Error: .*exee[^\n]*$/);
    await expect(engine.run('SELEKT 1')).rejects.toThrow(/^Parser Error: [^\n]*$/);
  });
});

it('writes a result as Parquet, with secrets masked, and reads it again', async () => {
  const folderOfParquet = join(folder, 'parquet');
  mkdirSync(folderOfParquet);
  const path = join(folderOfParquet, 'execs.parquet');
  const out = openSync(path, 'wx', 0o600);
  await asking(
    [write('secret.ndjson', text)],
    async ({ engine }) => {
      expect(await engine.write("SELECT 'exec' AS type, * FROM execs", out)).toBe(1);
    },
    redactRecord,
    out,
  );
  closeSync(out);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readFileSync(path).includes('geheim')).toBe(false);
  await asking([folderOfParquet], async ({ rows }) => {
    expect(await rows('SELECT exe, args, host, time FROM execs')).toEqual([
      ['/usr/bin/ls', ['mysql', '--password=*****'], 'box', exec().time],
    ]);
  });
});
