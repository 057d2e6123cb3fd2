import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, expect, it } from 'vitest';
import { exec } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

const folder = ownFolder();
let file = '';
beforeAll(async () => {
  file = join(folder, 's.ndjson');
  await writeFile(file, linesOf(storyOf(exec({ ...at(50), pid: 77, args: ['app', '--token=hunter2'] }))));
});

it('writes to standard output, or into a file that only its owner reads', async () => {
  const { stdout, exitCode } = await run(program, 'export', file, '--to', 'csv');
  expect(exitCode).toBe(0);
  const out = join(folder, 's.csv');
  expect((await run(program, 'export', file, '--to', 'csv', '-o', out)).exitCode).toBe(0);
  expect((await readFile(out, 'utf8')).trim().replaceAll('\r', '')).toBe(stdout.trim().replaceAll('\r', ''));
  expect((await stat(out)).mode & 0o777).toBe(0o600);
  const again = await run(program, 'export', file, '--to', 'csv', '-o', out);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('it exists') });
});

it('masks secrets unless it is asked not to', async () => {
  for (const format of ['perfetto', 'chrome-json', 'csv', 'ecs', 'ocsf', 'otlp-json']) {
    const masked = await run(program, 'export', file, '--to', format);
    expect(masked.stdout, format).not.toContain('hunter2');
    expect(masked.stdout, format).toContain('*****');
    expect((await run(program, 'export', file, '--to', format, '--no-redact')).stdout, format).toContain('hunter2');
  }
});

it('chooses what it is asked for, and says when there is nothing of it', async () => {
  const rows = async (...options: string[]): Promise<number> =>
    (await run(program, 'export', file, '--to', 'ecs', ...options)).stdout.split('\n').length;
  expect(await rows('-c', 'web')).toBeLessThan(await rows());
  expect(await rows('--where', 'c:web e:exec')).toBeLessThan(await rows('-c', 'web'));
  const none = await run(program, 'export', file, '--to', 'csv', '-c', 'nobody');
  expect(none).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nobody') });
});

it('needs a format that it knows', async () => {
  const without = await run(program, 'export', file);
  expect(without).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--to perfetto') });
  expect((await run(program, 'export', file, '--to', 'xml')).exitCode).toBe(2);
});

it('ends quietly when its reader goes away', async () => {
  const { exitCode, stderr } = await execa('sh', ['-c', `${program} export ${file} --to ecs | head -1`], {
    reject: false,
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

it('says what cannot be written', async () => {
  const { exitCode, stderr } = await execa('sh', ['-c', `${program} export ${file} --to ecs > /dev/full`], {
    reject: false,
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('standard output');
});
