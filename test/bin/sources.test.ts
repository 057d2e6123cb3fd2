import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const sources: { digestOf(root: string): string; isStale(root: string): boolean } = createRequire(import.meta.url)(
  '../../bin/sources.js',
);

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nstrace-sources-'));
  await Promise.all(['src/a', 'probes', 'dist'].map((name) => mkdir(join(root, name), { recursive: true })));
  for (const name of ['src/a/one.ts', 'probes/exec.bt', 'package.json', 'package-lock.json', 'build.js']) {
    await writeFile(join(root, name), name);
  }
  await writeFile(join(root, 'dist/sources'), sources.digestOf(root));
});
afterEach(() => rm(root, { recursive: true }));

const later = new Date(Date.now() + 60_000);

describe('a build', () => {
  it('is not stale beside the sources it was made of', () => {
    expect(sources.isStale(root)).toBe(false);
  });

  it('is stale where a source changed since, as after git pull', async () => {
    await writeFile(join(root, 'probes/exec.bt'), 'another program');
    await utimes(join(root, 'probes/exec.bt'), later, later);
    expect(sources.isStale(root)).toBe(true);
  });

  it('is stale where a source is new', async () => {
    await writeFile(join(root, 'src/a/two.ts'), '');
    await utimes(join(root, 'src/a/two.ts'), later, later);
    expect(sources.isStale(root)).toBe(true);
  });

  it('is stale where a library in it has another version', async () => {
    await writeFile(join(root, 'package-lock.json'), 'other versions');
    await utimes(join(root, 'package-lock.json'), later, later);
    expect(sources.isStale(root)).toBe(true);
  });

  it('is not stale where sources were only copied or touched', async () => {
    await utimes(join(root, 'src/a/one.ts'), later, later);
    expect(sources.isStale(root)).toBe(false);
  });

  it('is not stale where no sources are, as in an installed package', async () => {
    await rm(join(root, 'src'), { recursive: true });
    await utimes(join(root, 'build.js'), later, later);
    expect(sources.isStale(root)).toBe(false);
  });
});
