import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import * as records from '../../fixtures/records.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

const folder = ownFolder();
const golden = 'test/fixtures/recordings/0.1.0-runc.ndjson';
const query = (...words: string[]): string =>
  [program, 'query', ...words].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');

describe('standard output of a query', () => {
  it.each(['table', 'csv', 'json', 'markdown'])('ends quietly when its reader goes away: %s', async (format) => {
    // More than a pipe holds.
    const sql = 'SELECT repeat(line, 100) AS many FROM execs, range(2000)';
    const shell = `${query(golden, sql, '-o', format)} | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    expect(await run('bash', '-c', shell)).toMatchObject({ stdout: '0', stderr: '' });
  });

  it('that is full is said, with status 1', async () => {
    const { exitCode, stderr } = await execa('sh', ['-c', `${query(golden, 'FROM execs')} > /dev/full`], {
      reject: false,
    });
    expect(stderr).toMatch(/^nstrace: writing standard output failed: ENOSPC/);
    expect(exitCode).toBe(1);
  });
});

describe('a query of standard input', () => {
  const late = { id: 'ab12', name: 'ab12', runtime: 'runc', instance: 1 };
  const named = { ...late, name: 'web' };
  const session = [
    records.header(),
    records.exec({ container: late }),
    records.container({ op: 'named', container: named, reason: 'late' }),
    records.exec({ container: named }),
    records.exec(),
    records.footer(),
  ];
  const names = async (...options: string[]): Promise<unknown[]> => {
    const input = session.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join('');
    const file = join(folder, 'late.ndjson');
    await writeFile(file, input);
    const sql = 'SELECT container_name AS name FROM execs ORDER BY seq';
    const { stdout, stderr } = await run('sh', '-c', `${query('-', sql, '-o', 'json', ...options)} < '${file}'`);
    expect(stderr).toBe('');
    return stdout.split('\n').map((line) => JSON.parse(line).name);
  };

  it('gives names that were learned late to earlier records, with --no-spool to later ones only', async () => {
    expect(await names()).toEqual(['web', 'web', null]);
    expect(await names('--no-spool')).toEqual(['ab12', 'web', null]);
    expect(await names('--no-spool', '-c', 'web')).toEqual(['web']);
  });

  it('refuses what is no recording', async () => {
    const shell = `echo nothing | ${query('-', 'FROM execs', '--no-spool')}`;
    expect(await run('sh', '-c', shell)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('standard input is no recording of nstrace'),
    });
  });
});
