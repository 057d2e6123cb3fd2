import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { ownFolder } from '../support/own-folder.ts';

const project = join(import.meta.dirname, '../../..');

const folder = ownFolder();
let checkout: string;
/** Made from a copy of what git has, so that nothing of the checkout is touched while other tests run from it. */
beforeAll(async () => {
  checkout = join(folder, 'checkout');
  const { stdout: files } = await execa('git', ['ls-files', '-z', '-co', '--exclude-standard'], { cwd: project });
  await execa('cp', ['--parents', '-t', folder, ...files.split('\0').filter((name) => name !== '')], {
    cwd: project,
    reject: false,
  });
  await execa('sh', ['-c', `mkdir checkout; for f in * .[a-z]*; do [ "$f" = checkout ] || mv "$f" checkout/; done`], {
    cwd: folder,
  });
  await execa('ln', ['-s', join(project, 'node_modules'), join(checkout, 'node_modules')]);
  // Older than what is installed, so that no set-up installs anew through the link.
  await utimes(join(checkout, 'package-lock.json'), 0, 0);
  await execa('npm', ['run', '--silent', 'package'], { cwd: checkout });
});

describe('npm run package', () => {
  it('leaves package.json as it was', async () => {
    const packed = await readFile(join(checkout, 'package.json'), 'utf8');
    expect(packed).toBe(await readFile(join(project, 'package.json'), 'utf8'));
  });

  it('makes an npm package that runs and brings nothing else', async () => {
    const target = join(folder, 'npm');
    await execa('npm', [
      'install',
      '--prefix',
      target,
      '--offline',
      // Of its own: others on the machine clear theirs.
      '--cache',
      join(folder, 'cache'),
      '--no-audit',
      '--no-fund',
      ...(await made('nstrace-*.tgz')),
    ]);
    const manifest = JSON.parse(await readFile(join(target, 'node_modules/nstrace/package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect((await execa('ls', [join(target, 'node_modules')])).stdout).toBe('nstrace');
    const { stdout } = await execa(join(target, 'node_modules/.bin/nstrace'), ['--version']);
    expect(stdout).toContain(manifest.version);
    const { stdout: help } = await execa(join(target, 'node_modules/.bin/nstrace'), ['--help']);
    expect(help).toContain('Examples:');
  });

  it('makes a Debian package with program, probes, manual and completions', async () => {
    const target = join(folder, 'deb');
    const [deb = ''] = await made('*.deb');
    await execa('dpkg-deb', ['-x', deb, target]);
    const { stdout } = await execa(join(target, 'usr/bin/nstrace'), ['--version']);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+/);
    const { stdout: list } = await execa('dpkg-deb', ['-c', deb]);
    for (const path of [
      'usr/lib/nstrace/probes/exec.bt',
      'usr/lib/systemd/system/nstrace-agent.service',
      'usr/share/man/man8/nstrace.8.gz',
      'usr/share/bash-completion/completions/nstrace',
      'usr/share/zsh/vendor-completions/_nstrace',
      'usr/share/fish/vendor_completions.d/nstrace.fish',
    ]) {
      expect(list).toContain(`./${path}\n`);
    }
    expect(list).not.toMatch(/^-..[xs]..[^ ]* .*\/setup$/m);
    const { stdout: control } = await execa('dpkg-deb', ['-f', deb]);
    expect(control).toMatch(/^Depends: bpftrace/m);
    expect(control).toMatch(/^Version: \d+\.\d+\.\d+$/m);
  });
});

const made = async (pattern: string): Promise<string[]> => {
  const { stdout } = await execa('sh', ['-c', `ls ${join(checkout, 'build/packages')}/${pattern}`]);
  return stdout.split('\n');
};
