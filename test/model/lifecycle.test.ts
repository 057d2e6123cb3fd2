import { describe, expect, it, vi } from 'vitest';
import type { Namespaces } from '../../src/kernel/namespaces.ts';
import type { Description, NameQuery } from '../../src/runtimes/runtime.ts';
import { host } from '../fixtures/lines.ts';
import { newPidns, processAs, type Start, setUp, startContainer, type World } from '../fixtures/model.ts';

const hex = `${'d0c'.repeat(21)}0`;
const other = 'e'.repeat(64);
const podUid = '3f2b8c1e-0a1b-4c2d-9e3f-0123456789ab';
const podPath = `/kubepods/besteffort/pod${podUid}`;

/** All namespaces of a container but those that containers share with the host usually. */
const namespaces = (first: number): Namespaces => ({
  ...host,
  pid: first,
  mnt: first + 1,
  net: first + 2,
  ipc: first + 3,
  uts: first + 4,
});

const task = (namespace: string, id: string): string =>
  `/run/containerd/io.containerd.runtime.v2.task/${namespace}/${id}`;
const createOf = (namespace: string, id: string): string =>
  `runc --root /run/x/${namespace} --log /l/log.json create --bundle ${task(namespace, id)} --pid-file /p ${id}`;

const docker: Start = { line: createOf('moby', hex), path: `/docker/${hex}`, ns: namespaces(500) };
const byId = { id: hex, name: hex, runtime: 'docker' };
const web = { id: hex, name: 'web', runtime: 'docker' };

const plain = (id: string, more: Partial<Start> = {}): Start => ({
  line: `runc run ${id}`,
  path: `/${id}`,
  ns: namespaces(500),
  ...more,
});

const opsOf = (world: World): string[] => world.of('container').map(({ op }) => op);
const recordOf = (world: World, op: string) => world.of('container').findLast((record) => record.op === op);

/** What is asked of runtimes, and answered as the test has it. */
const answering = (answer: Description | undefined) => vi.fn((_query: NameQuery): Description | undefined => answer);

describe('a container that is known by the path of its cgroup', () => {
  it('is one of the runtime’s caller, made with its first cgroup', () => {
    const world = setUp();
    startContainer(world, docker);
    expect(world.of('container')).toMatchObject([
      { op: 'created', container: { ...byId, cgroups: [docker.path] }, by: { pid: 10, comm: 'runc' } },
      { op: 'started', pid: 12, nspid: [12, 1], container: { ...byId, init: 12, pidns: 500 }, by: { pid: 10 } },
    ]);
    expect(world.of('exec').at(-1)).toMatchObject({ container: byId, origin: 'init' });
    expect(world.of('cgroup').map(({ container }) => container?.id)).toEqual([hex, hex, hex, hex]);
  });

  it('is described as soon as it is created, with the bundle of the command', () => {
    const describeIt = answering({ name: 'web', image: 'nginx:1.27', labels: { 'com.docker.compose.service': 'web' } });
    const world = setUp(describeIt);
    startContainer(world, docker);
    expect(describeIt.mock.calls).toMatchObject([
      [{ runtime: 'docker', id: hex, bundle: { path: task('moby', hex), uid: 0 } }],
    ]);
    expect(recordOf(world, 'created')?.container).toMatchObject({
      ...web,
      image: 'nginx:1.27',
      labels: { 'com.docker.compose.service': 'web' },
    });
    expect(opsOf(world)).toEqual(['created', 'started']);
  });

  it('is known though nobody was seen to make its cgroup', () => {
    const world = setUp();
    world.cgroup('mkdir', 1, '/lxc.payload.web');
    world.exec(20, 1, 'sh', { path: '/system.slice' });
    world.cgroup('attach', 1, '/lxc.payload.web', 20);
    expect(opsOf(world)).toEqual([]);
    world.fork(21, 20, { flags: newPidns, ns: namespaces(500) });
    world.exec(21, 20, 'ls');
    expect(world.lives().slice(0, 1)).toEqual(['created web']);
    expect(world.of('exec').at(-1)?.container).toMatchObject({ id: 'web', name: 'web', runtime: 'lxc' });
  });

  it('is created though it is not known who made its cgroup, with the first process in a namespace of its own', () => {
    const world = setUp();
    world.cgroup('mkdir', 999, docker.path);
    world.exec(20, 1, 'shim');
    world.cgroup('attach', 999, docker.path, 20);
    expect(world.of('container')).toEqual([]);
    world.namespace('unshare', 20, docker.ns);
    expect(world.of('container')).toMatchObject([{ op: 'created', container: byId }]);
    world.fork(21, 20);
    world.exec(21, 20, 'sh');
    expect(recordOf(world, 'started')).toMatchObject({ pid: 21, container: { ...byId, init: 21, pidns: 500 } });
  });

  it('is none by the path alone: a shell of the host stays there', () => {
    const world = setUp();
    world.cgroup('mkdir', 20, docker.path);
    world.exec(20, 1, 'sh');
    world.cgroup('attach', 20, docker.path, 20);
    world.exec(21, 20, 'ls');
    expect(world.of('exec').map(({ container }) => container)).toEqual([null, null]);
    expect(opsOf(world)).toEqual([]);
  });

  it('has what it runs below its own cgroup in it', () => {
    const world = setUp();
    const { init } = startContainer(world, docker);
    world.cgroup('mkdir', init, `${docker.path}/system.slice/ssh.service`);
    world.cgroup('attach', init, `${docker.path}/system.slice/ssh.service`, init);
    world.exec(30, init, 'sshd');
    expect(world.of('exec').at(-1)).toMatchObject({ container: byId, origin: 'born' });
    expect(world.lives()).toEqual([`created ${hex}`, `started ${hex}`]);
  });

  it('belongs to the user who asked for it, though systemd made its cgroup', () => {
    const describeIt = answering(undefined);
    const world = setUp(describeIt);
    const path = `/system.slice/docker-${hex}.scope`;
    world.exec(10, 1, docker.line);
    world.exec(11, 10, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('mkdir', 1, path);
    world.cgroup('attach', 1, path, 11);
    world.namespace('unshare', 11, docker.ns);
    world.fork(12, 10, { by: 11 });
    world.exec(12, 10, 'sh');
    expect(opsOf(world)).toEqual(['created', 'started']);
    expect(recordOf(world, 'started')?.by).toMatchObject({ pid: 10, comm: 'runc' });
    expect(describeIt.mock.lastCall).toMatchObject([
      { runtime: 'docker', id: hex, bundle: { path: task('moby', hex), uid: 0 } },
    ]);
  });
});

describe('a name', () => {
  it('that becomes known late is reported once, and holds for later records only', () => {
    let answer: Description | undefined;
    const world = setUp(() => answer);
    const { init } = startContainer(world, docker);
    world.exec(20, init, 'first');
    const early = world.of('exec').at(-1)!;
    world.beat();
    expect(opsOf(world)).toEqual(['created', 'started']);
    answer = { name: 'web', image: 'nginx:1.27' };
    world.beat();
    world.exec(21, init, 'second');
    world.beat();
    for (const pid of [init, 20, 21]) {
      world.exit(pid);
    }
    expect(world.lives()).toEqual([`created ${hex}`, `started ${hex}`, 'named web', 'stopped web']);
    expect(recordOf(world, 'named')?.container).toMatchObject({ ...web, image: 'nginx:1.27', init });
    expect(early.container).toMatchObject(byId);
    expect(world.of('exec').at(-1)?.container).toEqual({ ...web, instance: early.container?.instance });
  });

  it('that is known is asked for again every three seconds', () => {
    const describeIt = answering({ name: 'web' });
    const world = setUp(describeIt);
    startContainer(world, docker);
    for (let beat = 0; beat < 29; beat += 1) {
      world.beat();
    }
    expect(describeIt).toHaveBeenCalledTimes(1);
    for (let beat = 0; beat < 31; beat += 1) {
      world.beat();
    }
    expect(describeIt).toHaveBeenCalledTimes(3);
  });

  it('is not asked for without end', () => {
    const describeIt = answering(undefined);
    const world = setUp(describeIt);
    startContainer(world, docker);
    for (let beat = 0; beat < 20; beat += 1) {
      world.beat();
    }
    const asked = describeIt.mock.calls.length;
    for (let beat = 0; beat < 20; beat += 1) {
      world.beat();
    }
    expect(asked).toBeGreaterThan(3);
    expect(asked).toBeLessThanOrEqual(10);
    expect(describeIt).toHaveBeenCalledTimes(asked);
    expect(opsOf(world)).toEqual(['created', 'started']);
  });

  it('is not asked for of a container that is gone', () => {
    const describeIt = answering(undefined);
    const world = setUp(describeIt);
    const { init } = startContainer(world, docker);
    world.exit(init);
    for (const root of [0, 3]) {
      world.cgroup('rmdir', 10, docker.path, 0, root);
    }
    expect(opsOf(world)).toEqual(['created', 'started', 'stopped', 'removed']);
    const asked = describeIt.mock.calls.length;
    world.beat();
    expect(describeIt).toHaveBeenCalledTimes(asked);
  });

  it('is reported once of each container, though several have none yet', () => {
    let answer: Description | undefined;
    const world = setUp(({ id }) => answer && { name: `${id.slice(0, 1)}-${answer.name}` });
    startContainer(world, docker);
    startContainer(world, { line: createOf('moby', other), path: `/docker/${other}`, pid: 20, ns: namespaces(600) });
    answer = { name: 'web' };
    world.beat();
    world.beat();
    expect(world.lives().slice(-2)).toEqual(['named d-web', 'named e-web']);
    expect(opsOf(world).filter((op) => op === 'named')).toHaveLength(2);
  });

  const conmon = `/usr/bin/conmon --api-version 1 -c ${hex} -u ${hex} -r /usr/bin/crun -b /s/overlay-containers/${hex}/userdata -n web`;
  const podman: Start = {
    line: `/usr/bin/crun create --bundle /s/overlay-containers/${hex}/userdata --pid-file /p ${hex}`,
    pid: 21,
    ppid: 20,
    path: `/machine.slice/libpod-${hex}.scope`,
    ns: namespaces(500),
  };

  it('that conmon was given is known before the container is there', () => {
    const world = setUp();
    world.exec(20, 1, conmon);
    expect(opsOf(world)).toEqual([]);
    startContainer(world, podman);
    expect(world.lives()).toEqual(['created web', 'started web']);
    expect(recordOf(world, 'created')?.container).toMatchObject({ id: hex, name: 'web', runtime: 'podman' });
  });

  it.each([
    ['podman --root /r run --rm --name web img:1 sleep 1', 'img:1'],
    ['/usr/bin/podman container run -dit -e A=b --pod=p img:2', 'img:2'],
    ['podman --no-such-option run img:3', undefined],
    ['podman run --rootfs /srv/web', undefined],
    ['podman start web', undefined],
  ])('that podman above it was given has the image: %s', (line, image) => {
    const world = setUp();
    world.exec(19, 1, line, { exe: '/usr/bin/podman' });
    world.exec(20, 19, conmon);
    startContainer(world, podman);
    expect(recordOf(world, 'created')?.container).toMatchObject({ name: 'web' });
    expect(recordOf(world, 'created')?.container.image).toBe(image);
  });

  it('that somebody is called podman says no image', () => {
    const world = setUp();
    world.exec(19, 1, 'podman run --name web evil.example/miner:1', { exe: '/home/eve/podman' });
    world.exec(20, 19, conmon);
    startContainer(world, podman);
    expect(recordOf(world, 'created')?.container).not.toHaveProperty('image');
  });

  it('that a file has of the image goes before that', () => {
    const world = setUp(() => ({ name: 'web', image: 'docker.io/library/img:1' }));
    world.exec(19, 1, 'podman run --name web img:1', { exe: '/usr/bin/podman' });
    world.exec(20, 19, conmon);
    startContainer(world, podman);
    expect(world.lives()).toEqual(['created web', 'started web']);
    expect(recordOf(world, 'created')?.container.image).toBe('docker.io/library/img:1');
  });

  it('that conmon was given counts only from the parent of the container', () => {
    const world = setUp();
    world.exec(20, 1, conmon);
    startContainer(world, { ...podman, ppid: 1, pid: 31 });
    expect(world.lives()).toEqual([`created ${hex}`, `started ${hex}`]);
  });

  it('that a program of a user was given in the name of a runtime is nobody’s', () => {
    const world = setUp();
    world.exec(20, 1, 'ctr run evil.example/miner:1 c1', { uid: 1000, exe: '/home/eve/ctr' });
    startContainer(world, { line: createOf('default', 'c1'), pid: 30, path: '/default/c1', ns: namespaces(500) });
    expect(recordOf(world, 'created')?.container).not.toHaveProperty('image');
  });

  it('that the root of a container says in it is nobody’s outside', () => {
    const asked: NameQuery[] = [];
    const world = setUp((query) => {
      asked.push(query);
      return undefined;
    });
    const { init } = startContainer(world, plain('eve'));
    world.exec(20, init, 'ctr run evil.example/miner:1 c1', { exe: '/usr/bin/ctr' });
    world.exec(21, init, 'dockerd --data-root /srv/eve', { exe: '/usr/bin/dockerd' });
    startContainer(world, { line: createOf('default', 'c1'), pid: 30, path: '/default/c1', ns: namespaces(600) });
    startContainer(world, { ...docker, pid: 40, ns: namespaces(700) });
    const created = world.of('container').filter(({ op }) => op === 'created');
    expect(created.map(({ container }) => [container.id, container.image])).toEqual([
      ['eve', undefined],
      ['c1', undefined],
      [hex, undefined],
    ]);
    world.beat();
    expect(asked.flatMap(({ data }) => data)).toEqual([]);
  });

  it('that a daemon in a container says is so of what runs inside that', () => {
    const asked: NameQuery[] = [];
    const world = setUp((query) => {
      asked.push(query);
      return undefined;
    });
    const { init } = startContainer(world, plain('dind'));
    world.exec(20, init, 'dockerd --data-root /var/lib/inner', { exe: '/usr/bin/dockerd' });
    startContainer(world, { ...docker, pid: 40, ppid: init, ns: { ...namespaces(700), user: host.user } });
    const inside = world.of('container').findLast(({ container }) => container.id === hex);
    expect(inside?.container.inside?.map(({ name }) => name)).toEqual(['dind']);
    expect(asked.findLast(({ id }) => id === hex)?.data).toEqual(['/var/lib/inner']);
  });

  it('that daemons of the host say is not pushed out by those in a container', () => {
    const asked: NameQuery[] = [];
    const world = setUp((query) => {
      asked.push(query);
      return undefined;
    });
    const { init } = startContainer(world, plain('eve'));
    for (let number = 0; number < 20; number += 1) {
      world.exec(50 + number, init, `dockerd --data-root /srv/${number}`, { exe: '/usr/bin/dockerd' });
    }
    world.exec(20, 1, 'dockerd --data-root /mnt/docker', { exe: '/usr/bin/dockerd' });
    startContainer(world, { ...docker, pid: 30, ns: namespaces(700) });
    expect(asked.findLast(({ id }) => id === hex)?.data).toEqual(['/mnt/docker']);
  });

  it('of an image holds as long as ctr lives, for one container', () => {
    const world = setUp();
    world.exec(20, 1, 'ctr run good.example/web:1 c1');
    const start = { line: createOf('default', 'c1'), path: '/default/c1', ns: namespaces(500) };
    const { init } = startContainer(world, { ...start, pid: 30 });
    world.exit(init);
    startContainer(world, { ...start, pid: 40 });
    world.exit(20);
    startContainer(world, { line: 'runc run c1', path: '/c1', pid: 50, ns: namespaces(600) });
    const created = world.of('container').filter(({ op }) => op === 'created');
    expect(created.map(({ container }) => container.image)).toEqual(['good.example/web:1', undefined, undefined]);
  });

  it('that changes while the container runs is reported as such', () => {
    let answer: Description = { name: 'web' };
    const world = setUp(() => answer);
    startContainer(world, docker);
    answer = { name: 'web_old' };
    world.exec(40, 1, 'docker rename web web_old');
    world.beat();
    expect(world.lives()).toEqual(['created web', 'started web', 'named web_old']);
    expect(recordOf(world, 'named')).toMatchObject({ reason: 'renamed' });
  });

  it('that conmon was given is of that container only', () => {
    const world = setUp();
    world.exec(20, 1, conmon.replaceAll(hex, other));
    startContainer(world, podman);
    expect(world.lives()).toEqual([`created ${hex}`, `started ${hex}`]);
  });

  it('of an image is known from ctr, though the container is made by the shim', () => {
    const world = setUp();
    world.exec(20, 1, 'ctr run --rm docker.io/library/alpine:3 c1 sh');
    startContainer(world, { line: createOf('default', 'c1'), pid: 30, path: '/default/c1', ns: namespaces(500) });
    expect(recordOf(world, 'created')?.container).toMatchObject({
      ...{ id: 'c1', name: 'c1', runtime: 'containerd', image: 'docker.io/library/alpine:3' },
    });
  });
});

describe('the monitor of a container', () => {
  it.each([
    ['lxc-start', '/lxc.monitor.web'],
    ['conmon', `/machine.slice/libpod-conmon-${hex}.scope`],
    ['conmon', '/libpod_parent/conmon'],
    ['conmon', `/kubepods.slice/crio-conmon-${hex}.scope`],
  ])('is the host: %s in %s', (program, path) => {
    const world = setUp();
    world.cgroup('mkdir', 1, path);
    world.exec(20, 1, program);
    world.cgroup('attach', 20, path, 20);
    world.exec(21, 20, 'child');
    expect(world.of('exec').map(({ container }) => container)).toEqual([null, null]);
    expect(opsOf(world)).toEqual([]);
  });

  it('is of the container around it', () => {
    const world = setUp();
    const { init } = startContainer(world, docker);
    const path = `${docker.path}/libpod_parent/conmon`;
    world.cgroup('mkdir', init, path);
    world.exec(30, init, 'conmon');
    world.cgroup('attach', 30, path, 30);
    world.exec(31, 30, 'child');
    expect(world.of('exec').at(-1)?.container).toMatchObject(byId);
    expect(opsOf(world)).toEqual(['created', 'started']);
  });

  it('is the host below the scope of its machine, beside the payload', () => {
    const world = setUp();
    const scope = '/machine.slice/machine-box.scope';
    world.exec(20, 1, 'systemd-nspawn -D /srv/box -M box');
    for (const path of [scope, `${scope}/supervisor`, `${scope}/payload`]) {
      world.cgroup('mkdir', 1, path);
    }
    world.cgroup('attach', 1, `${scope}/supervisor`, 20);
    world.fork(21, 20, { ns: namespaces(500), flags: newPidns });
    world.cgroup('attach', 20, `${scope}/payload`, 21);
    world.exec(21, 20, 'init');
    world.exec(22, 20, 'helper');
    const box = { id: 'box', name: 'box', runtime: 'systemd-nspawn', instance: 1 };
    expect(world.of('exec').map(({ pid, container }) => [pid, container])).toEqual([
      [20, null],
      [21, box],
      [22, null],
    ]);
    expect(world.lives()).toEqual(['created box', 'started box']);
  });
});

describe('a container of Kubernetes', () => {
  const labels = { 'io.kubernetes.pod.uid': podUid };
  const path = `${podPath}/${hex}`;

  it('is of the pod whose cgroup it is in, though plain runc made it', () => {
    const world = setUp();
    startContainer(world, plain(hex, { path }));
    expect(world.of('container')).toMatchObject([
      { op: 'created', container: { id: hex, runtime: 'runc', labels } },
      { op: 'started', container: { id: hex, runtime: 'runc', labels } },
    ]);
  });

  it('keeps the pod of its path beside the labels that its files say', () => {
    const world = setUp(() => ({ name: 'nginx', labels: { 'io.kubernetes.pod.name': 'web-0' } }));
    startContainer(world, { line: createOf('k8s.io', hex), path, ns: namespaces(500) });
    expect(recordOf(world, 'created')?.container).toMatchObject({
      ...{ name: 'nginx', runtime: 'containerd', labels: { ...labels, 'io.kubernetes.pod.name': 'web-0' } },
    });
  });
});

describe('a runtime that is guessed', () => {
  const paths = [
    ['kubernetes', `${podPath}/${hex}`],
    ['docker', `/mine/${hex}`],
  ] as const;
  const makeAhead = (world: World, path: string): void => {
    world.exec(20, 1, 'kubelet');
    world.cgroup('mkdir', 20, path);
    startContainer(world, { line: createOf('k8s.io', hex), path, pid: 30, ns: namespaces(500), made: true });
  };

  it.each(paths)('as %s by the path %s is that of the command', (_runtime, path) => {
    const world = setUp();
    makeAhead(world, path);
    expect(world.of('container').map(({ op, container }) => [op, container.id, container.runtime])).toEqual([
      ['created', hex, 'containerd'],
      ['started', hex, 'containerd'],
    ]);
    expect(world.of('exec').at(-1)?.container).toMatchObject({ id: hex, name: hex, runtime: 'containerd' });
  });

  it.each(paths)(
    'first as %s gets the name from the bundle of that command, and who called it: %s',
    (_runtime, path) => {
      const world = setUp(({ runtime, bundle }) =>
        runtime === 'containerd' && bundle?.path === task('k8s.io', hex) ? { name: 'nginx' } : undefined,
      );
      makeAhead(world, path);
      expect(recordOf(world, 'started')).toMatchObject({
        container: { id: hex, name: 'nginx', runtime: 'containerd' },
        by: { pid: 30, comm: 'runc' },
      });
    },
  );

  it('is right at once if the command makes the cgroup', () => {
    const world = setUp();
    startContainer(world, { line: createOf('k8s.io', hex), path: `/mine/${hex}`, ns: namespaces(500) });
    expect(world.of('container').map(({ op, container }) => [op, container.runtime])).toEqual([
      ['created', 'containerd'],
      ['started', 'containerd'],
    ]);
  });

  it('stays if no command says another one', () => {
    const world = setUp();
    startContainer(world, { line: 'engine start', path: `/mine/${hex}`, ns: namespaces(500) });
    expect(new Set(world.of('container').map(({ container }) => container.runtime))).toEqual(new Set(['docker']));
    expect(opsOf(world)).not.toContain('named');
  });

  it('stays if the command is about another container', () => {
    const world = setUp();
    world.exec(20, 1, `runc run ${other}`);
    world.exec(21, 20, 'hook');
    world.cgroup('mkdir', 21, `/mine/${hex}`);
    world.exec(22, 1, 'engine');
    world.cgroup('attach', 22, `/mine/${hex}`, 22);
    world.namespace('unshare', 22, namespaces(500));
    expect(world.of('container')).toMatchObject([{ op: 'created', container: { id: hex, runtime: 'docker' } }]);
  });
});

describe('a container in a container', () => {
  const outer = docker;

  it('reports those around it, the nearest first', () => {
    const world = setUp();
    const { init } = startContainer(world, outer);
    const second = { line: createOf('moby', other), path: `${outer.path}/docker/${other}`, pid: 30, ppid: init };
    const inner = startContainer(world, { ...second, ns: namespaces(600) });
    const third = plain('third', { pid: 40, ppid: inner.init, path: `${second.path}/third`, ns: namespaces(700) });
    startContainer(world, third);
    const byOther = { id: other, name: other, runtime: 'docker' };
    expect(
      world
        .of('container')
        .filter(({ op }) => op === 'created')
        .map(({ container }) => container.inside),
    ).toMatchObject([undefined, [byId], [byOther, byId]]);
    expect(world.of('exec').at(-1)?.container).toMatchObject({ id: 'third', name: 'third', runtime: 'runc' });
  });

  it('is one though only the one around it has a cgroup with its name', () => {
    const world = setUp();
    const { init } = startContainer(world, outer);
    startContainer(world, plain('inner', { pid: 30, ppid: init, path: '/elsewhere/inner', ns: namespaces(600) }));
    expect(recordOf(world, 'started')?.container).toMatchObject({ id: 'inner', inside: [byId] });
  });

  it('reports who is around a pid namespace in a pid namespace', () => {
    const world = setUp();
    world.exec(20, 1, 'unshare -pf sh');
    world.fork(21, 20, { flags: newPidns, ns: { ...host, pid: 600 } });
    world.exec(21, 20, 'sh');
    world.exec(22, 21, 'unshare -pf sh');
    world.fork(23, 22, { flags: newPidns, ns: { ...host, pid: 700 } });
    world.exec(23, 22, 'sh');
    const [first, second] = world.of('container').filter(({ op }) => op === 'created');
    expect(first?.container).not.toHaveProperty('inside');
    expect(second?.container).toMatchObject({ id: 'pid:[700]', inside: [{ id: 'pid:[600]', runtime: 'unshare' }] });
  });

  it('is not reported to be in one that is beside it', () => {
    const world = setUp();
    startContainer(world, plain('first'));
    startContainer(world, plain('second', { pid: 20, ns: namespaces(600) }));
    expect(recordOf(world, 'started')?.container.id).toBe('second');
    expect(recordOf(world, 'started')?.container).not.toHaveProperty('inside');
  });
});

describe('namespaces', () => {
  const usual = { user: ['host'], cgroup: ['host'], time: ['host'] };

  it('that a container has of the host are reported', () => {
    const world = setUp();
    startContainer(world, plain('xyxy12', { ns: { ...namespaces(500), net: host.net } }));
    expect(recordOf(world, 'started')?.container.shared).toEqual({ ...usual, net: ['host'] });
  });

  it('that a container has of another one are reported with its id', () => {
    const world = setUp();
    startContainer(world, docker);
    const ns = { ...namespaces(600), net: docker.ns.net, ipc: docker.ns.ipc };
    startContainer(world, plain('second', { pid: 20, ns }));
    expect(recordOf(world, 'started')?.container.shared).toEqual({ ...usual, net: [hex], ipc: [hex] });
    expect(world.of('container').find(({ op }) => op === 'started')?.container.shared).toEqual(usual);
  });

  it('that nobody else has are not reported', () => {
    const world = setUp();
    const own = { ...namespaces(500), user: 505, cgroup: 506, time: 507 };
    startContainer(world, plain('xyxy12', { ns: own }));
    expect(recordOf(world, 'started')?.container.shared).toEqual({});
  });

  it('of a container that is gone are not those of another one', () => {
    const world = setUp();
    const { init } = startContainer(world, plain('first'));
    world.exit(init);
    for (const root of [0, 3]) {
      world.cgroup('rmdir', 10, '/first', 0, root);
    }
    startContainer(world, plain('second', { pid: 20 }));
    expect(recordOf(world, 'started')?.container).toMatchObject({ id: 'second', pidns: 500, shared: usual });
    expect(recordOf(world, 'started')?.container.shared).toEqual(usual);
  });

  it('that are used again do not lead to the container that had them, though its cgroup was left behind', () => {
    const world = setUp();
    const { init } = startContainer(world, plain('first'));
    world.exit(init);
    expect(opsOf(world)).toEqual(['created', 'started', 'stopped']);
    world.exec(20, 1, 'unshare -pf sh');
    world.fork(21, 20, { flags: newPidns, ns: { ...host, pid: 500 } });
    world.exec(21, 20, 'sh');
    expect(world.of('exec').at(-1)).toMatchObject({
      container: { id: 'pid:[500]', name: 'unshare pid:[500]', runtime: 'unshare' },
      origin: 'init',
    });
    expect(world.lives().slice(3)).toEqual(['created unshare pid:[500]', 'started unshare pid:[500]']);
  });

  it('for mounts that are used again do not lead to the container that had them either', () => {
    const world = setUp();
    const { init } = startContainer(world, plain('first'));
    world.exit(init);
    world.exec(20, 1, 'unshare -m sh');
    world.namespace('unshare', 20, { ...host, mnt: 501 });
    world.exec(20, 1, 'sh');
    expect(world.of('exec').at(-1)?.container?.id).toBe('mnt:[501]');
  });
});

describe('the unit of systemd', () => {
  it('is reported for what runs on the host, not of containers', () => {
    const world = setUp();
    world.exec(20, 1, 'nginx', { path: '/system.slice/web.service' });
    world.exec(21, 1, 'ls');
    startContainer(world, plain('xyxy12', { pid: 30, path: '/system.slice/runc-xyxy12.scope' }));
    expect(world.of('exec').map(({ comm, unit }) => [comm, unit])).toEqual([
      ['nginx', 'web.service'],
      ['ls', undefined],
      ['runc', undefined],
      ['runc', undefined],
      ['sh', undefined],
    ]);
  });

  it('is reported for what was there before', () => {
    const world = setUp();
    const inOwn = { ns: namespaces(500), nspid: [22, 1] };
    world.baseline(
      processAs(20, 1, ['nginx'], { cgroups: new Map([['', '/system.slice/web.service']]) }),
      processAs(21, 1, ['nginx'], {
        cgroups: new Map([
          ['', '/'],
          ['name=systemd', '/system.slice/old.service'],
        ]),
      }),
      processAs(22, 1, ['nginx'], { cgroups: new Map([['', `/system.slice/docker-${hex}.scope`]]), ...inOwn }),
    );
    expect(world.of('process').map(({ pid, unit }) => [pid, unit])).toEqual([
      [20, 'web.service'],
      [21, 'old.service'],
      [22, undefined],
    ]);
  });
});

describe('a kill for want of memory', () => {
  const killed = 9;

  it('is reported for the process and, if that is its init, of the container', () => {
    const world = setUp();
    const { init } = startContainer(world, docker);
    world.oom(init);
    world.exit(init, killed);
    expect(world.of('exit').at(-1)).toMatchObject({ pid: init, signal: 'SIGKILL', oom: true });
    expect(recordOf(world, 'stopped')).toMatchObject({ signal: 'SIGKILL', oom: true });
  });

  it('is not reported for the container if another process was killed', () => {
    const world = setUp();
    const { init } = startContainer(world, docker);
    world.exec(20, init, 'eater');
    world.oom(20);
    world.exit(20, killed);
    world.exit(init, 1 << 8);
    expect(world.of('exit').slice(-2)).toMatchObject([{ pid: 20, oom: true }, { pid: init }]);
    expect(world.of('exit').at(-1)).not.toHaveProperty('oom');
    expect(recordOf(world, 'stopped')).toMatchObject({ code: 1 });
    expect(recordOf(world, 'stopped')).not.toHaveProperty('oom');
  });

  it('is not reported for a process that was chosen and ended by itself', () => {
    const world = setUp();
    const { init } = startContainer(world, docker);
    world.oom(init);
    world.exit(init, 0);
    expect(world.of('exit').at(-1)).toMatchObject({ pid: init, code: 0 });
    expect(world.of('exit').at(-1)).not.toHaveProperty('oom');
    expect(recordOf(world, 'stopped')).not.toHaveProperty('oom');
  });

  it('is not reported for a process that another one killed', () => {
    const world = setUp();
    const { init } = startContainer(world, docker);
    world.oom(999);
    world.exit(init, killed);
    expect(world.of('exit').at(-1)).not.toHaveProperty('oom');
    expect(recordOf(world, 'stopped')).not.toHaveProperty('oom');
  });
});

describe('who joins a container', () => {
  const joinedBy = (world: World) =>
    world
      .of('container')
      .filter(({ op }) => op === 'joined')
      .map(({ pid, by }) => [pid, by?.pid, by?.args?.[0]]);

  it('is brought by nsenter, whose child it is', () => {
    const world = setUp();
    startContainer(world, docker);
    world.exec(20, 1, 'nsenter -t 12 -a ls');
    world.namespace('setns', 20, docker.ns);
    world.fork(21, 20);
    world.exec(21, 20, 'ls');
    expect(joinedBy(world)).toEqual([[21, 20, 'nsenter']]);
    expect(world.of('exec').at(-1)).toMatchObject({ container: byId, origin: 'joined' });
  });

  it('is brought by nsenter, which runs it itself', () => {
    const world = setUp();
    startContainer(world, docker);
    world.exec(20, 1, 'nsenter -t 12 -m ls');
    world.namespace('setns', 20, { ...host, mnt: docker.ns.mnt });
    world.exec(20, 1, 'ls');
    expect(joinedBy(world)).toEqual([[20, 20, 'nsenter']]);
    expect(world.of('exec').at(-1)).toMatchObject({ container: byId, origin: 'joined' });
  });

  it('is brought by the command of the runtime, not by its helper that calls setns', () => {
    const world = setUp();
    startContainer(world, docker);
    world.exec(19, 1, 'containerd-shim');
    world.exec(20, 19, `runc --root /r exec --process /p --detach ${hex}`);
    world.exec(21, 20, 'runc init', { exe: '/proc/self/exe' });
    world.cgroup('attach', 20, docker.path, 21);
    world.namespace('setns', 21, docker.ns);
    world.fork(22, 20, { by: 21 });
    world.exit(21);
    world.exec(22, 20, 'ls');
    expect(joinedBy(world)).toEqual([[22, 20, 'runc']]);
    expect(recordOf(world, 'joined')).toMatchObject({ nspid: [22, 2], by: { comm: 'runc' } });
  });

  it('is brought by the process that sent it, though it sends another one itself as soon as it is there', () => {
    const world = setUp();
    startContainer(world, docker);
    world.exec(20, 1, `runc exec ${hex} runc exec other true`);
    world.exec(21, 20, 'runc init', { exe: '/proc/self/exe' });
    world.namespace('setns', 21, docker.ns);
    world.fork(22, 20, { by: 21 });
    world.exit(21);
    world.exec(22, 20, 'runc exec other true');
    expect(joinedBy(world)).toEqual([[22, 20, 'runc']]);
  });

  it('is reported once, and not of its children', () => {
    const world = setUp();
    startContainer(world, docker);
    world.exec(20, 1, 'nsenter -t 12 -a sh');
    world.namespace('setns', 20, docker.ns);
    world.fork(21, 20);
    world.exec(21, 20, 'sh');
    world.exec(22, 21, 'ls');
    world.exec(21, 20, 'top');
    expect(joinedBy(world)).toHaveLength(1);
    expect(world.of('exec').slice(-2)).toMatchObject([
      { pid: 22, origin: 'born' },
      { pid: 21, origin: 'joined' },
    ]);
  });
});

describe('containers that were there before', () => {
  const cgroups = new Map([
    ['memory', docker.path],
    ['', docker.path],
  ]);
  const inside = { ns: docker.ns, cgroups };

  it('are seen with their init and as started, known by their paths alone', () => {
    const describeIt = answering({ name: 'web' });
    const world = setUp(describeIt);
    world.baseline(
      processAs(90, 1, ['nginx'], { ...inside, nspid: [90, 1] }),
      processAs(91, 90, ['worker'], { ...inside, nspid: [91, 7] }),
      processAs(92, 1, ['sh'], { ...inside, nspid: [92, 8] }),
    );
    expect(world.of('container')).toMatchObject([
      {
        op: 'seen',
        container: { ...web, init: 90, pidns: 500, cgroups: [docker.path], shared: { user: ['host'] } },
      },
    ]);
    expect(world.of('process').map(({ pid, container, origin }) => [pid, container?.name, origin])).toEqual([
      [90, 'web', 'init'],
      [91, 'web', 'born'],
      [92, 'web', 'joined'],
    ]);
    expect(describeIt.mock.calls).toMatchObject([[{ runtime: 'docker', id: hex, bundle: undefined }]]);
  });

  it('stop with their init, and are started no second time', () => {
    const world = setUp();
    const start = { mono: '900000000', at: 900_000_000 };
    world.baseline(processAs(90, 1, ['nginx'], { ...inside, nspid: [90, 1] }));
    world.exec(90, 1, 'nginx', { ns: docker.ns, nspid: [90, 1], path: docker.path, vfork: 0, start });
    world.exit(90, 3 << 8);
    for (const root of [0, 3]) {
      world.cgroup('rmdir', 1, docker.path, 0, root);
    }
    expect(opsOf(world)).toEqual(['seen', 'stopped', 'removed']);
    expect(recordOf(world, 'stopped')).toMatchObject({ code: 3, container: { init: 90 } });
  });

  it('have their first process as init if they share the pids of the host', () => {
    const world = setUp();
    const ns = { ...docker.ns, pid: host.pid };
    world.baseline(processAs(90, 1, ['nginx'], { cgroups, ns }), processAs(91, 90, ['worker'], { cgroups, ns }));
    expect(world.of('container')).toMatchObject([{ op: 'seen', container: { id: hex, init: 90 } }]);
    expect(world.of('process').map(({ origin }) => origin)).toEqual(['init', 'born']);
  });

  it('are not started if their init is still the runtime’s', () => {
    const world = setUp();
    world.baseline(
      processAs(89, 1, docker.line.split(' ')),
      processAs(90, 89, ['runc', 'init'], { ...inside, nspid: [90, 1] }),
    );
    const start = { mono: '900000000', at: 900_000_000 };
    world.exec(90, 1, 'nginx', { ns: docker.ns, nspid: [90, 1], path: docker.path, vfork: 0, start });
    expect(opsOf(world)).toEqual(['seen', 'started']);
    expect(recordOf(world, 'started')).toMatchObject({ pid: 90, container: { id: hex, init: 90 } });
  });

  it('are known by the pid that a runtime in another pid namespace counts, its start and its cgroup', () => {
    const world = setUp();
    const [outer, inner] = [500, 600].map((pid) => ({ ...host, pid, mnt: pid + 1 })) as [Namespaces, Namespaces];
    const cgroups = new Map([['', '/docker/in']]);
    const running = [
      processAs(80, 1, ['dockerd'], { nspid: [80, 1], ns: outer }),
      processAs(90, 80, ['sh'], { nspid: [90, 12, 1], ns: inner, cgroups }),
      processAs(91, 90, ['sleep'], { nspid: [91, 13, 2], ns: inner, cgroups }),
      processAs(92, 80, ['other'], {
        nspid: [92, 12, 1],
        ns: { ...inner, pid: 700, mnt: 701 },
        cgroups: new Map([['', '/']]),
      }),
    ];
    const state = { id: 'in', name: 'web', runtime: 'docker', init: undefined, cgroups: ['/docker/in'] };
    const inside = { pid: 12, startTicks: 90 };
    world.model.existing(running, [{ ...state, inside }], { mono: '1000', at: 1000 });
    const seen = world.of('container').find(({ container }) => container.name === 'web');
    expect(seen?.container).toMatchObject({ init: 90, pidns: 600, inside: [{ id: 'pid:[500]' }] });
    expect(world.of('process').map(({ pid, container, origin }) => [pid, container?.name, origin])).toEqual([
      [80, 'dockerd pid:[500]', 'init'],
      [90, 'web', 'init'],
      [91, 'web', 'born'],
      [92, 'other pid:[700]', 'init'],
    ]);
  });

  it('are said in the order of their numbers, and before their processes', () => {
    const world = setUp();
    const running = [
      processAs(80, 1, ['sleep'], { ns: { ...host, mnt: 501, pid: 500 }, nspid: [80, 1] }),
      processAs(90, 1, ['nginx'], { ns: { ...host, mnt: 601, pid: 600 }, nspid: [90, 1] }),
    ];
    const state = { id: 'web', name: 'web', runtime: 'runc', init: 90, cgroups: [] };
    world.model.existing(running, [state], { mono: '1000', at: 1000 });
    const said = world.records.filter(({ type }) => type === 'container' || type === 'process').slice(-4);
    expect(said.map((record) => ('container' in record ? record.container?.instance : undefined))).toEqual([
      1, 2, 2, 1,
    ]);
    expect(world.of('container').map(({ container }) => container.name)).toEqual(['web', 'sleep pid:[500]']);
  });

  it('are made by the child of a process that unshares mounts and pids, even while that process lives', () => {
    const world = setUp();
    const ns = { ...host, pid: 500, mnt: 501 };
    const line = ['unshare', '-pf', '--mount-proc', 'sleep', '9'];
    world.baseline(
      processAs(90, 1, line, { ns: { ...host, mnt: 501 }, childPidns: 500 }),
      processAs(91, 90, ['sleep', '9'], { nspid: [91, 1], ns }),
    );
    expect(world.of('process').map(({ pid, container, origin }) => [pid, container?.id, origin])).toEqual([
      [90, undefined, undefined],
      [91, 'pid:[500]', 'init'],
    ]);
  });

  it('are not what a runtime makes that was called in them', () => {
    const world = setUp();
    const [outer, inner] = [500, 600].map((pid) => ({ ...host, pid, mnt: pid + 1 })) as [Namespaces, Namespaces];
    world.baseline(
      processAs(90, 1, ['unshare', '-pf', 'runc', 'run', 'web']),
      processAs(91, 90, ['/usr/bin/runc', 'run', 'web'], { nspid: [91, 1], ns: outer }),
      processAs(92, 91, ['sh'], { nspid: [92, 7, 1], ns: inner, cgroups: new Map([['', '/web']]) }),
    );
    expect(world.of('process').map(({ pid, container }) => [pid, container?.name])).toEqual([
      [90, undefined],
      [91, 'runc pid:[500]'],
      [92, 'web'],
    ]);
  });

  it('have the name of the command that both of its processes still show', () => {
    const world = setUp();
    const line = ['/usr/bin/firejail', '--name=web', 'sh'];
    world.baseline(
      processAs(90, 1, line),
      processAs(91, 90, line, { nspid: [91, 1], ns: { ...host, pid: 500, mnt: 501 } }),
    );
    expect(world.of('container')).toMatchObject([
      { op: 'seen', container: { name: 'web', init: 91, runtime: 'firejail' } },
    ]);
  });

  it('say which of them are in others', () => {
    const world = setUp();
    const inner = new Map([['', `${docker.path}/docker/${other}`]]);
    world.baseline(
      processAs(90, 1, ['dind'], { ...inside, nspid: [90, 1] }),
      processAs(91, 90, ['nginx'], { ns: namespaces(600), cgroups: inner, nspid: [91, 7, 1] }),
    );
    const seen = world.of('container').map(({ op, container }) => [op, container.id, container.init, container.inside]);
    expect(seen).toMatchObject([
      ['seen', hex, 90, undefined],
      ['seen', other, 91, [byId]],
    ]);
  });

  it('do not include their monitors', () => {
    const world = setUp();
    world.baseline(
      processAs(80, 1, ['conmon'], { cgroups: new Map([['', `/machine.slice/libpod-conmon-${hex}.scope`]]) }),
      processAs(90, 80, ['nginx'], {
        ...{ ns: docker.ns, nspid: [90, 1], cgroups: new Map([['', `/machine.slice/libpod-${hex}.scope/container`]]) },
      }),
    );
    expect(world.of('process').map(({ pid, container }) => [pid, container?.runtime])).toEqual([
      [80, undefined],
      [90, 'podman'],
    ]);
    expect(world.lives()).toEqual([`seen ${hex}`]);
  });
});

describe('the time that a start took', () => {
  const monoOf = (record: { mono: string } | undefined): number => Number(record?.mono);

  it('counts from the first exec of a runtime that executes itself again', () => {
    const world = setUp();
    world.exec(10, 1, 'runc run xyxy12');
    const first = world.of('exec').at(-1);
    world.exec(10, 1, 'runc run xyxy12', { exe: '/memfd:runc_cloned' });
    startContainer(world, plain('xyxy12'));
    expect(opsOf(world)).toEqual(['created', 'started']);
    expect(recordOf(world, 'started')?.startup_ns).toBe(monoOf(recordOf(world, 'started')) - monoOf(first));
  });

  it('counts from the exec of the runtime, not from what the same process ran before', () => {
    const world = setUp();
    world.exec(10, 1, 'sh -c runc');
    startContainer(world, plain('xyxy12'));
    const called = world.of('exec').find(({ args }) => args[0] === 'runc');
    expect(recordOf(world, 'started')?.startup_ns).toBe(monoOf(recordOf(world, 'started')) - monoOf(called));
  });

  it('counts anew if the same process asks for another container', () => {
    const world = setUp();
    world.exec(10, 1, 'runc run first');
    startContainer(world, plain('second'));
    const called = world.of('exec').find(({ args }) => args[2] === 'second');
    expect(recordOf(world, 'started')?.startup_ns).toBe(monoOf(recordOf(world, 'started')) - monoOf(called));
  });
});
