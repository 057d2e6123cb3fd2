import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, inject } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { run, wake } from '../support/run.ts';
import { program, type Trace, tool, trace, traced, tracedOutsideChroot } from '../support/trace.ts';

/** Each case is a situation of a real system in which single clues mislead: cgroup paths, inodes, ids, command lines. */

type Spec = Record<string, unknown> & { process: Record<string, unknown>; linux: Record<string, unknown> };

const mark = `nsid${process.pid}`;
let folder = '';
let bundles = 0;

beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(async () => {
  await execa('sh', ['-c', `find /sys/fs/cgroup -depth -type d -name '*${mark}*' -exec rmdir {} +`], { reject: false });
  await removeFolder(folder);
});

/** A bundle of busybox that runs a script; its folder. */
const bundle = async (script: string, change: (spec: Spec) => void = () => {}): Promise<string> => {
  bundles += 1;
  const place = join(folder, `bundle-${bundles}`);
  await mkdir(place);
  await execa('runc', ['spec'], { cwd: place });
  const { default: spec } = (await import(join(place, 'config.json'), { with: { type: 'json' } })) as { default: Spec };
  spec.process.terminal = false;
  spec.process.args = ['sh', '-c', script];
  delete spec.process.rlimits;
  spec.root = { path: inject('rootfs'), readonly: true };
  change(spec);
  await writeFile(join(place, 'config.json'), JSON.stringify(spec));
  return place;
};

const runc = (...args: string[]) => execa('runc', args, { stdio: 'ignore', reject: false });
const shell = (script: string) => run('sh', '-c', script);

const lifeOf = ({ of }: Trace, instance: number | undefined): string[] =>
  of('container')
    .filter(({ container }) => container.instance === instance)
    .map(({ op, code, signal }) => (op === 'stopped' ? `${op} ${code ?? signal}` : op));

const named = ({ of }: Trace, op: string, name: string) =>
  of('container').filter((record) => record.op === op && record.container.name === name);

const ran = ({ of }: Trace, ...args: string[]) =>
  of('exec').filter((record) => record.args.join(' ') === args.join(' '));

const isExec = (record: NstraceRecord, ...args: string[]): record is RecordOf<'exec'> =>
  record.type === 'exec' && record.ret === 0 && record.args.join(' ') === args.join(' ');

describe('containers of one id, or in one cgroup, are distinguished', () => {
  traced('the same id in two roots of a runtime', async () => {
    const [one, two] = [`${mark}a`, `${mark}b`];
    const first = await bundle('sleep 6701; exit 1', ({ linux }) => Object.assign(linux, { cgroupsPath: `/${one}` }));
    const second = await bundle('sleep 6702; exit 2', ({ linux }) => Object.assign(linux, { cgroupsPath: `/${two}` }));
    const name = `${mark}web`;
    let listed = '';
    const found = await trace([], async ({ records, until }) => {
      const running = [
        runc('--root', join(folder, 'A'), 'run', '-b', first, name),
        runc('--root', join(folder, 'B'), 'run', '-b', second, name),
      ];
      const started = () =>
        records.filter((r) => r.type === 'container' && r.op === 'started' && r.container.name === name);
      await until(() => started().length === 2);
      const inspecting = await run(program, 'inspect', name);
      expect(inspecting.exitCode).toBe(1);
      listed = inspecting.stderr;
      await wake(6701);
      await wake(6702);
      await Promise.all(running);
    });
    const started = named(found, 'started', name);
    expect(started.map(({ container }) => container.root).toSorted()).toEqual([join(folder, 'A'), join(folder, 'B')]);
    expect(new Set(started.map(({ container }) => container.instance)).size).toBe(2);
    for (const { container } of started) {
      const code = container.root === join(folder, 'A') ? 1 : 2;
      expect(lifeOf(found, container.instance)).toEqual(['created', 'started', `stopped ${code}`, 'removed']);
    }
    expect(listed).toContain(join(folder, 'A'));
    expect(listed).toContain(join(folder, 'B'));
  });

  traced('two in one cgroup, which the OCI specification allows', async () => {
    const pool = ({ linux }: Spec) => Object.assign(linux, { cgroupsPath: `/${mark}pool` });
    const place = await bundle('sleep 0.5; true in-pool; exit 4', pool);
    const names = [`${mark}p1`, `${mark}p2`];
    // Newer runcs refuse the second one, if the first has its process there by then.
    const allowed: string[] = [];
    const start = async (name: string): Promise<void> => {
      if ((await runc('run', '-b', place, name)).exitCode === 4) {
        allowed.push(name);
      }
    };
    const found = await trace([], () => Promise.all(names.map(start)));
    expect(allowed).not.toHaveLength(0);
    for (const name of allowed) {
      const [started] = named(found, 'started', name);
      expect(lifeOf(found, started?.container.instance)).toEqual(['created', 'started', 'stopped 4', 'removed']);
      const inside = found.of('exec').filter(({ container }) => container?.instance === started?.container.instance);
      expect(inside.some(({ args }) => args[0] === 'sleep')).toBe(true);
      // runc's own process is in the cgroup before the other one is there, or after it.
      const programs = inside.filter(({ args }) => args[1] !== 'init');
      expect(new Set(programs.map(({ ns }) => ns.pid))).toEqual(new Set([started?.container.pidns]));
    }
  });

  traced('one whose processes were moved, and its cgroup removed', async () => {
    const path = `${mark}old`;
    const place = await bundle('while :; do sleep 0.1; done', ({ linux }) =>
      Object.assign(linux, { cgroupsPath: `/${path}` }),
    );
    const name = `${mark}moved`;
    let ps = '';
    const found = await trace(['-c', name], async ({ until, records }) => {
      await runc('run', '-d', '-b', place, name);
      await until((record) => record.type === 'container' && record.op === 'started');
      await shell(
        `for h in /sys/fs/cgroup/*/; do [ -d $h${path} ] || continue; mkdir -p $h${path}2; for i in 1 2 3; do for p in $(cat $h${path}/cgroup.procs); do echo $p >$h${path}2/cgroup.procs; done 2>/dev/null; rmdir $h${path} 2>/dev/null && break; done; done`,
      );
      const before = records.length;
      await until((record) => records.indexOf(record) > before && record.type === 'exec' && record.args[1] === '0.1');
      ps = (await run(program, 'ps', name)).stdout;
      await runc('kill', name, 'KILL');
      await until((record) => record.type === 'container' && record.op === 'stopped');
      await runc('delete', '-f', name);
    });
    const [started] = named(found, 'started', name);
    expect(lifeOf(found, started?.container.instance).slice(0, 3)).toEqual(['created', 'started', 'stopped SIGKILL']);
    expect(new Set(found.of('container').map(({ container }) => container.instance)).size).toBe(1);
    expect(found.of('exec').at(-1)).toMatchObject({ container: { name }, evidence: 'lineage' });
    expect(ps).toContain('while :;');
  });
});

describe('a namespace is no identity by its inode', () => {
  traced('runc in a pid namespace has its own, and ends with its own code', async () => {
    const place = await bundle('sleep 0.2; exit 7');
    const name = `${mark}nest`;
    const found = await trace([], () => run('unshare', '-pfm', '--mount-proc', 'runc', 'run', '-b', place, name));
    const [started] = named(found, 'started', name);
    expect(lifeOf(found, started?.container.instance)).toEqual(['created', 'started', 'stopped 7', 'removed']);
    const init = found.of('exec').find(({ pid, container }) => pid === started?.pid && container?.name === name);
    expect(started?.container.pidns).toBe(init?.ns.pid);
    expect(init?.nspid).toHaveLength(3);
    expect(started?.container.inside).toMatchObject([{ runtime: 'unshare' }]);
  });

  traced('a stranger in the cgroup of a dead container does not keep its namespaces', async () => {
    const place = await bundle('sleep 6703');
    const name = `${mark}dead`;
    const found = await trace([], async ({ until }) => {
      await runc('run', '-d', '-b', place, name);
      // runc returns a moment before its program runs.
      await until((record) => record.type === 'container' && record.op === 'started' && record.container.name === name);
      const procs = `$(ls -d /sys/fs/cgroup/unified/${name} /sys/fs/cgroup/${name} 2>/dev/null | head -1)/cgroup.procs`;
      const stranger = shell(`echo $$ >${procs}; exec sleep 6704`);
      await until((record) => isExec(record, 'sleep', '6704'));
      await runc('kill', name, 'KILL');
      await sleep(200);
      for (let count = 0; count < 3; count += 1) {
        await run('unshare', '-m', 'sh', '-c', `exit 9; ${mark}`);
      }
      await wake(6704);
      await stranger;
      await runc('delete', '-f', name);
    });
    const later = ran(found, 'sh', '-c', `exit 9; ${mark}`);
    expect(later).toHaveLength(3);
    for (const { container, origin, ns } of later) {
      expect(container).toMatchObject({ runtime: 'unshare', id: `mnt:[${ns.mnt}]` });
      expect(origin).toBe('init');
    }
    expect(ran(found, 'sleep', '6704')[0]).toMatchObject({ container: { name }, origin: 'joined', evidence: 'cgroup' });
    const [started] = named(found, 'started', name);
    expect(lifeOf(found, started?.container.instance)).toEqual([
      ...['created', 'started', 'joined', 'stopped SIGKILL', 'removed'],
    ]);
  });

  traced('one command is one container, and who visits its mounts has joined it', async () => {
    const found = await trace([], async ({ until }) => {
      const running = run('unshare', '-pf', '--mount-proc', 'sh', '-c', 'sleep 6705; exit 0');
      const init = (await until((record) => isExec(record, 'sh', '-c', 'sleep 6705; exit 0'))) as RecordOf<'exec'>;
      await run('nsenter', '-t', String(init.pid), '-m', 'true', mark);
      await wake(6705);
      await running;
    });
    const { instance } = ran(found, 'sh', '-c', 'sleep 6705; exit 0')[0]!.container!;
    expect(ran(found, 'true', mark)[0]).toMatchObject({ container: { instance }, origin: 'joined', evidence: 'mnt' });
    expect(lifeOf(found, instance)).toEqual(['created', 'started', 'joined', 'stopped 0', 'removed']);
  });

  traced('the same for mounts that were there before', async () => {
    const running = run('unshare', '-m', 'sleep', '6706');
    const find = async () => (await run('pgrep', '-x', '-f', 'sleep 6706')).stdout.trim();
    await expect.poll(find).not.toBe('');
    const pid = await find();
    const found = await trace([], () => run('nsenter', '-t', pid, '-m', 'true', `${mark}m`));
    process.kill(Number(pid));
    await running;
    const [visitor] = ran(found, 'true', `${mark}m`);
    expect(visitor).toMatchObject({ container: { runtime: 'sleep' }, origin: 'joined' });
    expect(lifeOf(found, visitor?.container?.instance)).toEqual(['seen', 'joined']);
  });
});

describe('a path or a command line makes no container', () => {
  traced('a shell in a folder of 64 digits stays on the host', async () => {
    const place = `/${mark}pods/${'ab'.repeat(32)}`;
    const found = await trace([], () =>
      shell(
        `d=/sys/fs/cgroup/unified; [ -e $d/cgroup.procs ] || d=/sys/fs/cgroup; mkdir -p $d${place}; sh -c "echo \\$\\$ >$d${place}/cgroup.procs; true ${mark}; sleep 0.1064"; rmdir $d${place} $d/${mark}pods`,
      ),
    );
    expect(found.of('cgroup').some(({ op, path }) => op === 'attach' && path === place)).toBe(true);
    expect(found.of('exec').find(({ args }) => args.join(' ') === 'sleep 0.1064')?.container).toBeNull();
    expect(found.of('container').filter(({ container }) => container.id.startsWith('abab'))).toEqual([]);
  });

  tracedOutsideChroot('a program of a user that calls itself runc is not in the container of that name', async () => {
    const place = await bundle('sleep 6707; exit 0');
    const name = `${mark}real`;
    const found = await trace([], async ({ until }) => {
      const running = runc('run', '-b', place, name);
      await until((record) => record.type === 'container' && record.op === 'started' && record.container.name === name);
      await execa(
        'setpriv',
        [
          ...['--reuid=65534', '--regid=65534', '--clear-groups', 'unshare', '-Upf', 'bash', '-c'],
          `exec -a runc sleep 0.2 run ${name}; exec -a runc sh run ${name}`,
        ],
        { reject: false },
      );
      await wake(6707);
      await running;
    });
    const [started] = named(found, 'started', name);
    expect(named(found, 'started', name)).toHaveLength(1);
    expect(lifeOf(found, started?.container.instance)).toEqual(['created', 'started', 'stopped 0', 'removed']);
    const fakes = found.of('exec').filter(({ args }) => args[0] === 'runc' && args.includes(name) && args[1] !== 'run');
    expect(fakes).not.toHaveLength(0);
    for (const fake of fakes) {
      expect(fake.container?.instance).not.toBe(started?.container.instance);
    }
  });

  traced('who only calls himself a runtime names no container', async () => {
    const shared = join(folder, 'shared');
    const id = 'fe'.repeat(32);
    const trusted = `${mark}trusted`;
    const mount = { destination: '/data', type: 'bind', source: shared, options: ['bind', 'rw'] };
    const place = await bundle(`sleep 600 | /data/runc --root=${shared}`, (spec) => {
      (spec.mounts as unknown[]).push(mount);
    });
    await mkdir(join(shared, 'fake'), { recursive: true });
    await execa('cp', [tool('crowd'), join(shared, 'runc')]);
    const onHost = execa('sleep', ['6708'], { reject: false });
    const stat = readFileSync(`/proc/${onHost.pid}/stat`, 'utf8');
    const state = {
      id: 'fake',
      init_process_pid: onHost.pid,
      init_process_start: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]),
      config: { labels: [`io.kubernetes.cri.container-name=${trusted}`] },
    };
    await writeFile(join(shared, 'fake/state.json'), JSON.stringify(state));
    const eve = execa('runc', ['run', '-b', place, `${mark}eve`], { stdio: 'ignore', reject: false });
    const monitor = execa(
      'setpriv',
      [
        ...['--reuid=65534', '--regid=65534', '--clear-groups', 'bash', '-c'],
        `exec -a conmon bash -c 'sleep 6709; true' -c ${id} -n ${trusted}`,
      ],
      { stdio: 'ignore', reject: false },
    );
    try {
      await expect.poll(async () => (await run('pgrep', '-f', `^/data/runc --root=${shared}`)).exitCode).toBe(0);
      await expect.poll(async () => (await run('pgrep', '-fx', 'sleep 6709')).exitCode).toBe(0);
      const { stdout } = await run(program, 'ps');
      const lines = stdout.split('\n');
      expect(lines.some((line) => line.includes(`/data/runc --root=${shared}`) && !line.startsWith('host'))).toBe(true);
      for (const command of ['sleep 6708', 'sleep 6709']) {
        expect(lines.find((line) => line.endsWith(command))).toMatch(/^host /);
      }
      expect(stdout).not.toContain(`${trusted} `);
      expect((await run(program, 'why', String(onHost.pid))).stdout).toMatch(/container +host/);
    } finally {
      onHost.kill();
      monitor.kill();
      await run('pkill', '-x', '-f', 'sleep 6709');
      await execa('runc', ['kill', `${mark}eve`, 'KILL'], { reject: false });
      await Promise.all([eve, monitor, onHost]);
    }
  });

  traced('an image is not what somebody called ctr says', async () => {
    const place = await bundle('sleep 0.1');
    const name = `${mark}spoof`;
    const ctr = join(folder, 'ctr');
    await execa('cp', [tool('noop'), ctr]);
    await execa('chmod', ['755', folder, ctr]);
    const found = await trace([], async () => {
      await execa(
        'setpriv',
        ['--reuid=65534', '--regid=65534', '--clear-groups', ctr, 'run', 'evil.example/miner:1', name],
        { reject: false },
      );
      await runc('run', '-b', place, name);
    });
    expect(named(found, 'started', name)).toHaveLength(1);
    expect(named(found, 'started', name)[0]?.container).not.toHaveProperty('image');
  });
});

describe('starts and ends', () => {
  const expectInit = (found: Trace, inside: RecordOf<'exec'> | undefined, code: number): void => {
    const instance = inside?.container?.instance;
    expect(lifeOf(found, instance)).toEqual(['created', 'started', `stopped ${code}`, 'removed']);
    const started = found
      .of('container')
      .find(({ op, container }) => op === 'started' && container.instance === instance);
    expect(started?.start_seen).toBe('birth');
  };

  traced('a first process that executes nothing is the init of what it made', async () => {
    const script = `syscall(272, 0x20000); system("sleep 0.1"); system("true ${mark}"); exit 9`;
    const found = await trace([], () => run('perl', '-e', script));
    const [inPerl] = ran(found, 'true', mark);
    expect(inPerl).toMatchObject({ container: { runtime: 'perl' }, origin: 'born', evidence: 'lineage' });
    expectInit(found, inPerl, 9);
  });

  tracedOutsideChroot('a first process of bubblewrap, which executes nothing, too', async () => {
    const box = ['--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev'];
    const found = await trace([], () => run('bwrap', ...box, 'sh', '-c', `sleep 0.1; exit 6; ${mark}`));
    const [inBwrap] = ran(found, 'sh', '-c', `sleep 0.1; exit 6; ${mark}`);
    expect(inBwrap).toMatchObject({ container: { runtime: 'bwrap' }, origin: 'born' });
    expectInit(found, inBwrap, 6);
  });

  traced('a start counts from the exec of what asked, and one that failed is none', async () => {
    const place = await bundle('exit 0', ({ process: { args } }) => {
      (args as string[]).splice(0, 3, '/bin/nosuch');
    });
    const name = `${mark}never`;
    const found = await trace([], async () => {
      await shell(`sleep 0.7; exec unshare -fp true ${mark}`);
      await runc('run', '-b', place, name);
    });
    const [first] = ran(found, 'true', mark);
    const started = found
      .of('container')
      .find(({ op, container }) => op === 'started' && container.instance === first?.container?.instance);
    const [asking] = ran(found, 'unshare', '-fp', 'true', mark);
    expect(started).toMatchObject({ start_seen: 'exec', by: { comm: 'unshare', pid: asking?.pid } });
    expect(started?.startup_ns).toBe(Number(BigInt(started!.mono) - BigInt(asking!.mono)));
    const [created] = named(found, 'created', name);
    expect(lifeOf(found, created?.container.instance)).toEqual([
      'created',
      // Some runcs kill what they could not start, others leave it to end with 1 or, from 1.3 on, 255.
      expect.stringMatching(/^stopped (1|255|SIGKILL)$/),
      'removed',
    ]);
  });

  traced('a child by vfork in a new pid namespace is made by its parent', async () => {
    const found = await trace([], () => run('unshare', '-p', tool('spawn'), '1', '/bin/true', mark));
    const inside = found.of('exec').find(({ args, container }) => container !== null && args.includes(mark));
    expect(inside?.nspid).toEqual([inside?.pid, 1]);
    expect(inside?.container?.runtime).toBe('spawn');
    const created = found
      .of('container')
      .find(({ op, container }) => op === 'created' && container.instance === inside?.container?.instance);
    expect(created?.by?.comm).toBe('spawn');
  });

  traced('ps keeps what is left of a container without a pid namespace whose init has ended', async () => {
    const place = await bundle('sleep 6710', ({ linux }) => {
      linux.namespaces = (linux.namespaces as { type: string }[]).filter(({ type }) => type !== 'pid');
    });
    const name = `${mark}left`;
    await runc('run', '-d', '-b', place, name);
    await runc('exec', '-d', name, 'sleep', '6711');
    await wake(6710);
    await expect.poll(async () => (await run('pgrep', '-x', '-f', 'sh -c sleep 6710')).stdout).toBe('');
    const { stdout } = await run(program, 'ps', name);
    await shell("kill $(pgrep -x -f 'sleep 6711')");
    await runc('delete', '-f', name);
    expect(stdout).toContain('sleep 6711');
  });
});

describe('nstrace why', () => {
  traced('says on what evidence a process stands, now and out of a recording', async () => {
    const place = await bundle('sleep 600');
    const name = `${mark}why`;
    const file = join(folder, 'why.ndjson');
    let guest = '';
    let now = '';
    let first = '';
    const { records } = await trace([], async ({ until }) => {
      await runc('run', '-d', '-b', place, name);
      await runc('exec', '-d', name, 'sleep', '23.33');
      await until((record) => isExec(record, 'sleep', '23.33') && record.container?.name === name);
      guest = (await run('pgrep', '-x', '-f', 'sleep 23.33')).stdout.trim();
      now = (await run(program, 'why', '-o', 'json', guest)).stdout;
      first = (await run(program, 'why', name)).stdout;
    });
    await writeFile(file, records.map((record) => `${JSON.stringify(record)}\n`).join(''));
    const past = (await run(program, 'why', '-o', 'json', '--from', file, guest)).stdout;
    const later = await run(program, 'why', '--from', file, '--at', '2020-01-01T00:00:00Z', guest);
    await runc('delete', '-f', name);
    await rm(file, { force: true });
    for (const found of [now, past].map((text) => JSON.parse(text))) {
      expect(found).toMatchObject({ container: { name }, origin: 'joined', evidence: 'pidns' });
      expect(found.because[0]).toMatch(/^it is in pid:\[\d+\], a pid namespace of the container$/);
    }
    expect(first).toMatch(/evidence +init\nbecause +it is pid 1 of pid:\[\d+\]/);
    expect(JSON.parse(past).container_evidence).toEqual(
      expect.arrayContaining([`cgroup /${name}`, `command runc ${name}`]),
    );
    expect(later.exitCode).toBe(1);
  });
});
