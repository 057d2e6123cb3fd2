import { mkdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import { removeNspawnCgroups } from '../support/engine.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { run, wake } from '../support/run.ts';
import { makeBundle } from '../support/runc.ts';
import { program, type Trace, tool, trace, traced, tracedInNspawn, tracedOutsideChroot } from '../support/trace.ts';

/** Situations beside those that went wrong once: what holds for the one must hold for its neighbour. */

const mark = `nsnb${process.pid}`;
let folder = '';
beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(async () => {
  await removeNspawnCgroups();
  await removeFolder(folder);
});

const ran = ({ of }: Trace, ...args: string[]) =>
  of('exec').find((record) => record.ret === 0 && record.args.join(' ') === args.join(' '));

const lifeOf = ({ of }: Trace, instance: number | undefined): string[] =>
  of('container')
    .filter(({ container }) => container.instance === instance)
    .map(({ op, code, signal }) => (op === 'stopped' ? `${op} ${code ?? signal}` : op));

const isStarted =
  (name: string) =>
  (record: NstraceRecord): record is RecordOf<'container'> =>
    record.type === 'container' && record.op === 'started' && record.container.name === name;

const isExec = (record: NstraceRecord, ...args: string[]): record is RecordOf<'exec'> =>
  record.type === 'exec' && record.ret === 0 && record.args.join(' ') === args.join(' ');

describe('a sandbox', () => {
  traced('is joined, not made, by who enters it through a pidfd, for one namespace or several', async () => {
    const enter = (pid: number, flags: string, rest: string) =>
      run('perl', '-e', `my $fd = syscall(434, ${pid}, 0); syscall(308, $fd, ${flags}) == 0 or die; ${rest}`);
    const found = await trace([], async ({ until }) => {
      const running = execa('unshare', ['-pf', '--kill-child', '--mount-proc', 'sleep', '6611'], { reject: false });
      const { pid } = (await until((record) => isExec(record, 'sleep', '6611'))) as RecordOf<'exec'>;
      await enter(pid, '0x20000', `exec "true", "${mark}"`);
      await enter(pid, '0x20020000', `system("true", "${mark}", "both")`);
      running.kill('SIGKILL');
      await running;
    });
    const { instance } = ran(found, 'sleep', '6611')!.container!;
    const joined = { container: { instance }, origin: 'joined' };
    expect(ran(found, 'true', mark)).toMatchObject({ ...joined, evidence: 'mnt' });
    expect(ran(found, 'true', mark, 'both')).toMatchObject({
      ...joined,
      evidence: 'pidns',
      nspid: [expect.any(Number), 2],
    });
    expect(lifeOf(found, instance)).toEqual([
      ...['created', 'started', 'joined', 'joined', 'stopped SIGKILL', 'removed'],
    ]);
  });

  /** `start` runs a program that ends with `code`, in a container called `name` of which it is not the first process. */
  const startsAndEnds = async (name: string, code: number, start: (script: string) => Promise<unknown>) => {
    const script = `true; exit ${code}; ${name}`;
    const found = await trace([], () => start(script));
    const exec = found.of('exec').find(({ args }) => args[1] === '-c' && args[2] === script && args.length === 3);
    expect(exec).toMatchObject({ container: { name }, origin: 'born', evidence: 'lineage' });
    expect(lifeOf(found, exec?.container?.instance).slice(0, 3)).toEqual(['created', 'started', `stopped ${code}`]);
    expect(found.of('container').find(isStarted(name))?.start_seen).toBe('birth');
  };
  const title = 'whose first process executes nothing starts with its birth, and ends with its code';

  traced(`${title}: firejail`, async () => {
    const name = `${mark}jail`;
    await startsAndEnds(name, 5, (script) =>
      run('firejail', '--quiet', '--noprofile', `--name=${name}`, 'sh', '-c', script),
    );
  });

  tracedInNspawn(`${title}: systemd-nspawn`, async () => {
    const name = `${mark}machine`;
    // Of its own: systemd-nspawn has none run in a folder in which another one runs.
    const root = join(folder, 'root');
    await execa('cp', ['-a', inject('rootfs'), root]);
    const words = ['-D', root, '-M', name, '--register=no', '--keep-unit', '--quiet', '--as-pid2'];
    await startsAndEnds(name, 6, (script) => run('systemd-nspawn', ...words, '/bin/sh', '-c', script));
  });

  traced(`${title}: LXC`, async () => {
    const name = `${mark}lxc`;
    const config = join(folder, 'config');
    const lines = [
      `uts.name = ${name}`,
      `rootfs.path = dir:${inject('rootfs')}`,
      'net.0.type = none',
      'mount.auto = proc',
    ];
    await writeFile(config, lines.map((line) => `lxc.${line}\n`).join(''));
    const words = ['-n', name, '-P', folder, '-f', config, '--'];
    await startsAndEnds(name, 7, (script) => run('lxc-execute', ...words, '/bin/sh', '-c', script));
  });

  const isNoneWith = (option: string) => async () => {
    const found = await trace([], () => run('unshare', option, tool('noop'), `${mark}${option}`));
    expect(ran(found, tool('noop'), `${mark}${option}`)).toMatchObject({ container: null });
  };
  tracedOutsideChroot('is none with a user namespace alone', isNoneWith('-U'));
  traced('is none with a network namespace alone', isNoneWith('-n'));
  traced('is none with a cgroup namespace alone', isNoneWith('-C'));
});

describe('a container of runc', () => {
  traced('may be called host, which still means no container', async () => {
    const bundle = await makeBundle();
    let [listed, all] = ['', ''];
    try {
      const found = await trace(['-c', 'runc/host'], async ({ until }) => {
        const running = bundle.run('host', ['sh', '-c', `sleep 6615; exit 3; ${mark}`]);
        await until(isStarted('host'));
        listed = (await run(program, 'ps', 'runc/host')).stdout;
        all = (await run(program, 'ps', 'host')).stdout;
        await run(tool('noop'), 'outside');
        await wake(6615);
        await running;
      });
      const init = ran(found, 'sh', '-c', `sleep 6615; exit 3; ${mark}`);
      expect(lifeOf(found, init?.container?.instance)).toEqual(['created', 'started', 'stopped 3', 'removed']);
      expect(ran(found, tool('noop'), 'outside')).toBeUndefined();
      expect(listed).toContain(`sleep 6615; exit 3; ${mark}`);
      expect(all).not.toContain(`sleep 6615; exit 3; ${mark}`);
    } finally {
      await bundle.remove();
    }
  });

  traced('of which the file has another name is known by the state file of its init', async () => {
    const [bundle, name, program] = [await makeBundle(), `${mark}copied`, join(folder, `${mark}qr`)];
    await execa('sh', ['-c', `cp "$(command -v runc)" ${program}`]);
    try {
      await bundle.write(['sleep', '6613']);
      const found = await trace([], async ({ until }) => {
        await execa(program, ['run', '-d', '-b', bundle.folder, name], { stdio: 'ignore' });
        await until(isStarted(name));
      });
      const init = ran(found, 'sleep', '6613');
      const started = found.of('container').find(isStarted(name));
      expect(init).toMatchObject({ container: { name, runtime: 'runc' }, origin: 'init' });
      expect(started).toMatchObject({ container: { init: init?.pid, pidns: init?.ns.pid } });
      expect(started?.by?.args).toEqual([program, 'run', '-d', '-b', bundle.folder, name]);
    } finally {
      await run('runc', 'delete', '-f', name);
      await bundle.remove();
    }
  });

  traced('can have a program that is called as a runtime is, and calls one', async () => {
    const asked: { pids: boolean } = { pids: true };
    const bundle = await makeBundle((spec) => {
      const { mounts, linux } = spec as unknown as {
        mounts: unknown[];
        linux: { namespaces: { type: string }[] };
      };
      mounts.push({ destination: '/dev/runc', type: 'bind', source: tool('noop'), options: ['bind', 'ro'] });
      linux.namespaces = linux.namespaces.filter(({ type }) => asked.pids || type !== 'pid');
    });
    try {
      const found = await trace([], async () => {
        await bundle.run(`${mark}stage`, ['/dev/runc', 'init', mark]);
        asked.pids = false;
        await bundle.run(`${mark}call`, ['/dev/runc', 'run', mark]);
      });
      for (const [name, command] of [
        [`${mark}stage`, 'init'],
        [`${mark}call`, 'run'],
      ] as const) {
        const program = ran(found, '/dev/runc', command, mark);
        expect(program).toMatchObject({ container: { name }, origin: 'init', evidence: 'init' });
        expect(lifeOf(found, program?.container?.instance)).toEqual(['created', 'started', 'stopped 0', 'removed']);
      }
    } finally {
      await bundle.remove();
    }
  });

  traced('has hooks before its program, which are not its first process', async () => {
    const hooks = (name: string) => [{ path: '/bin/true', args: ['true', mark, name] }];
    const bundle = await makeBundle((spec) => {
      const { linux } = spec as unknown as { linux: { namespaces: { type: string }[] } };
      linux.namespaces = linux.namespaces.filter(({ type }) => type !== 'pid');
      Object.assign(spec, { hooks: { createContainer: hooks('create'), startContainer: hooks('start') } });
    });
    try {
      const name = `${mark}hooks`;
      const found = await trace([], () => bundle.run(name, ['sh', '-c', `exit 6; ${mark}`]));
      for (const hook of ['create', 'start']) {
        expect(ran(found, 'true', mark, hook), hook).toMatchObject({ container: { name }, origin: 'born' });
      }
      const init = ran(found, 'sh', '-c', `exit 6; ${mark}`);
      expect(init).toMatchObject({ container: { name }, origin: 'init', evidence: 'init' });
      expect(found.of('container').find(isStarted(name))?.pid).toBe(init?.pid);
      expect(lifeOf(found, init?.container?.instance)).toEqual(['created', 'started', 'stopped 6', 'removed']);
    } finally {
      await bundle.remove();
    }
  });

  traced('that is never started has no start; what joins one stays in it, whoever has ended', async () => {
    const [never, again] = [`${mark}never`, `${mark}again`];
    const [first, second] = [await makeBundle(), await makeBundle()];
    const create = (how: readonly string[], place: string, name: string) =>
      execa('runc', [...how, '-b', place, name], { stdio: 'ignore', reject: false });
    try {
      await first.write(['true']);
      await second.write(['sh', '-c', 'exec sh -c "sleep 6612; exit 4"']);
      const found = await trace([], async ({ until }) => {
        await create(['create'], first.folder, never);
        await run('runc', 'delete', '-f', never);
        await create(['run', '-d'], second.folder, again);
        const { pid } = (await until((record) => isExec(record, 'sleep', '6612'))) as RecordOf<'exec'>;
        const late = `sh -c "sleep 0.3; exec sleep 6613" >/dev/null 2>&1 & exit 0`;
        const { ppid } = (await until((record) => record.type === 'exec' && record.pid === pid)) as RecordOf<'exec'>;
        await run('nsenter', '-t', String(ppid), '-p', '-m', 'sh', '-c', late);
        await until((record) => isExec(record, 'sleep', '6613'));
        await run('runc', 'delete', '-f', again);
      });
      const created = found.of('container').find(({ op, container }) => op === 'created' && container.name === never);
      expect(lifeOf(found, created?.container.instance)).toEqual(['created', 'stopped SIGKILL', 'removed']);
      const daemon = ran(found, 'sleep', '6613');
      expect(daemon).toMatchObject({ container: { name: again }, origin: 'born', evidence: 'pidns' });
      expect(lifeOf(found, daemon?.container?.instance)).toEqual([
        ...['created', 'started', 'joined', 'stopped SIGKILL', 'removed'],
      ]);
    } finally {
      await run('runc', 'delete', '-f', never);
      await run('runc', 'delete', '-f', again);
      await first.remove();
      await second.remove();
    }
  });

  traced('in the pid namespace of another one is its own, with its own code', async () => {
    const [one, two] = [`${mark}one`, `${mark}two`];
    const owner = await makeBundle();
    const guest = await makeBundle();
    try {
      const found = await trace([], async ({ until }) => {
        const running = owner.run(one, ['sleep', '6614']);
        const { pid } = (await until((record) => isExec(record, 'sleep', '6614'))) as RecordOf<'exec'>;
        await guest.write(['sh', '-c', `true; exit 8; ${mark}`]);
        const file = join(guest.folder, 'config.json');
        const spec = JSON.parse(await readFile(file, 'utf8'));
        spec.linux.namespaces = spec.linux.namespaces.map(({ type }: { type: string }) =>
          type === 'pid' ? { type, path: `/proc/${pid}/ns/pid` } : { type },
        );
        await writeFile(file, JSON.stringify(spec));
        await run('runc', 'run', '-b', guest.folder, two);
        await run('runc', 'kill', one, 'KILL');
        await running;
      });
      const [init, inner] = [ran(found, 'sleep', '6614'), ran(found, 'sh', '-c', `true; exit 8; ${mark}`)];
      expect(inner).toMatchObject({ container: { name: two }, origin: 'init', ns: { pid: init?.ns.pid } });
      expect(lifeOf(found, init?.container?.instance)).toEqual(['created', 'started', 'stopped SIGKILL', 'removed']);
      expect(lifeOf(found, inner?.container?.instance)).toEqual(['created', 'started', 'stopped 8', 'removed']);
      expect(found.of('container').find(isStarted(two))?.container.shared).toMatchObject({ pid: [one] });
    } finally {
      await owner.remove();
      await guest.remove();
    }
  });
});

describe('a cgroup', () => {
  traced('has its whole path, however long, and who enters by itself is who did it', async () => {
    const unified = (await readFile('/proc/mounts', 'utf8')).match(/^\S+ (\S+) cgroup2 /m)![1]!;
    const long = Array.from({ length: 4 }, () => 'x'.repeat(150));
    const places = long.map((_, index) => [mark, ...long.slice(0, index + 1)].join('/'));
    const deepest = `/${places.at(-1)}`;
    try {
      const found = await trace([], async () => {
        await mkdir(`${unified}${deepest}`, { recursive: true });
        await run('sh', '-c', `echo $$ >${unified}${deepest}/cgroup.procs; exec ${tool('noop')} ${mark}`);
      });
      const made = found.of('cgroup').filter(({ op, path }) => op === 'mkdir' && path.startsWith(`/${mark}`));
      expect(made.map(({ path }) => path)).toEqual([`/${mark}`, ...places.map((place) => `/${place}`)]);
      const { pid } = ran(found, tool('noop'), mark)!;
      expect(found.of('cgroup').filter(({ op, path }) => op === 'attach' && path === deepest)).toMatchObject([
        { pid, by_pid: pid },
      ]);
    } finally {
      for (const place of [...places.toReversed(), mark]) {
        await rmdir(`${unified}/${place}`).catch(() => {});
      }
      await rm(join(folder, mark), { force: true });
    }
  });
});
