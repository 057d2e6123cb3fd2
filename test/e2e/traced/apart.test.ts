import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import { containerd, type Engine, lxc, podman, podmanIn } from '../support/engine.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { imageName, makeImage } from '../support/image.ts';
import { run, wake } from '../support/run.ts';
import { program, type Trace, tool, trace, traced, tracedOutsideChroot } from '../support/trace.ts';

/** What real runtimes give the same id, the same pod or the same pids, and what looks like one process and is many threads. */

const mark = `nsap${process.pid}`;

const isContainer = (record: NstraceRecord, op: string, name: string): record is RecordOf<'container'> =>
  record.type === 'container' && record.op === op && record.container.name === name;

const lives = ({ of }: Trace, name: string): [string | undefined, string[]][] => {
  const byInstance = new Map<number | undefined, [string | undefined, string[]]>();
  for (const { op, container, code, signal } of of('container')) {
    if (container.name === name) {
      const life = byInstance.get(container.instance) ?? [container.root, []];
      life[1].push(op === 'stopped' ? `${op} ${code ?? signal}` : op);
      byInstance.set(container.instance, life);
    }
  }
  return [...byInstance.values()];
};

const ranIn = ({ of }: Trace, ...args: string[]) =>
  of('exec').find(({ args: found, container }) => container !== null && found.join(' ') === args.join(' '));

describe('the same name', () => {
  traced('in two paths of LXC, and beside a cgroup that was left behind', async () => {
    const engines = [await lxc(), await lxc()];
    const name = `${mark}l`;
    const left = ['unified', '.'].map((place) => `/sys/fs/cgroup/${place}/lxc.payload.${name}`);
    let listed = '';
    try {
      for (const folder of left) {
        await mkdir(folder).catch(() => {});
      }
      const found = await trace([], async ({ records, until }) => {
        for (const [index, engine] of engines.entries()) {
          await engine.start(name, `sleep 64${index}1; exit 1`);
        }
        await until(() => records.filter((record) => isContainer(record, 'started', name)).length === 2);
        listed = (await run(program, 'ps', name)).stdout;
        for (const [index, engine] of engines.entries()) {
          await engine.enter(name, `true; exit ${index}; ${mark}`, 0);
        }
        for (const engine of engines) {
          await engine.remove(name);
        }
      });
      expect(lives(found, name)).toEqual(
        engines.map(({ folder }) => [folder, ['created', 'started', 'joined', 'stopped SIGKILL', 'removed']]),
      );
      expect(listed.split('\n').filter((line) => line.startsWith(`${name} `))).toHaveLength(4);
      for (const index of engines.keys()) {
        expect(ranIn(found, '/bin/sh', '-c', `true; exit ${index}; ${mark}`)).toMatchObject({
          container: { name },
          origin: 'joined',
        });
      }
    } finally {
      for (const engine of engines) {
        await engine.remove(name);
        await engine.close();
      }
      for (const folder of left) {
        await rmdir(folder).catch(() => {});
      }
    }
  });

  traced('in two namespaces of containerd', async () => {
    const engine = await containerd();
    const name = `${mark}dup`;
    const other = (...args: string[]) => engine.call!('-n', 'other', ...args);
    try {
      await engine.call!('image', 'export', join(engine.folder!, 'again.tar'), imageName);
      await other('image', 'import', '--no-unpack', join(engine.folder!, 'again.tar'));
      const found = await trace([], async ({ records, until }) => {
        await engine.start(name, 'sleep 6411; exit 1');
        await other('run', '-d', '--snapshotter', 'native', imageName, name, 'sh', '-c', 'sleep 6412; exit 2');
        await until(() => records.filter((record) => isContainer(record, 'started', name)).length === 2);
        await other('task', 'exec', '--exec-id', 'e1', name, 'true', 'in-other');
        await wake(6411);
        await wake(6412);
        await until(() => records.filter((record) => isContainer(record, 'stopped', name)).length === 2);
        await engine.remove(name);
        await other('task', 'rm', '-f', name);
        await until(() => records.filter((record) => isContainer(record, 'removed', name)).length === 2);
      });
      expect(lives(found, name)).toEqual([
        [undefined, ['created', 'started', 'stopped 1', 'removed']],
        ['other', ['created', 'started', 'joined', 'stopped 2', 'removed']],
      ]);
      expect(
        found
          .of('container')
          .filter(({ op }) => op === 'started')
          .map(({ container }) => container.image),
      ).toEqual(expect.arrayContaining([imageName, imageName]));
      const second = found
        .of('container')
        .find(({ container }) => container.name === name && container.root === 'other');
      expect(ranIn(found, 'true', 'in-other')?.container?.instance).toBe(second?.container.instance);
    } finally {
      await engine.remove(name);
      await other('task', 'rm', '-f', name);
      await other('container', 'rm', name);
      await engine.close();
    }
  });
});

describe('podman', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await podman();
  });
  afterAll(() => engine.close());

  traced('pods are pods: their containers say which, and what stands by them is in none', async () => {
    const [pod, infra, name] = [`${mark}pod`, `${mark}infra`, `${mark}in`];
    const call = (...args: string[]) => engine.call!(...args);
    try {
      const found = await trace([], async ({ until }) => {
        const words = ['--infra-image', imageName, '--infra-command', 'sleep 6501', '--infra-name', infra];
        await call('pod', 'create', '--name', pod, '--network', 'host', ...words);
        await call('run', '-d', '--pod', pod, '--name', name, imageName, 'sleep', '6502');
        await until((record) => isContainer(record, 'started', name));
        await call('exec', name, 'true', 'in-pod');
        await call('pod', 'rm', '-f', '-t', '0', pod);
        await until((record) => isContainer(record, 'removed', name));
      });
      const created = found
        .of('container')
        .filter(({ op, container }) => op === 'created' && container.runtime === 'podman');
      const ofPod = created.filter(({ container }) => container.name === infra || container.name === name);
      expect(ofPod.map(({ container }) => container.name)).toEqual([infra, name]);
      const { id } = ofPod[0]!.container.pod!;
      expect(ofPod.map(({ container }) => container.pod)).toEqual([
        { id, name: pod },
        { id, name: pod },
      ]);
      expect(found.of('container').filter(({ container }) => container.id === id)).toEqual([]);
      for (const each of [infra, name]) {
        expect(lives(found, each)).toEqual([
          [undefined, expect.arrayContaining(['created', 'started', 'stopped SIGKILL', 'removed'])],
        ]);
      }
      const ids = new Set(ofPod.map(({ container }) => container.id));
      const standing = found
        .of('exec')
        .filter(({ comm, args }) => comm === 'conmon' && args.some((arg) => ids.has(arg)));
      expect(standing.map(({ role, container }) => [role, container])).toEqual([0, 1, 2].map(() => ['monitor', null]));
      expect(ranIn(found, 'true', 'in-pod')).toMatchObject({ container: { name }, origin: 'joined' });
    } finally {
      await call('pod', 'rm', '-f', '-t', '0', pod);
    }
  });

  traced('build steps in the isolation of chroot are containers of their own', async () => {
    const context = join(engine.folder!, 'context');
    await mkdir(context);
    await writeFile(join(context, 'Containerfile'), `FROM ${imageName}\nRUN sleep 0.11\n`);
    const found = await trace([], () => engine.call!('build', '--isolation', 'chroot', '--network', 'host', context));
    const step = ranIn(found, 'sleep', '0.11')!;
    expect(step).toMatchObject({ container: { id: `mnt:[${step.ns.mnt}]`, runtime: 'buildah' }, origin: 'born' });
    expect(lives(found, step.container!.name)).toEqual([[undefined, ['created', 'started', 'stopped 0', 'removed']]]);
    // What it does for itself is on the host.
    const own = found.of('exec').filter(({ comm, args }) => comm === 'podman' || args[0] === 'buildah-chroot-runtime');
    expect(own.length).toBeGreaterThan(1);
    expect(own.filter(({ container }) => container !== null)).toEqual([]);
  });

  tracedOutsideChroot('of a user is named, and has its own pid namespace', async () => {
    const folder = await makeFolder();
    const name = `${mark}user`;
    const script = 'sleep 6504; exit 5';
    const env = { HOME: join(folder, 'home'), XDG_RUNTIME_DIR: join(folder, 'run') };
    const call = (...args: string[]) => {
      const words = [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        'env',
        `CONTAINERS_CONF=${folder}/containers.conf`,
        ...podmanIn(folder),
        ...args,
      ];
      return execa('setpriv', words, { env, reject: false, stdin: 'ignore' });
    };
    try {
      const files = ['image.tar', 'containers.conf'].map((file) => join(engine.folder!, file)).join(' ');
      const owned = `mkdir -m 700 ${env.HOME} ${env.XDG_RUNTIME_DIR}; cp ${files} ${folder}; chown -R 65534:65534 ${folder}`;
      await execa('sh', ['-c', owned]);
      await call('load', '-i', join(folder, 'image.tar'));
      const found = await trace([], async ({ until }) => {
        const running = call('run', '--rm', '--network', 'host', '--name', name, imageName, 'sh', '-c', script);
        await until((record) => isContainer(record, 'started', name));
        await wake(6504);
        await running;
      });
      expect(lives(found, name)).toEqual([[undefined, ['created', 'started', 'stopped 5', 'removed']]]);
      const started = found.of('container').find((record) => isContainer(record, 'started', name));
      const init = found.of('exec').find(({ pid, container }) => pid === started?.pid && container?.name === name);
      expect(started?.container).toMatchObject({ runtime: 'podman', image: imageName, pidns: init?.ns.pid });
      expect(init?.nspid.at(-1)).toBe(1);
      expect(
        found.of('container').filter(({ container, by }) => container.runtime === 'podman' && by?.uid === 65_534)
          .length,
      ).toBeGreaterThan(0);
      expect(found.of('exec').filter(({ comm, container }) => comm === 'conmon' && container !== null)).toEqual([]);
    } finally {
      await call('rm', '-f', '-t', '0', name);
      // It holds the namespaces of all its user's containers.
      const pause = Number(await readFile(join(folder, 'tmp/pause.pid'), 'utf8').catch(() => '0'));
      if (pause > 1) {
        process.kill(pause);
      }
      await removeFolder(folder);
    }
  });
});

describe('docker in another pid namespace', () => {
  traced('has its containers inside that, with their own names, live and at one glance', async () => {
    const folder = await makeFolder();
    const socket = `unix://${folder}/sock`;
    const name = `${mark}dind`;
    const words = [
      '--data-root',
      `${folder}/data`,
      '--exec-root',
      `${folder}/exec`,
      '--pidfile',
      `${folder}/pid`,
      '-H',
      socket,
    ];
    const others = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--storage-driver=vfs'];
    const client = (...args: string[]) => run('docker', '-H', socket, ...args);
    const daemon = execa('unshare', ['-pfm', '--kill-child', '--mount-proc', 'dockerd', ...words, ...others], {
      reject: false,
      stdio: 'ignore',
    });
    let [listed, why] = ['', ''];
    try {
      const image = await makeImage(folder);
      await expect.poll(async () => (await client('info')).exitCode).toBe(0);
      await client('load', '-i', image);
      const found = await trace([], async ({ until }) => {
        await client('run', '-d', '--name', name, '--network', 'none', imageName, 'sh', '-c', 'sleep 6503; exit 7');
        const started = (await until((record) => isContainer(record, 'started', name))) as RecordOf<'container'>;
        listed = (await run(program, 'ps', name)).stdout;
        why = (await run(program, 'why', String(started.container.init))).stdout;
        await client('exec', name, 'true', 'in-dind');
        await wake(6503);
        await until((record) => isContainer(record, 'removed', name));
      });
      expect(lives(found, name)).toEqual([[undefined, ['created', 'started', 'joined', 'stopped 7', 'removed']]]);
      const started = found.of('container').find((record) => isContainer(record, 'started', name));
      expect(started?.container.inside?.at(-1)?.runtime).toMatch(/unshare|dockerd/);
      expect(ranIn(found, 'true', 'in-dind')).toMatchObject({ container: { name }, origin: 'joined' });
      expect(listed).toContain('sleep 6503');
      expect(why).toContain(`container     ${name} (docker)`);
    } finally {
      await client('rm', '-f', name);
      // unshare itself takes no signal while it waits.
      const inner = Number((await run('pgrep', '-P', String(daemon.pid))).stdout);
      if (inner > 1) {
        process.kill(inner, 'SIGTERM');
      }
      await daemon;
      await removeFolder(folder);
    }
  });
});

describe('threads', () => {
  for (const how of ['unshare', 'become']) {
    traced(`that are not the leader make a container: ${how}`, async () => {
      let maker = 0;
      const found = await trace([], async () => {
        maker = (await run(tool('threads'), how, tool('noop'))).pid;
      });
      const exec = found
        .of('exec')
        .find(
          (record) => (how === 'become' ? record.pid : record.ppid) === maker && record.args[1] === 'from-a-thread',
        );
      expect(exec?.container).toMatchObject({ id: `mnt:[${exec?.ns.mnt}]`, runtime: 'threads' });
    });
  }

  traced('whose leader has ended are in their container, with its namespaces', async () => {
    const child = execa('unshare', ['-fpm', '--mount-proc', '--kill-child', tool('threads'), 'linger', mark], {
      reject: false,
    });
    try {
      // Without its leader it has no command line any more.
      const find = async () => Number((await run('pgrep', '-x', '-P', String(child.pid), 'threads')).stdout);
      await expect.poll(find).toBeGreaterThan(0);
      const pid = await find();
      await expect.poll(() => readFile(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /);
      const found = await trace([], () => run('true'));
      const record = found.of('process').find((process) => process.pid === pid)!;
      expect(record.ns.pid).not.toBe(found.records[0]?.type === 'header' ? found.records[0].host_ns.pid : 0);
      expect(record).toMatchObject({ nspid: [pid, 1], origin: 'init', container: { id: `pid:[${record.ns.pid}]` } });
      const { stdout } = await run(program, 'inspect', String(pid));
      expect(stdout).toContain(String(record.ns.pid));
    } finally {
      child.kill('SIGKILL');
      await child;
    }
  });
});
