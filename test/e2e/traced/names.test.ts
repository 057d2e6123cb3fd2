import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import { docker, type Engine, podman, removeNspawnCgroups } from '../support/engine.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { type Trace, trace, traced, tracedInNspawn, tracedOutsideChroot } from '../support/trace.ts';

const mark = `nsnm${process.pid}`;
const folder = ownFolder();

const isContainer = (record: NstraceRecord, op: string, name: string): record is RecordOf<'container'> =>
  record.type === 'container' && record.op === op && record.container.name === name;

const execOf = ({ of }: Trace, ...args: string[]) =>
  of('exec').find((record) => record.args.join(' ') === args.join(' '));

for (const [kind, make] of Object.entries({ docker, podman })) {
  describe(kind, () => {
    let engine: Engine;
    beforeAll(async () => {
      engine = await make();
    });
    afterAll(() => engine.close());
    const client = (...args: string[]) => engine.call!(...args);

    traced('names what lives a fifth of a second, and is removed at once', async () => {
      const ids = new Map<string, string>();
      const found = await trace([], async ({ until, records }) => {
        const idOf = async (name: string): Promise<string> => {
          const file = join(folder, `${kind}-${name}`);
          const words = ['--rm', '--network', 'none', '--cidfile', file, '--name', name];
          expect(await client('run', ...words, engine.image!, 'sleep', '0.2')).toMatchObject({ exitCode: 0 });
          const id = await readFile(file, 'utf8');
          await until((record) => record.type === 'container' && record.op === 'removed' && record.container.id === id);
          return id;
        };
        // Where nstrace or bpftrace has no CPU for so long, the name is gone when it looks: it is tried again then.
        for (let tries = 0; ids.size < 4 && tries < 20; tries += 1) {
          const name = `${mark}s${tries}`;
          const id = await idOf(name);
          if (records.some((record) => record.type === 'container' && record.container.name === name)) {
            ids.set(name, id);
          }
        }
      });
      expect(ids.size).toBe(4);
      for (const [name, id] of ids) {
        const life = found.of('container').filter(({ container }) => container.id === id);
        expect(life.map(({ op }) => op)).toEqual(expect.arrayContaining(['started', 'stopped', 'removed']));
        expect(life.every(({ container }) => container.name === name)).toBe(true);
        expect(life.every(({ container }) => container.image === engine.image)).toBe(true);
      }
    });

    traced('gives a container another name while it runs, and the old one to the next', async () => {
      const [web, old] = [`${mark}web`, `${mark}old`];
      try {
        const found = await trace([], async ({ until }) => {
          await engine.start(web, 'sleep 6401');
          await until((record) => isContainer(record, 'started', web));
          await client('rename', web, old);
          await until((record) => isContainer(record, 'named', old));
          await engine.enter(old, `true; ${old}`, 0);
          await engine.start(web, 'sleep 6402');
          await until((record) => isContainer(record, 'started', web) && record.container.instance !== undefined);
          await engine.enter(web, `true; ${web}`, 0);
        });
        const named = found.of('container').filter(({ op, container }) => op === 'named' && container.name === old);
        expect(named).toMatchObject([{ reason: 'renamed' }]);
        const started = found.of('container').filter((record) => isContainer(record, 'started', web));
        expect(new Set(started.map(({ container }) => container.instance)).size).toBe(2);
        expect(named[0]?.container.instance).toBe(started[0]?.container.instance);
        expect(execOf(found, 'sh', '-c', `true; ${old}`)).toMatchObject({ container: { name: old }, origin: 'joined' });
        expect(execOf(found, 'sh', '-c', `true; ${web}`)?.container).toMatchObject({
          ...{ name: web, instance: started[1]?.container.instance },
        });
      } finally {
        await engine.remove(web);
        await engine.remove(old);
      }
    });
  });
}

/** An application of flatpak, with a runtime of its own: what both have is busybox. */
const installApplication = async (folder: string): Promise<Record<string, string>> => {
  const env = { FLATPAK_USER_DIR: join(folder, 'flatpak'), HOME: join(folder, 'home') };
  const flatpak = (...args: string[]) => execa('flatpak', args, { env });
  const [platform, app] = [join(folder, 'platform'), join(folder, 'app')];
  for (const place of [
    env.HOME,
    `${platform}/files`,
    `${platform}/usr/bin`,
    `${platform}/usr/etc`,
    `${app}/files/bin`,
  ]) {
    await mkdir(place, { recursive: true });
  }
  await execa('cp', [join(inject('rootfs'), 'bin/busybox'), `${platform}/usr/bin/busybox`]);
  await symlink('busybox', `${platform}/usr/bin/sh`);
  const arch = (await flatpak('--default-arch')).stdout.trim();
  const runtime = `org.nstrace.Platform/${arch}/1`;
  await writeFile(`${platform}/metadata`, `[Runtime]\nname=org.nstrace.Platform\nruntime=${runtime}\nsdk=${runtime}\n`);
  await writeFile(
    `${app}/metadata`,
    `[Application]\nname=org.nstrace.Test\nruntime=${runtime}\nsdk=${runtime}\ncommand=sh\n`,
  );
  const repository = join(folder, 'repository');
  await flatpak('build-export', '--disable-fsync', '--runtime', repository, platform, '1');
  await mkdir(`${app}/export`);
  await flatpak('build-export', '--disable-fsync', repository, app, '1');
  await flatpak('--user', 'remote-add', '--no-gpg-verify', 'test', repository);
  await flatpak('--user', 'install', '-y', '--noninteractive', 'test', 'org.nstrace.Test//1');
  return env;
};

describe('what makes its sandbox without an id', () => {
  afterAll(removeNspawnCgroups);

  traced('is called as its command says: firejail, ip netns', async () => {
    const [jail, netns] = [`${mark}jail`, `${mark}net`];
    await run('ip', 'netns', 'add', netns);
    try {
      const found = await trace([], async () => {
        await run('firejail', '--quiet', '--noprofile', `--name=${jail}`, 'sh', '-c', `true; exit 5; ${jail}`);
        await run('ip', 'netns', 'exec', netns, 'sh', '-c', `true; exit 6; ${netns}`);
      });
      const codes = { [jail]: 5, [netns]: 6 };
      for (const [name, runtime] of [
        [jail, 'firejail'],
        [netns, 'ip'],
      ] as const) {
        expect(execOf(found, 'sh', '-c', `true; exit ${codes[name]}; ${name}`)?.container).toMatchObject({
          name,
          runtime,
        });
        const life = found.of('container').filter(({ container }) => container.name === name);
        expect(life.map(({ op }) => op)).toEqual(['created', 'started', 'stopped', 'removed']);
        expect(life[0]).toMatchObject({
          by: { comm: runtime },
          evidence: expect.arrayContaining([`command ${runtime} ${name}`]),
        });
        expect(life[2]).toMatchObject({ code: codes[name] });
      }
    } finally {
      await run('ip', 'netns', 'delete', netns);
    }
  });

  tracedOutsideChroot('is called as the application: flatpak', async () => {
    const env = await installApplication(folder);
    const found = await trace([], () =>
      execa('flatpak', ['run', '--user', 'org.nstrace.Test//1', '-c', `true; exit 3; ${mark}`], { env, reject: false }),
    );
    expect(execOf(found, 'sh', '-c', `true; exit 3; ${mark}`)?.container).toMatchObject({
      ...{ name: 'org.nstrace.Test', runtime: 'flatpak' },
    });
    const created = found.of('container').find((record) => isContainer(record, 'created', 'org.nstrace.Test'));
    expect(created?.by?.args?.slice(0, 2)).toEqual(['flatpak', 'run']);
  });

  tracedInNspawn('is called as the copy that it is: systemd-nspawn -x', async () => {
    const machine = join(folder, `${mark}m`);
    await execa('cp', ['-a', inject('rootfs'), machine]);
    const words = ['--register=no', '--keep-unit', '--quiet', '-x', '-D', machine, '/bin/sh', '-c', `sleep 1; ${mark}`];
    const found = await trace([], () => run('systemd-nspawn', ...words));
    const exec = execOf(found, '/bin/sh', '-c', `sleep 1; ${mark}`);
    const last = found.of('container').findLast(({ container }) => container.instance === exec?.container?.instance);
    expect(last?.container.name).toMatch(new RegExp(`^${mark}m-[0-9a-f]{16}$`));
    expect(last?.container).toMatchObject({ id: `${mark}m`, runtime: 'systemd-nspawn' });
  });
});
