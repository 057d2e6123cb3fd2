import { describe, expect, it } from 'vitest';
import type { Namespaces } from '../../../src/kernel/namespaces.ts';
import type { ExecEvent, LostEvent } from '../../../src/probe/event.ts';
import { host } from '../../fixtures/lines.ts';
import { processAs, setUp, startContainer, type World } from '../../fixtures/model.ts';

const web = 'd0c'.repeat(21).padEnd(64, '0');
const other = 'e'.repeat(64);
const namesOf: Record<string, { name: string; image: string }> = {
  [web]: { name: 'web', image: 'bb' },
  [other]: { name: 'brave_bell', image: 'docker.io/library/bb:latest' },
};
const inside = (first: number): Namespaces => ({ ...host, pid: first, mnt: first + 1, net: first + 2 });

const person = { tty: 'pts/3', uid: 1000, auid: 1000, exe: '/usr/bin/docker' };
const asRunc = { exe: '/usr/sbin/runc' };
const shim = 5;

/** dockerd and a shim run, and containers are named by docker's files. */
const setUpDocker = (): World => {
  const world = setUp(({ id }) => namesOf[id]);
  world.exec(3, 1, 'dockerd', { exe: '/usr/bin/dockerd' });
  world.exec(4, 3, 'containerd', { exe: '/usr/bin/containerd' });
  world.exec(shim, 4, 'containerd-shim-runc-v2 -namespace moby', { exe: '/usr/bin/containerd-shim-runc-v2' });
  return world;
};

const bundle = (id: string): string => `/run/io.containerd.runtime.v2.task/moby/${id}`;
const create = (id: string): string => `runc --root /r create --bundle ${bundle(id)} --pid-file /p ${id}`;

/** dockerd's shim starts a container with `sh -c work`. */
const start = (world: World, id = web, pid = 10): number =>
  startContainer(world, { line: create(id), pid, ppid: shim, path: `/docker/${id}`, ns: inside(500 + pid) }).init;

/** A shim brings a program into it. */
const enter = (world: World, line: string, pid = 60, id = web, more: Partial<ExecEvent> = {}): void => {
  world.exec(pid, shim, `runc --root /r exec --process /tmp/p --detach ${id}`, asRunc);
  world.exec(pid + 1, pid, 'runc init', { exe: '/proc/self/exe' });
  world.namespace('setns', pid + 1, inside(id === web ? 510 : 520));
  world.fork(pid + 2, pid, { by: pid + 1 });
  world.exec(pid + 2, pid, line, more);
};

const joins = (world: World) => world.of('container').filter(({ op }) => op === 'joined');
const lost = (at: number): LostEvent => ({
  ...{ kind: 'lost', mono: String(at), at, cpu: 0, seq: 1, count: 1, exact: true, from: String(at), to: String(at) },
});

describe('who asked for a program in a container, through a daemon', () => {
  it.each([
    'docker exec web sh -c x',
    'docker -D --log-level debug container exec -itu root -e A=b web sh -c x',
    'docker exec d0cd0c sh -c x',
    `docker exec ${web} sh -c x`,
  ])('is the only client with these arguments: %s', (line) => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, line, person);
    enter(world, 'sh -c x');
    expect(joins(world)).toMatchObject([
      {
        by: { pid: 60, comm: 'runc' },
        asked_by: {
          ...{ pid: 40, start: '400000000', uid: 1000, user: 'alice', auid: 1000, tty: 'pts/3', comm: 'docker' },
          args: line.split(' '),
        },
      },
    ]);
    expect(joins(world)[0]?.asked_by?.evidence).toEqual([
      expect.stringMatching(/^container (web|d0cd0c)/),
      'same arguments',
      expect.stringMatching(/^\d+ ms before runc$/),
      'only candidate',
    ]);
  });

  it.each([
    ['another container', 'docker exec db sh -c x', person],
    ['other arguments', 'docker exec web sh -c xx', person],
    ['fewer arguments', 'docker exec web sh -c', person],
    ['another command', 'docker logs web sh -c x', person],
    ['a daemon elsewhere', 'docker -H ssh://far exec web sh -c x', person],
    ['a program of another user’s own', 'docker exec web sh -c x', { ...person, exe: '/home/eve/docker' }],
    ['an option that is not known', 'docker exec --new web sh -c x', person],
    ['neither a terminal nor a login', 'docker exec web sh -c x', { ...person, tty: undefined, auid: 0xffff_ffff }],
  ])('is nobody: %s', (_, line, who) => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, line, who);
    enter(world, 'sh -c x');
    expect(joins(world)).toHaveLength(1);
    expect(joins(world)[0]).not.toHaveProperty('asked_by');
  });

  it('is nobody where two can have asked, nor for what either asked for', () => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, 'docker exec web date', person);
    world.exec(41, 1, 'docker exec d0c date', { ...person, tty: 'pts/4' });
    enter(world, 'date', 60);
    enter(world, 'date', 70);
    expect(joins(world).map(({ asked_by }) => asked_by)).toEqual([undefined, undefined]);
  });

  it('is nobody where another may have asked, of whom that is not known', () => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, 'docker exec web date', person);
    world.exec(41, 1, 'docker exec --new value web date', { ...person, tty: 'pts/4' });
    enter(world, 'date');
    expect(joins(world)[0]).not.toHaveProperty('asked_by');
  });

  it('is each time the client that waits: one that has its answer is none any more', () => {
    const world = setUpDocker();
    start(world);
    for (const [index, client] of [40, 41, 42].entries()) {
      world.exec(client, 1, 'docker exec web date', person);
      enter(world, 'date', 60 + 10 * index);
      world.exit(client);
    }
    expect(joins(world).map(({ asked_by }) => asked_by?.pid)).toEqual([40, 41, 42]);
  });

  it('is no client that failed, but one that was killed may have asked', () => {
    const failed = setUpDocker();
    start(failed);
    failed.exec(40, 1, 'docker exec web date', person);
    failed.exit(40, 1 << 8);
    failed.exec(41, 1, 'docker exec web date', person);
    enter(failed, 'date');
    expect(joins(failed)[0]?.asked_by?.pid).toBe(41);

    const killed = setUpDocker();
    start(killed);
    killed.exec(40, 1, 'docker exec web date', person);
    killed.exit(40, 9);
    killed.exec(41, 1, 'docker exec web date', person);
    enter(killed, 'date');
    expect(joins(killed)[0]).not.toHaveProperty('asked_by');
  });

  it('is a client that ended at once after the runtime was called: docker exec -d', () => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, 'docker exec -d web date', person);
    world.exec(60, shim, `runc --root /r exec --process /tmp/p --detach ${web}`, asRunc);
    world.exec(61, 60, 'runc init', { exe: '/proc/self/exe' });
    world.namespace('setns', 61, inside(510));
    world.fork(62, 60, { by: 61 });
    world.exit(40);
    world.exec(62, 60, 'date');
    expect(joins(world)[0]?.asked_by?.pid).toBe(40);
  });

  it('is nobody where the same comes without a client too, as a health check does', () => {
    const world = setUpDocker();
    start(world);
    enter(world, 'curl localhost', 60);
    world.exec(40, 1, 'docker exec web curl localhost', person);
    enter(world, 'curl localhost', 70);
    expect(joins(world).map(({ asked_by }) => asked_by)).toEqual([undefined, undefined]);
  });

  it('is nobody after a loss in the window', () => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, 'docker exec web date', person);
    world.model.event(lost(1_030_000_000));
    enter(world, 'date');
    expect(joins(world)[0]).not.toHaveProperty('asked_by');
  });

  it('is no client that ran when tracing began', () => {
    const world = setUpDocker();
    start(world);
    world.baseline(processAs(98, 1, ['docker', 'exec', 'web', 'date'], { exe: '/usr/bin/docker', tty: 'pts/3' }));
    enter(world, 'date');
    expect(joins(world)[0]).not.toHaveProperty('asked_by');
  });

  it('is the first of a client and the plugin that it calls', () => {
    const world = setUp(({ id }) => ({ ...namesOf[id]!, labels: { 'com.docker.compose.service': 'front' } }));
    world.exec(shim, 1, 'containerd-shim-runc-v2 -namespace moby');
    start(world);
    world.exec(40, 1, 'docker compose -f a.yml exec -T front sh -c x', person);
    const exe = '/usr/libexec/docker/cli-plugins/docker-compose';
    world.exec(41, 40, `${exe} compose -f a.yml exec -T front sh -c x`, { ...person, exe });
    enter(world, 'sh -c x');
    expect(joins(world)[0]?.asked_by).toMatchObject({ pid: 40, tty: 'pts/3' });
  });

  it('knows a script by its path, which the kernel puts behind its interpreter', () => {
    const world = setUpDocker();
    start(world);
    world.exec(40, 1, 'docker exec web deploy.sh now', person);
    enter(world, '/bin/sh -e /usr/bin/deploy.sh now', 60, web, { exe: '/usr/bin/deploy.sh' });
    world.exec(41, 1, 'docker exec web other.sh now', person);
    enter(world, 'sh other.sh now', 70);
    expect(joins(world).map(({ asked_by }) => asked_by?.pid)).toEqual([40, undefined]);
  });

  it('is nobody where a word may mean two containers', () => {
    const world = setUpDocker();
    start(world, web);
    start(world, `d0c${'1'.repeat(61)}`, 20);
    world.exec(40, 1, 'docker exec d0c date', person);
    enter(world, 'date');
    expect(joins(world)[0]).not.toHaveProperty('asked_by');
  });

  it('is the client of a pod, by the words that it used', () => {
    const labels = {
      'io.kubernetes.pod.name': 'web-0',
      'io.kubernetes.pod.namespace': 'shop',
      'io.kubernetes.container.name': 'front',
    };
    const ask = (line: string) => {
      const world = setUp(() => ({ name: 'front', labels, pod: { id: 'uid', name: 'web-0' } }));
      world.exec(shim, 1, 'containerd-shim-runc-v2 -namespace k8s.io');
      start(world);
      world.exec(40, 1, line, { ...person, exe: '/usr/bin/kubectl' });
      enter(world, 'sh -c x');
      return joins(world)[0]?.asked_by?.pid;
    };
    expect(ask('kubectl -n shop exec -it web-0 -c front -- sh -c x')).toBe(40);
    expect(ask('kubectl exec web-0 -- sh -c x')).toBe(40);
    expect(ask('kubectl exec pod/web-0 --namespace=shop -- sh -c x')).toBe(40);
    expect(ask('kubectl -n other exec web-0 -- sh -c x')).toBeUndefined();
    expect(ask('kubectl exec deploy/web -- sh -c x')).toBeUndefined();
    expect(ask('kubectl exec web-0 -c side -- sh -c x')).toBeUndefined();
  });
});

describe('who asked for a container, through a daemon', () => {
  const records = (world: World, op: string) => world.of('container').filter((record) => record.op === op);

  it('is the client that names it, from its making on, with the time that it took', () => {
    const world = setUpDocker();
    world.exec(40, 1, 'docker run --rm --name web bb sh -c work', person);
    start(world);
    const [created, started] = [records(world, 'created')[0], records(world, 'started')[0]];
    expect(created?.asked_by).toMatchObject({ pid: 40, tty: 'pts/3' });
    const time = '1 ms before runc';
    expect(created?.asked_by?.evidence).toEqual(['name web', 'image bb', time, 'only candidate']);
    expect(started?.asked_by?.evidence).toEqual(['name web', 'image bb', 'same arguments', time, 'only candidate']);
    expect(started?.asked_by).toMatchObject({ pid: 40 });
    expect(started?.startup?.client_ns).toBe(1_000_000);
  });

  it('without a name is known by image and arguments, when its program runs', () => {
    const world = setUpDocker();
    world.exec(40, 1, 'docker run -d bb -c work', person);
    start(world, other);
    expect(records(world, 'created')[0]).not.toHaveProperty('asked_by');
    expect(records(world, 'started')[0]?.asked_by).toMatchObject({ pid: 40 });
  });

  it.each([
    ['another image', 'docker run --name web alpine sh -c work'],
    ['another name', 'docker run --name db bb sh -c work'],
    ['no name, and the container has one', 'docker run bb sh -c work'],
    ['other arguments', 'docker run --name web bb sh -c play'],
    ['no arguments and no name', 'docker run bb'],
  ])('is nobody: %s', (_, line) => {
    const world = setUpDocker();
    world.exec(40, 1, line, person);
    start(world);
    expect(records(world, 'started')).toHaveLength(1);
    expect(records(world, 'started')[0]).not.toHaveProperty('asked_by');
    expect(records(world, 'started')[0]?.startup).not.toHaveProperty('client_ns');
  });

  it('is who started it again: docker start, once for each start', () => {
    const world = setUpDocker();
    world.exec(40, 1, 'docker start -a web other', person);
    const init = start(world);
    world.exit(init);
    world.cgroup('rmdir', 1, `/docker/${web}`);
    start(world, web, 20);
    expect(records(world, 'started').map(({ asked_by }) => asked_by?.pid)).toEqual([40, undefined]);
  });
});

describe('who asked, where no daemon stands between', () => {
  it('is who called the runtime, with its terminal', () => {
    const world = setUp();
    const as = { ...asRunc, tty: 'pts/3', auid: 1000 };
    startContainer(world, { line: 'runc run x', pid: 20, ppid: 1, path: '/x', ns: inside(500), as });
    const asked_by = {
      ...{ pid: 20, start: '200000000', uid: 0, user: 'root', auid: 1000, tty: 'pts/3' },
      ...{ comm: 'runc', args: ['runc', 'run', 'x'], evidence: ['ancestor'] },
    };
    expect(world.of('container')).toMatchObject([
      { op: 'created', asked_by },
      { op: 'started', asked_by },
    ]);
    expect(world.of('container')[1]?.startup).not.toHaveProperty('client_ns');
  });

  it('is who entered with nsenter, or with runc exec', () => {
    const world = setUp();
    startContainer(world, { line: 'runc run x', pid: 20, path: '/x', ns: inside(500) });
    world.exec(60, 1, 'runc exec x date', { ...asRunc, tty: 'pts/3' });
    world.exec(61, 60, 'runc init', { exe: '/proc/self/exe' });
    world.namespace('setns', 61, inside(500));
    world.fork(62, 60, { by: 61 });
    world.exec(62, 60, 'date');
    world.exec(70, 1, 'nsenter -t 22 -m -p date', { tty: 'pts/4' });
    world.namespace('setns', 70, inside(500));
    world.exec(70, 1, 'date', { tty: 'pts/4' });
    expect(joins(world).map(({ asked_by }) => asked_by)).toMatchObject([
      { pid: 60, tty: 'pts/3', args: ['runc', 'exec', 'x', 'date'], evidence: ['ancestor'] },
      { pid: 70, tty: 'pts/4', args: ['nsenter', '-t', '22', '-m', '-p', 'date'] },
    ]);
  });

  it('has its arguments, and says where some are left out', () => {
    const world = setUp();
    const line = `runc run x ${'a '.repeat(300)}`.trim();
    startContainer(world, { line, pid: 20, path: '/x', ns: inside(500), as: { ...asRunc, tty: 'pts/3' } });
    const args = world.of('container')[0]?.asked_by?.args;
    expect(args).toHaveLength(257);
    expect(args?.at(-1)).toBe('…');
  });

  it('is nobody after a loss: a daemon may stand between', () => {
    const world = setUp();
    world.model.event(lost(1_000_000_000));
    const as = { ...asRunc, tty: 'pts/3' };
    startContainer(world, { line: 'runc run x', pid: 20, path: '/x', ns: inside(500), as });
    expect(world.of('container').every(({ asked_by }) => asked_by === undefined)).toBe(true);
  });

  it('is the engine that stands above the runtime', () => {
    const world = setUp();
    const who = { tty: 'pts/3', auid: 1000, exe: '/usr/bin/podman' };
    world.exec(10, 1, 'podman run bb', who);
    world.exec(11, 10, 'conmon -c x', { exe: '/usr/bin/conmon', auid: 1000 });
    startContainer(world, { line: 'runc run x', pid: 20, ppid: 11, path: '/x', ns: inside(500) });
    const [created, started] = world.of('container');
    expect(created?.asked_by).toEqual({
      ...{ pid: 10, start: '100000000', uid: 0, user: 'root', auid: 1000, tty: 'pts/3' },
      ...{ comm: 'podman', args: ['podman', 'run', 'bb'], evidence: ['ancestor'] },
    });
    expect(started?.asked_by).toEqual(created?.asked_by);
    expect(started?.startup?.client_ns).toBe(2_000_000);
  });

  it('is nobody below a daemon that a person has started', () => {
    const world = setUp();
    const who = { tty: 'pts/3', auid: 1000 };
    world.exec(10, 1, 'podman system service', { ...who, exe: '/usr/bin/podman' });
    world.exec(11, 10, 'conmon -c x', { ...who, exe: '/usr/bin/conmon' });
    startContainer(world, { line: 'runc run x', pid: 20, ppid: 11, path: '/x', ns: inside(500) });
    expect(world.of('container').every(({ asked_by }) => asked_by === undefined)).toBe(true);
  });
});
