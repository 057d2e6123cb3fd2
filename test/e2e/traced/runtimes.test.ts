import { readFileSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import type { NstraceRecord, RecordOf } from '../../../src/record/schema.ts';
import type { Engine } from '../support/engine.ts';
import * as engines from '../support/engine.ts';
import { run, wake } from '../support/run.ts';
import { trace, traced, tracedInNspawn, tracedOutsideChroot } from '../support/trace.ts';

/** Not older than what it is compared with, unlike a name that another test used. */
const nameFor = (kind: string): string => `nstrace-${kind}-${process.pid}`;

const nspidOf = (pid: number): number[] =>
  /^NSpid:\s+(.*)$/m
    .exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!
    .split(/\s+/)
    .map(Number);

const ranIn = (record: NstraceRecord, ...args: string[]): record is RecordOf<'exec'> =>
  record.type === 'exec' && record.container !== null && record.args.slice(1).join(' ') === args.join(' ');

interface Expected {
  readonly id?: RegExp;
  /** Runtimes without names have a name that says what made the container. */
  readonly name?: RegExp;
  /** Their pid 1 is a process of theirs: bubblewrap's. */
  readonly ownInit?: true;
}

/** Runs a container, enters it, and ends it with a status of its own; checks what is reported of it. */
const follow = async (engine: Engine, kind: string, expected: Expected = {}): Promise<void> => {
  const name = nameFor(kind);
  let nspid: number[] = [];
  let enteredNspid: number[] = [];
  let entered: number | undefined;
  try {
    const { of, footer } = await trace([], async ({ until }) => {
      const script = `trap 'exit 7' TERM; echo ${name}; sleep 6201 & wait`;
      const starting = engine.start(name, script);
      const init = (await until((record) => ranIn(record, '-c', script))) as RecordOf<'exec'>;
      await until((record) => ranIn(record, '6201'));
      nspid = nspidOf(init.pid);
      const entering = engine.enter(name, `sleep 6207; exit 3; ${name}`, init.pid);
      const guest = (await until((record) => ranIn(record, '-c', `sleep 6207; exit 3; ${name}`))) as RecordOf<'exec'>;
      enteredNspid = nspidOf(guest.pid);
      await wake(6207);
      entered = await entering;
      process.kill(init.pid, 'SIGTERM');
      await until((record) => record.type === 'exit' && record.pid === init.pid);
      await starting;
      await engine.remove(name);
    });
    const init = of('exec').find(
      ({ args, container }) => container !== null && args.some((arg) => arg.includes(name) && arg.startsWith('trap')),
    )!;
    const ref = init.container!;
    expect(ref.runtime).toBe(engine.runtime);
    expect(ref.name).toMatch(expected.name ?? new RegExp(`^${name}$`));
    expect(ref.id).toMatch(expected.id ?? new RegExp(`^${name}$`));
    expect(init.nspid).toEqual(nspid);
    // An id can be an inode, which others use before and after it.
    const life = of('container').filter(({ container }) => container.instance === ref.instance);
    expect(life.map(({ op }) => op).slice(0, 4)).toEqual(['created', 'started', 'joined', 'stopped']);
    // Named from the first record on.
    expect(life.every(({ container }) => container.name === ref.name)).toBe(true);
    const [created, started, joined, stopped] = life;
    expect(created?.by).toBeDefined();
    expect(started?.startup_ns).toBeGreaterThan(0);
    expect(started?.container.init).toBe(expected.ownInit ? init.ppid : init.pid);
    const end = expected.ownInit ? of('exit').find(({ pid }) => pid === init.pid) : stopped;
    expect(end).toMatchObject({ code: 7 });
    if (engine.image !== undefined) {
      expect(created?.container.image).toBe(engine.image);
    }
    const guest = of('exec').find(({ args }) => args[0]?.endsWith('sh') && args[2] === `sleep 6207; exit 3; ${name}`);
    expect(guest).toMatchObject({ container: ref, origin: 'joined', nspid: enteredNspid });
    expect(joined).toMatchObject({ pid: guest?.pid });
    expect(of('exit').find(({ pid }) => pid === guest?.pid)).toMatchObject({ code: 3, container: ref });
    expect(entered).toBe(3);
    const about = [...of('exec'), ...of('fork'), ...of('exit'), ...of('namespace')];
    for (const record of about.filter(({ container }) => container?.instance === ref.instance)) {
      expect(record.container).toEqual(ref);
    }
    expect(of('exec').find(({ args }) => args[0] === 'sleep' && args[1] === '6201')).toMatchObject({
      container: ref,
      origin: 'born',
    });
    expect(footer).toMatchObject({ lost: 0, cut: 0, complete: true });
  } finally {
    await engine.remove(name);
    await engine.close();
  }
};

const hex64 = /^[0-9a-f]{64}$/;

describe('a container is named whole from its first record, with', () => {
  traced('docker', async () => follow(await engines.docker(), 'docker', { id: hex64 }));
  traced('podman', async () => follow(await engines.podman(), 'podman', { id: hex64 }));
  traced('containerd', async () => follow(await engines.containerd(), 'containerd'));
  traced('runc', async () => follow(await engines.oci('runc'), 'runc'));
  traced('crun', async () => follow(await engines.oci('crun'), 'crun'));
  traced('lxc', async () => follow(await engines.lxc(), 'lxc'));
  tracedInNspawn('systemd-nspawn', async () => {
    await follow(await engines.nspawn(), 'nspawn');
  });
  tracedOutsideChroot('bubblewrap', async () => {
    const inode = /pid:\[\d+\]$/;
    await follow(await engines.bubblewrap(), 'bwrap', { id: inode, name: /^bwrap pid:\[\d+\]$/, ownInit: true });
  });
  traced('unshare', async () => {
    await follow(await engines.unshare(), 'unshare', { id: /^pid:\[\d+\]$/, name: /^unshare pid:\[\d+\]$/ });
  });

  traced("Kubernetes' cgroups and annotations", async () => {
    const id = 'c0ffee'.repeat(11).slice(0, 64);
    const uid = '3f2b8c1e-0a1b-4c2d-9e3f-0123456789ab';
    const engine = await engines.oci('runc', (spec) => {
      spec.linux.cgroupsPath = `/kubepods-nstrace-test/besteffort/pod${uid}/${id}`;
      spec.annotations = {
        'io.kubernetes.cri.container-type': 'container',
        'io.kubernetes.cri.container-name': 'web',
        'io.kubernetes.cri.image-name': 'registry.test/web:1',
        'io.kubernetes.cri.sandbox-name': 'front-abc',
        'io.kubernetes.cri.sandbox-namespace': 'shop',
        'io.kubernetes.cri.sandbox-uid': uid,
      };
    });
    try {
      const { of } = await trace([], async ({ until }) => {
        await engine.start(id, 'sleep 6202');
        await until((record) => record.type === 'container' && record.op === 'started' && record.container.id === id);
        await engine.remove(id);
      });
      const started = of('container').find(({ op, container }) => op === 'started' && container.id === id);
      expect(started?.container).toMatchObject({
        id,
        name: 'web',
        runtime: 'runc',
        image: 'registry.test/web:1',
        labels: {
          'io.kubernetes.pod.name': 'front-abc',
          'io.kubernetes.pod.namespace': 'shop',
          'io.kubernetes.pod.uid': uid,
          'io.kubernetes.container.name': 'web',
          'io.kubernetes.container.type': 'container',
        },
      });
      expect(of('exec').find(({ args }) => args[0] === 'sh' && args[2] === 'sleep 6202')?.container?.name).toBe('web');
    } finally {
      await engine.remove(id);
      await engine.close();
      await execa(
        'sh',
        ['-c', 'find /sys/fs/cgroup -depth -path "*/kubepods-nstrace-test*" -type d -exec rmdir {} +'],
        {
          reject: false,
        },
      );
    }
  });
});

describe('shared namespaces', () => {
  traced('are reported, and containers in one pid namespace, or in that of the host, are distinguished', async () => {
    const engine = await engines.docker();
    const [one, two, three] = ['one', 'two', 'three'].map(nameFor) as [string, string, string];
    try {
      const { of } = await trace([], async ({ until }) => {
        await engine.start(one, 'sleep 6204');
        await engine.start(two, 'sleep 6205', '--pid', `container:${one}`);
        await engine.start(three, 'sleep 6206', '--pid', 'host');
        await until((record) => ranIn(record, '6206'));
        await engine.enter(three, `true; ${three}`, 0);
        for (const name of [three, two, one]) {
          await engine.remove(name);
        }
      });
      const started = (name: string) =>
        of('container').find(({ op, container }) => op === 'started' && container.name === name)!;
      expect(started(one).container.shared).not.toHaveProperty('pid');
      expect(started(two).container).toMatchObject({
        pidns: started(one).container.pidns,
        shared: { pid: [started(one).container.id] },
      });
      expect(started(three).container.shared).toMatchObject({ pid: ['host'] });
      const sleeper = (seconds: string) => of('exec').find(({ args }) => args[0] === 'sleep' && args[1] === seconds);
      expect(sleeper('6204')?.container?.name).toBe(one);
      expect(sleeper('6205')).toMatchObject({
        container: { name: two },
        nspid: [expect.any(Number), expect.any(Number)],
      });
      expect(sleeper('6206')).toMatchObject({ container: { name: three }, nspid: [expect.any(Number)] });
      expect(of('exec').find(({ args }) => args[2] === `true; ${three}`)).toMatchObject({
        container: { name: three },
        origin: 'joined',
      });
    } finally {
      for (const name of [three, two, one]) {
        await engine.remove(name);
      }
      await engine.close();
    }
  });
});

describe('nested namespaces', () => {
  traced('three deep are three containers, each inside the one before', async () => {
    const words = Array.from({ length: 3 }, () => ['unshare', '-fp']).flat();
    const { of } = await trace([], () => run(words[0]!, ...words.slice(1), 'true', 'innermost'));
    const exec = of('exec').find(({ args }) => args[1] === 'innermost')!;
    expect(exec.nspid).toHaveLength(4);
    const started = of('container').find(
      ({ op, container }) => op === 'started' && container.instance === exec.container?.instance,
    );
    expect(started?.container.inside).toHaveLength(2);
    expect(started?.container.shared).toMatchObject({ net: ['host'], mnt: ['host'], user: ['host'] });
  });
});

describe('what runs when tracing begins', () => {
  const kinds = { docker: engines.docker, podman: engines.podman, containerd: engines.containerd, lxc: engines.lxc };
  for (const [kind, make] of Object.entries(kinds)) {
    traced(`has its name: ${kind}`, async () => {
      const engine = await make();
      const name = nameFor(`old-${kind}`);
      try {
        await engine.start(name, 'sleep 6203; exit');
        const { of } = await trace([], () => engine.enter(name, 'exit 0', 0));
        const seen = of('container').find(({ container }) => container.name === name)!;
        expect(seen).toMatchObject({ op: 'seen', container: { runtime: engine.runtime } });
        const sleeping = of('process').find(({ args, container }) => args[1] === '6203' && container?.name === name)!;
        expect(sleeping.container).toMatchObject({ id: seen.container.id, name, runtime: engine.runtime });
        const init = of('process').find(({ pid }) => pid === seen.container.init);
        expect(init).toMatchObject({ origin: 'init', container: sleeping.container });
        const guest = of('exec').find(({ args, container }) => args[2] === 'exit 0' && container?.name === name);
        expect(guest).toMatchObject({ origin: 'joined', container: sleeping.container });
        const standing = of('process').filter(({ comm }) => /conmon|containerd-shim|lxc-start/.test(comm));
        expect(standing.filter(({ container }) => container?.name === name)).toEqual([]);
      } finally {
        await engine.remove(name);
        await engine.close();
      }
    });
  }
});
