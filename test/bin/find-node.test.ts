import { access, chmod, chown, copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const launcher = join(import.meta.dirname, '../../bin/nstrace');
const isRoot = process.geteuid?.() === 0;
const reason = isRoot ? '' : ' (skipped: only root can give files away)';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nstrace-node-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

/** A program that says that it is Node of that version, and prints its name when it is run. */
const fakeNode = async (name: string, version: string, owner = 0): Promise<string> => {
  const place = join(folder, name);
  await mkdir(place);
  const node = join(place, 'node');
  await writeFile(node, `#!/bin/sh\n[ "$1" = --version ] && echo ${version} || echo ${name} "$2"\n`, { mode: 0o755 });
  if (isRoot) {
    await chown(node, owner, owner);
    await chown(place, owner, owner);
  }
  return place;
};

const launch = (path: string, env: Record<string, string> = {}) =>
  execa('/bin/sh', [launcher, '--word'], {
    env: { PATH: `${path}:/usr/bin:/bin`, ...env },
    extendEnv: false,
    reject: false,
  });

describe('the launcher', () => {
  it('runs the Node of PATH', async () => {
    const { stdout, stderr } = await launch(await fakeNode('mine', 'v22.1.0'));
    expect({ stdout, stderr }).toEqual({ stdout: 'mine --word', stderr: '' });
  });

  it('passes over one that is too old', async () => {
    const old = await fakeNode('old', 'v18.19.0');
    const { stdout } = await launch(`${old}:${await fakeNode('new', 'v20.0.0')}`);
    expect(stdout).not.toContain('old');
  });

  it('takes none from the current folder', async () => {
    await fakeNode('here', 'v22.0.0');
    const { stdout } = await execa('/bin/sh', [launcher, '--version'], {
      cwd: join(folder, 'here'),
      env: { PATH: `.:/usr/bin:/bin` },
      extendEnv: false,
      reject: false,
    });
    expect(stdout).not.toContain('here');
  });

  it.skipIf(!isRoot)(`runs the caller's own under sudo, and says so${reason}`, async () => {
    const { stdout, stderr } = await launch(await fakeNode('mine', 'v22.1.0', 1234), { SUDO_UID: '1234' });
    expect(stdout).toBe('mine --word');
    expect(stderr).toBe(`nstrace: it runs with your own Node, which is not root's: ${join(folder, 'mine/node')}`);
  });

  it.skipIf(!isRoot)(`runs none of somebody else as root${reason}`, async () => {
    const place = await fakeNode('theirs', 'v22.1.0', 1234);
    for (const env of [{}, { SUDO_UID: '1235' }, { SUDO_UID: '' }] as Record<string, string>[]) {
      expect((await launch(place, env)).stdout).not.toContain('theirs');
    }
  });

  it.skipIf(!isRoot)(`runs none as root that everybody may write to${reason}`, async () => {
    const place = await fakeNode('open', 'v22.1.0');
    await chmod(join(place, 'node'), 0o777);
    expect((await launch(place)).stdout).not.toContain('open');
    await chmod(join(place, 'node'), 0o755);
    await chmod(place, 0o777);
    expect((await launch(place)).stdout).not.toContain('open');
  });

  // Shells run as the real user, who under `setpriv --ruid` is another than the effective one.
  it.skipIf(!isRoot)(`says where its user may not read it${reason}`, async () => {
    const place = join(folder, 'bin');
    await mkdir(place);
    for (const name of ['nstrace', 'find-node.sh']) {
      await copyFile(join(dirname(launcher), name), join(place, name));
    }
    await chmod(folder, 0o700);
    const run = await execa('setpriv', ['--ruid', '65534', join(place, 'nstrace'), '--version'], { reject: false });
    expect(run.exitCode).toBe(3);
    expect(run.stderr).toBe('nstrace: user 65534 may not read the folder that it is in');
  });

  it('runs no program of the caller on the way', async () => {
    const place = await fakeNode('mine', 'v22.1.0');
    const marker = join(folder, 'was-run');
    for (const name of ['readlink', 'id', 'stat', 'getent', 'cut', 'printf']) {
      await writeFile(join(place, name), `#!/bin/sh\necho ${name} >>${marker}\n`, { mode: 0o755 });
    }
    const { stdout } = await launch(place, { SUDO_UID: '1234' });
    expect(stdout).toBe('mine --word');
    await expect(access(marker)).rejects.toThrow();
  });

  it.skipIf(!isRoot)(`lets a caller of sudo run nothing by Node's own variables${reason}`, async () => {
    const marker = join(folder, 'was-run');
    const file = join(folder, 'evil.cjs');
    await writeFile(file, `require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');\n`);
    const options = { NODE_OPTIONS: `--require=${file}` };
    const node = dirname(process.execPath);
    await execa('/bin/sh', [launcher, '--version'], {
      env: { PATH: node, SUDO_UID: '1234', ...options },
      extendEnv: false,
      reject: false,
    });
    await expect(access(marker)).rejects.toThrow();
    // Without sudo they are the caller's own business.
    await execa('/bin/sh', [launcher, '--version'], {
      env: { PATH: node, ...options },
      extendEnv: false,
      reject: false,
    });
    await access(marker);
  });

  it.skipIf(!isRoot)(
    `gives Node none of its variables from a caller of sudo, of whatever version${reason}`,
    async () => {
      const place = await fakeNode('mine', 'v22.1.0');
      await writeFile(join(place, 'node'), '#!/bin/sh\n[ "$1" = --version ] && echo v22.1.0 || env\n', { mode: 0o755 });
      const evil = [
        'NODE_COMPILE_CACHE',
        'NODE_REDIRECT_WARNINGS',
        'NODE_ICU_DATA',
        'NODE_NEW_1',
        'SSL_CERT_DIR',
        'TMPDIR',
      ];
      const env = Object.fromEntries(evil.map((name) => [name, '/no/such']));
      const kept = { OTHER: 'a\nNODE_b=$(id)', LANG: 'C', NODE_ENV: 'test' };
      const { stdout } = await launch(place, { SUDO_UID: '1234', ...env, ...kept });
      expect(stdout).not.toContain('/no/such');
      expect(stdout).toContain('NODE_b=$(id)');
      expect(stdout).toContain('NODE_ENV=test');
      const { stdout: own } = await launch(place, env);
      expect(own.match(/=\/no\/such/g)).toHaveLength(evil.length);
    },
  );
});
