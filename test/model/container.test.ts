import { describe, expect, it } from 'vitest';
import { Container, type Identity, type NameRank } from '../../src/model/container.ts';
import type { Description } from '../../src/runtimes/runtime.ts';
import { hostNs } from '../fixtures/records.ts';

const made = (changes: Partial<Identity> = {}): Container =>
  new Container({ id: 'd0c', name: 'd0c', runtime: 'runc', ...changes }, 1);
const named = (rank: NameRank, name = 'web'): Container => {
  const container = made();
  container.learn({ name }, rank);
  return container;
};

describe('what a container is called', () => {
  it('comes from its command at first, or from a guess by its cgroup', () => {
    expect(made()).toMatchObject({ rank: 'command', guessed: false });
    expect(made({ guessed: true })).toMatchObject({ rank: 'shape', guessed: true });
  });

  it.each<[known: NameRank, learnt: NameRank, name: string]>([
    ['command', 'shape', 'web'],
    ['command', 'command', 'db'],
    ['command', 'monitor', 'db'],
    ['monitor', 'command', 'web'],
    ['monitor', 'file', 'db'],
    ['file', 'monitor', 'web'],
    ['file', 'file', 'db'],
  ])('known from %s and then from %s', (known, learnt, name) => {
    const container = named(known);
    container.learn({ name: 'db' }, learnt);
    expect(container.ref.name).toBe(name);
  });

  it('has changed only if a file said it before and says another now', () => {
    expect(made().learn({ name: 'web' }, 'file')).toBe('late');
    expect(named('file').learn({ name: 'db' }, 'file')).toBe('renamed');
    expect(named('monitor').learn({ name: 'db' }, 'file')).toBe('late');
    expect(named('monitor').learn({ name: 'db' }, 'monitor')).toBe('late');
    expect(named('file').learn({ image: 'bb' }, 'file')).toBe('late');
    expect(named('file').learn({ name: 'db', image: 'bb' }, 'monitor')).toBe('late');
  });

  it('stays where nothing is said', () => {
    const container = named('command');
    expect(container.learn({ name: '' }, 'file')).toBeUndefined();
    expect(container.ref.name).toBe('web');
    const silent = named('command');
    silent.learn({ image: 'bb' }, 'file');
    expect(silent.rank).toBe('command');
    silent.learn({ name: 'db' }, 'shape');
    expect(silent).toMatchObject({ rank: 'command', ref: { name: 'web' } });
  });
});

describe('what a container learns', () => {
  it.each<[what: string, description: Description]>([
    ['a name', { name: 'web' }],
    ['a runtime', { runtime: 'docker' }],
    ['an image', { image: 'bb' }],
    ['labels', { labels: { tier: 'front' } }],
    ['a pod', { pod: { id: 'uid' } }],
  ])('is new once: %s', (_what, description) => {
    const container = made();
    expect(container.learn(description, 'file')).toBe('late');
    expect(container.learn(description, 'file')).toBeUndefined();
    const { podName: _, ...known } = description;
    expect(container.info()).toMatchObject(known);
    expect(container.learn({}, 'file')).toBeUndefined();
    expect(container.info()).toMatchObject(known);
  });

  it('of its image from a weaker source is taken as long as there is none', () => {
    const container = named('file');
    container.learn({ image: 'bb' }, 'command');
    expect(container.image).toBe('bb');
    container.learn({ image: 'cc' }, 'command');
    expect(container.image).toBe('bb');
    container.learn({ image: 'cc' }, 'file');
    expect(container.image).toBe('cc');
    container.learn({ name: 'db' }, 'file');
    expect(container.image).toBe('cc');
  });

  it('of labels and its pod adds to what is known', () => {
    const container = made();
    container.learn({ labels: { a: '1', b: '2' }, pod: { id: 'uid' } }, 'file');
    container.learn({ labels: { b: '3' }, podName: 'web-0' }, 'file');
    expect(container.info()).toMatchObject({ labels: { a: '1', b: '3' }, pod: { id: 'uid', name: 'web-0' } });
    container.learn({ pod: { id: 'uid' } }, 'file');
    expect(container.pod).toEqual({ id: 'uid', name: 'web-0' });
  });

  it('of the name of a pod needs the pod', () => {
    const container = made();
    expect(container.learn({ podName: 'web-0' }, 'file')).toBeUndefined();
    expect(container.pod).toBeUndefined();
  });
});

describe('what records say of a container', () => {
  it('is what is known', () => {
    expect(made().info()).toStrictEqual({ id: 'd0c', name: 'd0c', runtime: 'runc', instance: 1 });
    const labels = { tier: 'front' };
    const container = made({ root: 'moby', image: 'bb', labels, pod: { id: 'uid' } });
    container.pidns = 77;
    container.init = { pid: 9, startAt: 1, nspid: [9, 1], ns: hostNs };
    container.cgroups.set('/docker/d0c', new Set(['']));
    container.shared = { net: ['host'] };
    const outer = made({ id: 'outer', name: 'outer' });
    container.outer = outer;
    expect(container.info('2026-01-02T03:04:05.000000000Z')).toEqual({
      ...{
        id: 'd0c',
        name: 'd0c',
        runtime: 'runc',
        instance: 1,
        root: 'moby',
        image: 'bb',
        labels,
        pod: { id: 'uid' },
      },
      ...{ pidns: 77, init: 9, started: '2026-01-02T03:04:05.000000000Z', cgroups: ['/docker/d0c'] },
      ...{ inside: [outer.ref], shared: { net: ['host'] } },
    });
  });

  it('stays as it was when more is learnt', () => {
    const container = made({ labels: { a: '1' }, pod: { id: 'uid' } });
    const info = container.info();
    container.learn({ name: 'web', labels: { a: '2' }, podName: 'web-0' }, 'file');
    expect(info).toMatchObject({ name: 'd0c', labels: { a: '1' }, pod: { id: 'uid' } });
  });

  it('has the containers around it, the nearest first, and ends where they go round', () => {
    const [inner, middle, outer] = ['inner', 'middle', 'outer'].map((id) => made({ id, name: id }));
    inner!.outer = middle;
    middle!.outer = outer;
    expect(inner!.around().map(({ id }) => id)).toEqual(['middle', 'outer']);
    expect([inner!.isInside(outer!), outer!.isInside(inner!), inner!.isInside(inner!)]).toEqual([true, false, false]);
    outer!.outer = middle;
    expect(inner!.around()).toHaveLength(32);
    expect(inner!.isInside(made())).toBe(false);
  });

  it('knows one that was made 32 deep, and none deeper', () => {
    const chain = Array.from({ length: 34 }, (_, depth) => made({ id: String(depth) }));
    for (const [depth, container] of chain.entries()) {
      container.outer = chain[depth + 1];
    }
    expect([chain[0]!.isInside(chain[32]!), chain[0]!.isInside(chain[33]!)]).toEqual([true, false]);
  });

  it('has a cgroup as long as one of its hierarchies has', () => {
    const container = made();
    expect(container.hasCgroup).toBe(false);
    container.cgroups.set('/a', new Set());
    container.cgroups.set('/b', new Set(['memory']));
    expect(container.hasCgroup).toBe(true);
    container.cgroups.get('/b')!.clear();
    expect(container.hasCgroup).toBe(false);
  });
});
