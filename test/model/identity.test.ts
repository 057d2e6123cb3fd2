import { describe, expect, it } from 'vitest';
import type { Namespaces } from '../../src/kernel/namespaces.ts';
import { identityOf, imageAskedOf, namesOf, toolName } from '../../src/model/identity.ts';
import { running } from '../../src/model/new-process.ts';
import type { Command } from '../../src/model/process.ts';
import { host } from '../fixtures/lines.ts';
import { newPidns, processAs, setUp, startContainer, type World } from '../fixtures/model.ts';

/** Situations in which single clues mislead; test/e2e/traced/identity.test.ts has them on real runtimes. */

const namespaces = (first: number): Namespaces => ({
  ...host,
  ...{ pid: first, mnt: first + 1, net: first + 2, ipc: first + 3, uts: first + 4 },
});

const lives = (world: World): string[] =>
  world.of('container').map(({ op, container, code, signal }) => {
    const end = op === 'stopped' ? ` ${code ?? signal ?? 'unknown'}` : '';
    return `${container.instance} ${op}${end}`;
  });

const lastExec = (world: World) => world.of('exec').at(-1)!;

describe('a pid that is used again within one tick of /proc', () => {
  it('is another process: its fork, exec and exit are reported', () => {
    const world = setUp();
    const starts = ['700000001', '700000099'].map((mono) => ({ mono, at: Number(mono) }));
    for (const start of starts) {
      world.fork(70, 1, { start });
      world.exec(70, 1, 'true', { start });
      world.model.event({
        ...{ kind: 'exit', mono: '2000000000', at: 2e9, cpu: 0, seq: 1, pid: 70, start, vfork: 0, ppid: 1 },
        ...{ nspid: [70], pidns: host.pid, status: 0 },
      });
    }
    expect(world.records.map(({ type }) => type)).toEqual(['fork', 'exec', 'exit', 'fork', 'exec', 'exit']);
  });

  it('is known from /proc by its tick until an event says more', () => {
    const world = setUp();
    world.baseline(processAs(70, 1, ['sh'], { startTicks: 70 }));
    world.exec(70, 1, 'true', { start: { mono: '700000001', at: 700_000_001 }, vfork: 0 });
    expect(world.of('fork')).toEqual([]);
    expect(world.of('exec')).toHaveLength(1);
  });
});

describe('containers of one id, or in one cgroup', () => {
  it('are two in two roots of a runtime', () => {
    const world = setUp();
    const first = startContainer(world, { line: 'runc --root /a run web', path: '/one', ns: namespaces(500) });
    const second = startContainer(world, {
      line: 'runc --root /b run web',
      pid: 20,
      path: '/two',
      ns: namespaces(600),
    });
    world.exit(first.init, 1 << 8);
    world.exit(second.init, 2 << 8);
    expect(lives(world)).toEqual(['1 created', '1 started', '2 created', '2 started', '1 stopped 1', '2 stopped 2']);
    expect(world.of('container').map(({ container }) => container.root)).toEqual(['/a', '/a', '/b', '/b', '/a', '/b']);
  });

  it('are distinguished by pid namespace and init, and each is removed with the cgroup', () => {
    const world = setUp();
    const first = startContainer(world, { line: 'runc run a', path: '/pool', ns: namespaces(500) });
    const second = startContainer(world, { line: 'runc run b', pid: 20, path: '/pool', ns: namespaces(600) });
    world.exec(30, first.init, 'one');
    expect(lastExec(world)).toMatchObject({ container: { name: 'a' }, evidence: 'lineage' });
    world.exec(31, second.init, 'two');
    expect(lastExec(world)).toMatchObject({ container: { name: 'b' }, evidence: 'lineage' });
    for (const pid of [30, 31, first.init, second.init]) {
      world.exit(pid);
    }
    for (const root of [0, 3]) {
      world.cgroup('rmdir', 10, '/pool', 0, root);
    }
    expect(lives(world).slice(4)).toEqual(['1 stopped 0', '2 stopped 0', '1 removed', '2 removed']);
  });

  it('go on in other cgroups', () => {
    const world = setUp();
    const { init } = startContainer(world, { line: 'runc run a', path: '/old', ns: namespaces(500) });
    for (const root of [0, 3]) {
      world.cgroup('mkdir', 1, '/new', 0, root);
      world.cgroup('attach', 1, '/new', init, root);
      world.cgroup('rmdir', 1, '/old', 0, root);
    }
    world.exec(30, init, 'child');
    expect(lastExec(world)).toMatchObject({ container: { name: 'a', instance: 1 }, origin: 'born' });
    expect(lives(world)).toEqual(['1 created', '1 started']);
  });

  it('lose a process that was only in their cgroup when it leaves that', () => {
    const world = setUp();
    startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.exec(30, 1, 'sh');
    world.cgroup('attach', 30, '/a', 30);
    world.exec(30, 1, 'stranger');
    expect(lastExec(world)).toMatchObject({ container: { name: 'a' }, origin: 'joined', evidence: 'cgroup' });
    expect(world.of('container').at(-1)?.by).toMatchObject({ pid: 30, comm: 'sh' });
    world.cgroup('attach', 30, '/', 30);
    world.exec(30, 1, 'gone');
    expect(lastExec(world).container).toBeNull();
  });
});

describe('cgroups that are renamed or entered without an event of the kernel', () => {
  const pathsOf = (world: World) => world.of('cgroup').map(({ op, path, new_path: to }) => [op, path, to]);

  it('keep their container, in one hierarchy after the other, and go with it', () => {
    const world = setUp();
    const { init } = startContainer(world, { line: 'runc run a', path: '/pods/a', ns: namespaces(500) });
    world.rename(1, '/pods/a', '/pods/b', 3);
    world.exec(30, 1, 'sh');
    world.cgroup('attach', 30, '/pods/b/below', 30, 3);
    world.exec(30, 1, 'stranger');
    expect(lastExec(world)).toMatchObject({ container: { name: 'a' }, evidence: 'cgroup' });
    world.exit(30);
    world.exit(init);
    expect(world.of('container').at(-1)?.container.cgroups).toEqual(['/pods/a', '/pods/b']);
    world.cgroup('rmdir', 10, '/pods/a');
    expect(lives(world).at(-1)).toBe('1 stopped 0');
    world.cgroup('rmdir', 10, '/pods/b', 0, 3);
    expect(lives(world).at(-1)).toBe('1 removed');
    expect(pathsOf(world)).toContainEqual(['rename', '/pods/a', '/pods/b']);
  });

  it('have other paths below a renamed one too, whether they have a container or not', () => {
    const world = setUp();
    world.cgroup('mkdir', 1, '/one', 0, 3);
    world.cgroup('mkdir', 1, '/one/two', 0, 3);
    world.rename(1, '/one', '/1', 3);
    world.cgroup('mkdir', 1, '/oneself', 0, 3);
    world.rename(1, '/one/two', '/1/2', 3);
    expect(pathsOf(world).filter(([op]) => op === 'rename')).toEqual([
      ['rename', '/one', '/1'],
      ['rename', '/1/two', '/1/2'],
    ]);
  });

  it('are renamed when a container that has ended left them behind', () => {
    const world = setUp();
    const { init } = startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.exit(init);
    world.rename(1, '/a', '/b', 3);
    world.cgroup('rmdir', 10, '/a');
    world.cgroup('rmdir', 10, '/b', 0, 3);
    expect(lives(world).slice(-2)).toEqual(['1 stopped 0', '1 removed']);
  });

  it('have no old path if that was never seen', () => {
    const world = setUp();
    world.rename(1, '/before', '/after', 3);
    expect(pathsOf(world)).toEqual([['rename', '', '/after']]);
  });

  it('are entered by processes that are born there', () => {
    const world = setUp();
    startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.exec(30, 1, 'sh');
    world.fork(31, 30, { path: '/a', flags: 2 ** 33 + 0x4100 });
    expect(world.of('cgroup').at(-1)).toMatchObject({
      ...{ op: 'attach', pid: 31, by_pid: 30, path: '/a', hierarchy: 'unified', container: { name: 'a' } },
    });
    world.fork(32, 31);
    expect(world.of('cgroup').at(-1)).toMatchObject({ pid: 31 });
  });

  it('are not entered by a process of which one thread was moved', () => {
    const world = setUp();
    startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.exec(30, 1, 'sh');
    world.cgroup('attach', 30, '/a', 30, 3, 35);
    world.exec(31, 30, 'child');
    expect(lastExec(world).container).toBeNull();
    expect(world.of('cgroup').at(-1)).toMatchObject({ pid: 30, tid: 35, container: null });
  });
});

describe('lineage', () => {
  it('is not ended by entering the namespaces of another container', () => {
    const world = setUp();
    const first = startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    startContainer(world, { line: 'runc run b', pid: 20, path: '/b', ns: namespaces(600) });
    world.exec(30, first.init, 'nsenter');
    world.namespace('setns', 30, namespaces(600));
    world.fork(31, 30);
    world.exec(31, 30, 'sh');
    expect(lastExec(world)).toMatchObject({ container: { name: 'a' }, origin: 'born', evidence: 'lineage' });
  });

  it('goes behind a container that is inside', () => {
    const world = setUp();
    const outer = startContainer(world, { line: 'runc run out', path: '/out', ns: namespaces(500) });
    const start = { pid: 20, ppid: outer.init, path: '/out/in', ns: namespaces(600) };
    startContainer(world, { line: 'runc run in', ...start });
    world.exec(30, outer.init, 'runc exec in ls');
    world.namespace('setns', 30, namespaces(600));
    world.fork(31, 30);
    world.exec(31, 30, 'ls');
    expect(lastExec(world)).toMatchObject({ container: { name: 'in' }, origin: 'joined', evidence: 'pidns' });
  });

  it('takes sandboxes in a container of a runtime as part of it', () => {
    const world = setUp();
    const { init } = startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.exec(30, init, 'browser');
    world.fork(31, 30, { flags: newPidns, ns: namespaces(600) });
    world.exec(31, 30, 'tab');
    expect(lastExec(world)).toMatchObject({ container: { name: 'a' }, evidence: 'lineage' });
  });
});

describe('who has no container', () => {
  const own = { ...host, mnt: 501 };

  it('is a service of systemd with mounts of its own, and who visits it', () => {
    const world = setUp();
    world.exec(20, 1, 'systemd', { exe: '/usr/lib/systemd/systemd' });
    world.fork(21, 20);
    world.namespace('unshare', 21, own);
    world.exec(21, 20, 'sh -c work', { ns: own });
    expect(lastExec(world).container).toBeNull();
    world.exec(30, 1, 'nsenter -t 21 -m sh');
    world.namespace('setns', 30, own);
    world.exec(30, 1, 'sh', { ns: own });
    expect(lastExec(world).container).toBeNull();
  });

  it('is a helper of an engine that unshares mounts for a moment', () => {
    const world = setUp();
    world.exec(20, 1, 'dockerd', { exe: '/usr/bin/dockerd' });
    world.exec(21, 20, 'docker-applyLayer /l', { exe: '/proc/self/exe' });
    world.namespace('unshare', 21, own);
    world.exit(21);
    expect(world.of('exit').at(-1)?.container).toBeNull();
    expect(world.of('namespace').at(-1)).toMatchObject({ container: null, role: 'helper' });
    expect(lives(world)).toEqual([]);
  });

  it('is what holds the namespaces of podman of a user, also before tracing began', () => {
    const world = setUp();
    const pause = { exe: '/usr/bin/catatonit', ns: own };
    world.baseline(
      processAs(20, 1, ['catatonit', '-P'], pause),
      processAs(21, 1, ['catatonit', '-P'], { ...pause, exe: '/home/me/catatonit', ns: { ...host, mnt: 777 } }),
    );
    const [real, other] = [20, 21].map((pid) => world.of('process').find((record) => record.pid === pid));
    expect(real).toMatchObject({ container: null, role: 'helper' });
    expect(other).toMatchObject({ container: { name: 'catatonit mnt:[777]' } });
    expect(other).not.toHaveProperty('role');
  });

  it('is a command for a container that has stopped, until that is removed', () => {
    const world = setUp();
    const { init } = startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.exit(init);
    world.exit(10);
    world.exec(30, 1, 'runc delete a');
    expect(lastExec(world)).toMatchObject({ container: null, role: 'runtime', for: { name: 'a' } });
    world.exec(31, 1, 'runc delete b');
    expect(lastExec(world)).toMatchObject({ container: null, role: 'runtime' });
    expect(lastExec(world)).not.toHaveProperty('for');
  });

  it('is what an engine calls for a container that it made, by the folder of its state', () => {
    const world = setUp();
    const bundle = '/run/containerd/io.containerd.runtime.v2.task';
    const create = (root: string, id: string) => `runc --root ${root} create --bundle ${bundle}/default/${id} ${id}`;
    startContainer(world, { line: create('/e/one', 'c1'), path: '/default/c1', ns: namespaces(500) });
    startContainer(world, { line: create('/e/two', 'c1'), path: '/two/c1', pid: 20, ns: namespaces(600) });
    const instances = world
      .of('container')
      .flatMap(({ op, container }) => (op === 'started' ? [container.instance] : []));
    const named = ['/e/one exec', '/e/two exec', '/e/one kill', '/e/two delete', '/e/three delete'].map(
      (words, index) => {
        const [root, command] = words.split(' ');
        world.exec(40 + index, 1, `runc --root ${root} ${command} c1`);
        return lastExec(world).for?.instance;
      },
    );
    expect(named).toEqual([instances[0], instances[1], instances[0], instances[1], undefined]);
  });

  it('is what is called for a container that was there before, by its id of 64 digits', () => {
    const world = setUp();
    const id = 'c'.repeat(64);
    const running = [processAs(90, 1, ['nginx'], { ns: { ...host, mnt: 601, pid: 600 }, nspid: [90, 1] })];
    const state = { id, name: 'web', runtime: 'docker', init: 90, cgroups: [] };
    world.model.existing(running, [state], { mono: '1000', at: 1000 });
    world.exec(30, 1, `runc --root /e/one kill ${id}`);
    expect(lastExec(world)).toMatchObject({ role: 'runtime', for: { name: 'web' } });
  });

  it('is what runs a container, and says for which', () => {
    const world = setUp();
    const { init } = startContainer(world, { line: 'runc run a', path: '/a', ns: namespaces(500) });
    world.fork(30, 10);
    expect(world.of('fork').at(-1)).toMatchObject({ container: null, role: 'runtime', for: { name: 'a' } });
    expect(init).toBeGreaterThan(0);
  });
});

describe('namespaces without a runtime', () => {
  it('are one container where mounts are unshared before the child with the pid namespace', () => {
    const world = setUp();
    world.exec(20, 1, 'unshare -pf --mount-proc sleep 9');
    world.namespace('unshare', 20, { ...host, pid: 500, mnt: 501 });
    world.fork(21, 20);
    world.exec(21, 20, 'sleep 9');
    expect(lastExec(world)).toMatchObject({ container: { id: 'pid:[500]' }, origin: 'init' });
    world.exec(30, 1, 'nsenter -t 21 -m true');
    world.namespace('setns', 30, { ...host, mnt: 501 });
    world.exec(30, 1, 'true', { ns: { ...host, mnt: 501 } });
    expect(lastExec(world)).toMatchObject({ container: { id: 'pid:[500]' }, origin: 'joined', evidence: 'mnt' });
    expect(lives(world)).toEqual(['1 created', '1 started', '1 joined']);
  });

  it('have the init that made them, though only its children execute anything', () => {
    const world = setUp();
    world.exec(20, 1, 'perl');
    world.namespace('unshare', 20, { ...host, mnt: 501 });
    for (const pid of [21, 22]) {
      world.exec(pid, 20, 'true');
      expect(lastExec(world)).toMatchObject({ origin: 'born', evidence: 'lineage' });
      world.exit(pid);
    }
    world.exit(20, 9 << 8);
    expect(lives(world)).toEqual(['1 created', '1 started', '1 stopped 9', '1 removed']);
    expect(world.of('container')[1]).toMatchObject({ start_seen: 'birth', container: { init: 20 } });
  });

  it('that a thread entered count from the exec of that thread on', () => {
    const world = setUp();
    world.exec(20, 1, 'threads');
    world.exec(20, 1, 'true', { ns: { ...host, mnt: 501 }, oldTid: 25 });
    expect(lastExec(world)).toMatchObject({ container: { id: 'mnt:[501]', runtime: 'threads' }, origin: 'init' });
  });

  it('are the parent’s, if its vforked child is the first in them', () => {
    const world = setUp();
    world.exec(20, 1, 'python3');
    world.namespace('unshare', 20, { ...host, pid: 500 });
    world.exec(21, 20, 'sleep 1');
    expect(lastExec(world)).toMatchObject({ container: { runtime: 'python3' }, nspid: [21, 1], origin: 'init' });
    expect(world.of('container')[0]?.by).toMatchObject({ comm: 'python3' });
  });

  it('have the name that the command of what made them says, once', () => {
    const world = setUp();
    world.exec(20, 1, 'firejail --name=web sh', { exe: '/usr/bin/firejail' });
    world.fork(21, 20, { flags: newPidns, ns: { ...host, pid: 500, mnt: 501 } });
    world.exec(22, 21, 'sh');
    expect(lastExec(world)).toMatchObject({ container: { name: 'web', id: 'pid:[500]', runtime: 'firejail' } });
    world.exec(23, 22, 'unshare -pf sh');
    world.fork(24, 23, { flags: newPidns, ns: { ...host, pid: 600, mnt: 501 } });
    world.exec(24, 23, 'sh');
    const created = world.of('container').filter(({ op }) => op === 'created');
    expect(created.map(({ container }) => container.name)).toEqual(['web', 'unshare pid:[600]']);
  });

  it('have the name of the network namespace that ip entered for them', () => {
    const world = setUp();
    world.exec(20, 1, 'ip netns exec blue sh', { exe: '/usr/sbin/ip' });
    world.namespace('setns', 20, { ...host, net: 700 });
    world.namespace('unshare', 20, { ...host, net: 700, mnt: 501 });
    world.exec(20, 1, 'sh');
    expect(lastExec(world)).toMatchObject({
      ...{ container: { name: 'blue', id: 'mnt:[501]', runtime: 'ip' }, origin: 'init', evidence: 'init' },
    });
    world.exec(30, 1, 'ip netns exec red sh', { exe: '/home/me/ip' });
    world.namespace('unshare', 30, { ...host, net: 700, mnt: 502 });
    world.exec(30, 1, 'sh');
    expect(lastExec(world).container?.name).toBe('ip mnt:[502]');
  });

  it('have the name of the application that flatpak executes bwrap for', () => {
    const world = setUp();
    world.exec(20, 1, 'flatpak run org.test.App', { exe: '/usr/bin/flatpak' });
    // The proxy of the bus has a sandbox too.
    world.fork(25, 20);
    world.exec(25, 20, 'bwrap --args 9 xdg-dbus-proxy', { exe: '/usr/bin/bwrap' });
    world.fork(26, 25, { flags: newPidns, ns: { ...host, pid: 600, mnt: 601 } });
    world.exec(20, 1, 'bwrap --args 9 app', { exe: '/usr/bin/bwrap' });
    world.fork(21, 20, { flags: newPidns, ns: { ...host, pid: 500, mnt: 501 } });
    world.exec(22, 21, 'app');
    const created = world.of('container').filter(({ op }) => op === 'created');
    expect(created.map(({ container }) => container.name)).toEqual(['bwrap pid:[600]', 'org.test.App']);
    expect(created[1]?.by?.comm).toBe('flatpak');
    expect(lastExec(world)).toMatchObject({ container: { name: 'org.test.App', runtime: 'flatpak' } });
  });

  it('are a build step’s, where an engine executes itself to make them, and only for that', () => {
    const world = setUp();
    world.exec(20, 1, 'podman build .', { exe: '/usr/bin/podman' });
    world.exec(21, 20, 'buildah-chroot-runtime', { exe: '/proc/self/exe' });
    world.namespace('unshare', 21, { ...host, mnt: 501 });
    world.exec(22, 21, 'buildah-chroot-exec sh', { exe: '/proc/self/exe' });
    expect(lastExec(world).container).toBeNull();
    world.namespace('unshare', 22, { ...host, mnt: 502, uts: 503 });
    world.exec(23, 22, 'sh');
    expect(lastExec(world)).toMatchObject({
      ...{ container: { name: 'buildah mnt:[502]', runtime: 'buildah' }, origin: 'born' },
    });
    world.exit(23, 7 << 8);
    world.exit(22, 7 << 8);
    expect(lives(world)).toEqual(['1 created', '1 started', '1 stopped 7', '1 removed']);
    world.exec(30, 1, 'buildah-chroot-exec sh', { exe: '/home/me/buildah' });
    world.namespace('unshare', 30, { ...host, mnt: 504 });
    expect(world.of('container').at(-1)?.container.runtime).toBe('buildah-chroot-exec');
  });

  it('that were there before are joined by processes that enter them', () => {
    const world = setUp();
    world.baseline(
      processAs(20, 1, ['sleep'], { ns: { ...host, mnt: 501 } }),
      processAs(2, 0, ['kthreadd'], { args: [] }),
    );
    world.baseline(processAs(40, 2, [''], { ns: { ...host, mnt: 700 } }));
    world.exec(30, 2, 'nsenter -t 20 -m sh');
    world.namespace('setns', 30, { ...host, mnt: 501 });
    world.exec(30, 2, 'sh', { ns: { ...host, mnt: 501 } });
    expect(world.of('process').map(({ container }) => container?.id)).toEqual(['mnt:[501]', undefined, undefined]);
    expect(lives(world)).toEqual(['1 seen', '1 joined']);
  });
});

describe('a program that is called as a runtime is', () => {
  it.each([
    ['init', namespaces(500)],
    ['run other', { ...namespaces(500), pid: host.pid }],
    ['exec other sh', { ...namespaces(500), pid: host.pid }],
  ])('can be that of a container: runc %s', (words, ns) => {
    const world = setUp();
    world.exec(10, 1, 'runc run web');
    world.exec(11, 10, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('mkdir', 10, '/web');
    world.cgroup('attach', 10, '/web', 11);
    world.namespace('unshare', 11, ns);
    world.fork(12, 10, { by: 11 });
    world.exit(11);
    world.exec(12, 10, `runc ${words}`);
    expect(lastExec(world)).toMatchObject({ container: { name: 'web' }, origin: 'init', evidence: 'init' });
    expect(lastExec(world)).not.toHaveProperty('role');
    world.exit(12, 3 << 8);
    expect(lives(world).slice(0, 3)).toEqual(['1 created', '1 started', '1 stopped 3']);
  });

  it.each(['runc', 'crun'])('is a hook of %s before the program of a container without a pid namespace', (runtime) => {
    const world = setUp();
    world.exec(10, 1, `${runtime} run web`);
    world.cgroup('mkdir', 10, '/web');
    world.fork(12, 10);
    world.cgroup('attach', 10, '/web', 12);
    world.namespace('unshare', 12, { ...namespaces(500), pid: host.pid });
    world.fork(13, 12);
    world.exec(13, 12, 'ldconfig');
    expect(lastExec(world)).toMatchObject({ container: { name: 'web' }, origin: 'born' });
    world.exit(13);
    world.exec(12, 10, 'sh');
    expect(lastExec(world)).toMatchObject({ container: { name: 'web' }, origin: 'init', evidence: 'init' });
    world.fork(14, 12);
    world.exec(14, 12, 'sleep');
    expect(lastExec(world)).toMatchObject({ origin: 'born', evidence: 'lineage' });
    world.exit(14);
    world.exit(12, 6 << 8);
    expect(lives(world).slice(0, 3)).toEqual(['1 created', '1 started', '1 stopped 6']);
  });

  it('is what made a container, whatever its stages call themselves', () => {
    const world = setUp();
    world.exec(10, 1, 'runc-1.2 run web', { exe: '/srv/runc-1.2' });
    world.exec(11, 10, 'runc-1.2 init', { exe: '/proc/self/exe', comm: 'runc:[0:PARENT]' });
    world.namespace('unshare', 11, namespaces(500));
    world.fork(12, 10, { by: 11 });
    world.exec(12, 10, 'sh');
    expect(lastExec(world).container).toMatchObject({ name: 'runc pid:[500]', runtime: 'runc' });
    const [created] = world.of('container');
    expect(created?.by).toMatchObject({ pid: 10, args: ['runc-1.2', 'run', 'web'] });
  });
});

describe('a stage of a runtime that executes itself again', () => {
  const parts = { exe: '/dev/fd/6' };

  it.each(['before', 'after'])('is outside of the container, %s it is moved into the cgroup', (when) => {
    const world = setUp();
    world.exec(10, 1, 'runc run web');
    world.exec(11, 10, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('mkdir', 10, '/web');
    if (when === 'after') {
      world.cgroup('attach', 10, '/web', 11);
    }
    world.exec(11, 10, 'runc init', parts);
    const again = lastExec(world);
    expect(again).toMatchObject({ exe: '/dev/fd/6', container: null, role: 'runtime', for: { name: 'web' } });
    expect(again).not.toHaveProperty('origin');
    expect(again).not.toHaveProperty('evidence');
    if (when === 'before') {
      world.cgroup('attach', 10, '/web', 11);
    }
    world.namespace('unshare', 11, namespaces(500));
    world.fork(12, 10, { by: 11 });
    world.exec(12, 10, 'sh');
    expect(lastExec(world)).toMatchObject({ container: { name: 'web' }, origin: 'init' });
    expect(lives(world)).toEqual(['1 created', '1 started']);
  });

  it('has no origin when it is born: which stage becomes init shows later', () => {
    const world = setUp();
    world.exec(10, 1, 'runc run web');
    world.exec(11, 10, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('mkdir', 10, '/web');
    world.cgroup('attach', 10, '/web', 11);
    world.fork(12, 10, { by: 11 });
    expect(world.of('fork').at(-1)).toMatchObject({ pid: 12, container: { name: 'web' } });
    expect(world.of('fork').at(-1)).not.toHaveProperty('origin');
    world.exec(12, 10, 'sh');
    expect(lastExec(world)).toMatchObject({ container: { name: 'web' }, origin: 'init' });
  });

  it('has a role only in records without a container: those of a cgroup have the container that it is of', () => {
    const world = setUp();
    world.exec(10, 1, 'runc run web');
    world.cgroup('mkdir', 10, '/web');
    expect(world.of('cgroup').at(-1)).toMatchObject({ pid: 10, container: { name: 'web' } });
    expect(world.of('cgroup').at(-1)).not.toHaveProperty('role');
    expect(world.of('cgroup').at(-1)).not.toHaveProperty('for');
    world.cgroup('mkdir', 10, '/other');
    expect(world.of('cgroup').at(-1)).toMatchObject({ container: null, role: 'runtime', for: { name: 'web' } });
  });

  it('is outside when it enters one, too', () => {
    const world = setUp();
    startContainer(world, { line: 'runc run web', path: '/web', ns: namespaces(500) });
    world.exec(30, 1, 'runc exec web ps');
    world.exec(31, 30, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('attach', 30, '/web', 31);
    world.exec(31, 30, 'runc init', parts);
    expect(lastExec(world)).toMatchObject({ container: null, role: 'runtime', for: { name: 'web' } });
  });

  it('is what it is called only as part of a call: in the container it is one of its programs', () => {
    const world = setUp();
    world.exec(10, 1, 'runc run web');
    world.exec(11, 10, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('mkdir', 10, '/web');
    world.cgroup('attach', 10, '/web', 11);
    world.exec(11, 10, 'sh');
    world.exec(12, 11, 'runc init', parts);
    expect(lastExec(world)).toMatchObject({ container: { name: 'web' } });
    expect(lastExec(world)).not.toHaveProperty('role');
  });
});

describe('what a command says of a container', () => {
  const asked = (changes: Partial<Command> = {}): Command =>
    ({ action: 'start', runtime: 'runc', id: 'web', ...changes }) as Command;

  it('is its id, name, root and image, as far as it says them', () => {
    expect(identityOf(asked())).toStrictEqual({ id: 'web', name: 'web', runtime: 'runc' });
    expect(identityOf(asked({ name: 'nice', root: '/r', image: 'bb' }), 'pid:[7]')).toStrictEqual({
      ...{ id: 'web', name: 'nice', runtime: 'runc', root: '/r', image: 'bb' },
    });
    const { id: _, ...nameless } = asked({ runtime: 'bwrap' });
    expect(identityOf(nameless as Command, 'pid:[7]')).toStrictEqual({
      ...{ id: 'pid:[7]', name: 'bwrap pid:[7]', runtime: 'bwrap' },
    });
    expect(identityOf(nameless as Command).id).toBe('');
    expect(namesOf(asked())).toStrictEqual({});
    expect(namesOf(asked({ name: 'nice', image: 'bb' }))).toStrictEqual({ name: 'nice', image: 'bb' });
  });

  it('is the image that podman was asked to run, above its monitor', () => {
    const imageOf = (line: string, argsCut = false): string | undefined => {
      const podman = running(processAs(5, 1, line.split(' '), { exe: '/usr/bin/podman' }), host);
      podman.argsCut = argsCut;
      const conmon = running(processAs(6, 5, ['conmon']), host);
      conmon.parent = podman;
      return imageAskedOf(asked({ action: 'monitor', owner: conmon }));
    };
    expect(imageOf('podman run -d bb sleep 9')).toBe('bb');
    expect(imageOf('podman run -d bb sleep 9', true)).toBeUndefined();
    expect(imageOf('podman start web')).toBeUndefined();
    expect(imageAskedOf(asked({ owner: running(processAs(7, 1, ['conmon']), host) }))).toBeUndefined();
  });

  it.each([
    ['unshare', 'unshare', 'unshare'],
    ['runc:[0:PARENT]', 'runc', 'runc'],
    ['runc:[1:CHILD]', '/proc/self/exe', 'runc'],
    ['xrunc:[1:CHILD]', 'x', 'xrunc:[1:CHILD]'],
    ['runc:[1:CHILD]x', 'x', 'runc:[1:CHILD]x'],
    ['exe', '/bin/unshare', 'unshare'],
    ['exe', 'unshare', 'unshare'],
    ['exe', '', 'exe'],
    ['sh', '/bin/unshare', 'sh'],
  ])('comes from a tool whose comm is %s, called as %s: %s', (comm, called, name) => {
    expect(toolName({ ...running(processAs(5, 1, [called]), host), comm })).toBe(name);
  });

  it('comes from a tool without arguments, by its comm', () => {
    expect(toolName({ ...running(processAs(5, 1, []), host), comm: 'exe' })).toBe('exe');
  });
});
