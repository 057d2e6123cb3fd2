import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { ownFolder } from '../support/own-folder.ts';
import { linesOf, storyOf } from '../support/recording.ts';
import { run } from '../support/run.ts';
import { program } from '../support/trace.ts';

/** Where there is nothing to judge, a judge must not say that all is well. */
const folder = ownFolder();
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  await writeFile(file('empty.ndjson'), '');
  await writeFile(file('whole.ndjson'), linesOf(storyOf()));
  await run(program, 'baseline', file('whole.ndjson'), '-o', file('normal.baseline'));
});

describe('an empty file', () => {
  it.each([
    ['diff', 2, () => ['diff', file('whole.ndjson'), file('empty.ndjson')]],
    ['diff --baseline', 2, () => ['diff', '--baseline', file('normal.baseline'), file('empty.ndjson')]],
    ['baseline', 1, () => ['baseline', '-o', file('none.baseline'), file('empty.ndjson')]],
    ['report', 1, () => ['report', '-o', file('none.html'), file('empty.ndjson')]],
    ['query', 1, () => ['query', file('empty.ndjson'), 'FROM execs']],
  ] as const)('is no recording for %s', async (_, status, args) => {
    const { exitCode, stderr, stdout } = await run(program, ...args());
    expect(stderr).toContain(`${file('empty.ndjson')} is no recording of nstrace`);
    expect(stdout).toBe('');
    expect(exitCode).toBe(status);
  });
});

describe('a container that is in neither', () => {
  it.each([
    ['diff', () => ['diff', file('whole.ndjson'), file('whole.ndjson')]],
    ['diff --baseline', () => ['diff', '--baseline', file('normal.baseline'), file('whole.ndjson')]],
  ] as const)('cannot be judged by %s', async (_, args) => {
    const none = await run(program, ...args(), '-c', 'nosuch');
    expect(none).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining('no container to judge') });
    expect(await run(program, ...args(), '--host', 'nosuch')).toMatchObject({ exitCode: 2, stdout: '' });
    expect((await run(program, ...args(), '-c', 'web')).exitCode).toBe(0);
    expect((await run(program, ...args(), '-c', '!web', '-c', '!db')).exitCode).toBe(0);
  });
});

describe('a recording in which something was lost', () => {
  it('is compared, which is said, and with --strict not judged', async () => {
    const gap = { type: 'lost', count: 0, exact: false, stage: 'kernel' } as const;
    const [first, ...rest] = storyOf();
    const { time, mono } = first!;
    await writeFile(
      file('lossy.ndjson'),
      linesOf([first!, { ...gap, seq: 0, time, mono, from: time, to: time }, ...rest]),
    );
    const compared = await run(program, 'diff', file('whole.ndjson'), file('lossy.ndjson'));
    expect(compared.stderr).toContain('events were lost, nobody knows how many: what ran in them cannot be judged');
    expect(compared.exitCode).toBe(0);
    expect((await run(program, 'diff', '--strict', file('whole.ndjson'), file('lossy.ndjson'))).exitCode).toBe(2);
  });
});

describe('standard input that is named twice', () => {
  it.each([
    ['diff', ['diff', '-', '-']],
    ['query', ['query', '-', '-', 'FROM execs']],
    ['export', ['export', '-', '-', '--to', 'csv']],
    ['check', ['check', '-', '-']],
  ])('is wrong usage of %s', async (_, args) => {
    const { exitCode, stderr } = await execa(program, args, { input: linesOf(storyOf()), reject: false });
    expect(stderr).toContain('standard input can be read once only');
    expect(exitCode).toBe(2);
  });
});
