import { expect, it } from 'vitest';
import { namedQueries } from '../../src/query/named.ts';
import { recordingOf, testFolder } from '../fixtures/files.ts';
import { failedExec } from '../fixtures/records.ts';
import { at, inTime, lifeOf } from '../fixtures/story.ts';
import { asking } from './support.ts';

const { write } = testFolder();

it('answers every query that has a name', async () => {
  const [first, second] = [lifeOf({ id: 'web' }), lifeOf({ id: 'web', base: 50_000, from: 3000 })];
  const exeFile = { device: '0:49', inode: 7, layer: 'upper', deleted: true } as const;
  const changed = second.map((record) =>
    record.type === 'exec' && record.args[0] === 'sh' ? { ...record, exe_file: exeFile } : record,
  );
  const records = inTime(...first, ...changed);
  const file = write('named.ndjson', recordingOf([...records, failedExec({ ...at(50) })]));
  await asking([file], async ({ rows }) => {
    for (const [name, { sql }] of Object.entries(namedQueries)) {
      const found = await rows(sql.replace('$since', `'${at(2000).time}'`));
      expect(found.length, name).toBeGreaterThan(name === 'new-programs' ? -1 : 0);
    }
    expect((await rows(namedQueries['changed-programs']!.sql)).map((row) => row.slice(5))).toEqual([
      ['upper', true, '/bin/sh', 'sh -c ls -l; sleep 1'],
    ]);
    expect((await rows(namedQueries.restarts!.sql))[0]?.slice(0, 4)).toEqual(['web', 'runc', 2, ['5', '5']]);
    expect((await rows(namedQueries['who-entered']!.sql)).map((row) => row[1])).toEqual(['web', 'web']);
    expect((await rows(namedQueries['shells-in-containers']!.sql)).map((row) => row[6])).toEqual([
      'sh -c ls -l; sleep 1',
      'sh -c ls -l; sleep 1',
    ]);
  });
});
