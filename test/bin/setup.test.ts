import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'nstrace-setup-'));
  await Promise.all(['bin', 'src', 'probes', 'programs'].map((name) => mkdir(join(root, name))));
  await copyFile(join(import.meta.dirname, '../../bin/setup'), join(root, 'bin/setup'));
  await writeFile(join(root, 'package.json'), '{}');
  await writeFile(join(root, 'package-lock.json'), '{}');
  await utimes(join(root, 'package-lock.json'), 0, 0);
  await writeFile(
    join(root, 'build.js'),
    `const fs = require('node:fs');
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/nstrace.js', '');
fs.appendFileSync('log', 'build\\n');`,
  );
  const programs = {
    npm: 'echo "npm $*" >>log; mkdir -p node_modules; touch node_modules/.package-lock.json',
    'apt-get': 'echo "apt-get $*" >>log',
  };
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(root, 'programs', name), `#!/bin/sh\n${script}\n`);
    await chmod(join(root, 'programs', name), 0o755);
  }
});
afterEach(() => rm(root, { recursive: true }));

const setup = async (...args: string[]): Promise<string[]> => {
  await execa(join(root, 'bin/setup'), args, { env: { PATH: `${join(root, 'programs')}:${process.env.PATH}` } });
  const log = await readFile(join(root, 'log'), 'utf8');
  await rm(join(root, 'log'));
  return log.trimEnd().split('\n');
};

describe('set-up for a package', () => {
  it('installs what builds it, and no program of the system', async () => {
    expect(await setup('--pack')).toEqual([
      expect.stringMatching(/^npm ci --omit=dev --no-dry-run --no-global /),
      'build',
    ]);
  });

  it('builds even if no source is newer than the build', async () => {
    await setup('--pack');
    expect(await setup('--pack')).toEqual(['build']);
  });

  it('installs anew if the locked versions are newer', async () => {
    await setup('--pack');
    const later = new Date(Date.now() + 60_000);
    await utimes(join(root, 'package-lock.json'), later, later);
    expect(await setup('--pack')).toEqual([expect.stringMatching(/^npm ci /), 'build']);
  });
});
