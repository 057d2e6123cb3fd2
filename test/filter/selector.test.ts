import { describe, expect, it } from 'vitest';
import { ContainerSelection, parseSelector } from '../../src/filter/selector.ts';
import type { ContainerInfo } from '../../src/record/schema.ts';
import { cgroup, container, containerNs, exec, inContainer } from '../fixtures/records.ts';

const web: ContainerInfo = {
  id: 'abc1'.repeat(16),
  name: 'web',
  runtime: 'docker',
  pidns: containerNs.pid,
  init: 10123,
  cgroups: ['/docker/web', '/system.slice/web'],
};
const db: ContainerInfo = { id: 'abc2'.repeat(16), name: 'db', runtime: 'docker', pidns: 4026532999, init: 20000 };

const select = (...words: string[]): ContainerSelection => {
  const selection = new ContainerSelection(words);
  for (const info of [web, db]) {
    selection.learn(container({ container: info }));
  }
  return selection;
};

/** Which of web, db and the host are wanted. */
const wanted = (selection: ContainerSelection): string[] => [
  ...[web, db].filter((info) => selection.wants(info)).map(({ name }) => name),
  ...(selection.wants(null) ? ['host'] : []),
];

describe('parseSelector', () => {
  it('reads ! as leaving out', () => {
    expect(parseSelector('!web')).toEqual({ text: 'web', leaveOut: true });
    expect(parseSelector('web')).toEqual({ text: 'web', leaveOut: false });
  });
});

describe('ContainerSelection', () => {
  it('wants everything without a selector', () => {
    expect(wanted(select())).toEqual(['web', 'db', 'host']);
  });

  it('finds a container by the path that its cgroup was renamed to, and by the old one', () => {
    const selection = select('/system.slice/other');
    expect(wanted(selection)).toEqual([]);
    const { id, name, runtime } = web;
    selection.learn(
      cgroup({
        op: 'rename',
        path: '/system.slice/web',
        new_path: '/system.slice/other',
        container: { id, name, runtime },
      }),
    );
    expect(wanted(selection)).toEqual(['web']);
    expect(wanted(select('/system.slice/web'))).toEqual(['web']);
  });

  it.each([
    ['name', 'web'],
    ['id', web.id],
    ['unique id prefix', 'abc1'],
    ['cgroup path', '/docker/web'],
    ['another of its cgroup paths', '/system.slice/web'],
    ['pid namespace', `pid:[${web.pidns}]`],
    ['inode of its pid namespace', String(web.pidns)],
    ['host pid of its init', '10123'],
  ])('finds a container by its %s', (_what, word) => {
    expect(wanted(select(word))).toEqual(['web']);
  });

  it('finds a container by the host pid of any process in it', () => {
    const selection = select('31415');
    expect(wanted(selection)).toEqual([]);
    selection.learn(exec({ ...inContainer, container: web, pid: 31415 }));
    expect(wanted(selection)).toEqual(['web']);
  });

  it('finds it though the process was seen before anything was asked', () => {
    const selection = select('31415');
    selection.learn(exec({ ...inContainer, container: web, pid: 31415 }));
    expect(wanted(selection)).toEqual(['web']);
  });

  it('takes everything outside containers as host', () => {
    expect(wanted(select('host'))).toEqual(['host']);
    expect(wanted(select('!host'))).toEqual(['web', 'db']);
  });

  it('adds up selectors, and leaves out those with !', () => {
    expect(wanted(select('web', 'host'))).toEqual(['web', 'host']);
    expect(wanted(select('!web'))).toEqual(['db', 'host']);
    expect(wanted(select('web', 'db', '!db'))).toEqual(['web']);
  });

  it('does not match a part of a name or a path', () => {
    expect(wanted(select('we'))).toEqual([]);
    expect(wanted(select('/docker'))).toEqual([]);
    expect(wanted(select('abc1abc2'))).toEqual([]);
  });

  it('says so if a prefix fits more than one container, and wants none of them', () => {
    const selection = select('abc');
    expect(wanted(selection)).toEqual([]);
    expect(selection.ambiguous()).toEqual([{ text: 'abc', kind: 'prefix', candidates: [web, db] }]);
    expect(select('abc1').ambiguous()).toEqual([]);
  });

  it('takes an exact name although it is a prefix of the ids of others', () => {
    const selection = select('abc');
    const named = { id: 'ffff', name: 'abc', runtime: 'docker' };
    selection.learn(container({ container: named }));
    expect(selection.wants(named)).toBe(true);
    expect(wanted(selection)).toEqual([]);
    expect(selection.ambiguous()).toEqual([]);
  });

  it('waits for a container that does not exist yet', () => {
    const selection = select('web', 'later', '!other', 'host');
    expect(selection.waitingFor()).toEqual(['later']);
    const later = { id: 'eeee', name: 'later', runtime: 'runc' };
    selection.learn(container({ op: 'created', container: later }));
    expect(selection.waitingFor()).toEqual([]);
    expect(selection.wants(later)).toBe(true);
  });

  it('follows a container to a name that is learned late', () => {
    const selection = select('shop');
    expect(wanted(selection)).toEqual([]);
    selection.learn(container({ op: 'named', container: { ...web, name: 'shop' } }));
    expect(selection.wants(web)).toBe(true);
  });

  it('keeps containers of two runtimes apart that have the same id', () => {
    const twin = { ...db, id: web.id, runtime: 'podman', name: 'twin' };
    const selection = select('twin');
    selection.learn(container({ container: twin }));
    expect(selection.wants(twin)).toBe(true);
    expect(selection.wants(web)).toBe(false);
  });

  describe('kinds', () => {
    it.each([
      ['RUNTIME/ID', `docker/${web.id}`],
      ['a host pid that is no inode', '10123'],
    ])('finds a container by %s', (_what, word) => {
      expect(wanted(select(word))).toEqual(['web']);
    });

    it('are tried in order: a name wins over an id, an id over its prefix', () => {
      const selection = select('abc1');
      const named = { id: 'ffff', name: 'abc1', runtime: 'runc' };
      expect(wanted(selection)).toEqual(['web']);
      selection.learn(container({ container: named }));
      expect(wanted(selection)).toEqual([]);
      expect(selection.wants(named)).toBe(true);
    });

    it('takes a number for the inode of a pid namespace first, then for a pid', () => {
      const selection = select('20000');
      selection.learn(container({ container: { id: 'x', name: 'x', runtime: 'runc', pidns: 20000 } }));
      expect(wanted(selection)).toEqual([]);
    });

    it('needs two characters of an id', () => {
      expect(wanted(select('a'))).toEqual([]);
    });
  });

  describe('a container called host', () => {
    const odd: ContainerInfo = { id: 'host', name: 'host', runtime: 'runc' };

    it('is not the host', () => {
      const selection = select('host');
      selection.learn(container({ container: odd }));
      expect(selection.wants(odd)).toBe(false);
      expect(selection.wants(null)).toBe(true);
    });

    it('is not left out with it', () => {
      const selection = select('!host');
      selection.learn(container({ container: odd }));
      expect(selection.wants(odd)).toBe(true);
    });

    it.each([
      ['runc', 'host'],
      ['docker', 'f'.repeat(64)],
    ])('is selected by its runtime: %s', (runtime, id) => {
      const selection = select(`${runtime}/host`);
      const info = { id, name: 'host', runtime };
      selection.learn(container({ container: info }));
      expect(selection.wants(info)).toBe(true);
      expect(selection.wants(null)).toBe(false);
    });
  });

  describe('names', () => {
    const instance = (id: string, name: string, number: number): ContainerInfo => ({
      ...{ id, name, runtime: 'docker', instance: number },
    });

    it('select a container while it has them', () => {
      const selection = select('web2');
      const first = instance('a'.repeat(64), 'web2', 1);
      const second = instance('b'.repeat(64), 'web2', 2);
      selection.learn(container({ container: first }));
      expect(selection.wants(first)).toBe(true);
      selection.learn(container({ op: 'named', reason: 'renamed', container: { ...first, name: 'old' } }));
      expect(selection.wants({ ...first, name: 'old' })).toBe(false);
      selection.learn(container({ op: 'created', container: second }));
      expect(selection.wants(second)).toBe(true);
      expect(selection.wants({ ...first, name: 'old' })).toBe(false);
    });

    it('select the whole life of a container that bore them once', () => {
      const selection = select('web2');
      const first = instance('a'.repeat(64), 'web2', 1);
      selection.learn(container({ container: first }));
      selection.learn(container({ op: 'named', reason: 'renamed', container: { ...first, name: 'old' } }));
      expect(selection.wantsLife({ ...first, name: 'old' })).toBe(true);
    });

    it('that several containers have select all of them, and that is reported', () => {
      const selection = select('web2');
      const twins = ['a', 'b'].map((id, index) => ({ ...instance(id.repeat(64), 'web2', index + 1), root: `/${id}` }));
      for (const twin of twins) {
        selection.learn(container({ container: twin }));
      }
      expect(twins.every((twin) => selection.wants(twin))).toBe(true);
      expect(selection.ambiguous()).toEqual([{ text: 'web2', kind: 'name', candidates: twins }]);
    });

    it('of two lives of one container are not ambiguous', () => {
      const selection = select('web2');
      selection.learn(container({ container: instance('a'.repeat(64), 'web2', 1) }));
      selection.learn(container({ container: instance('a'.repeat(64), 'web2', 2) }));
      expect(selection.ambiguous()).toEqual([]);
    });
  });

  it('still selects a container whose runtime was guessed wrong at first', () => {
    const id = 'c'.repeat(64);
    for (const word of ['cccc', id, '10777', 'pid:[4026539999]']) {
      const selection = select(word);
      const guess = { id, name: id, runtime: 'docker', pidns: 4026539999, init: 10777 };
      selection.learn(container({ op: 'created', container: guess }));
      expect(selection.wants(guess)).toBe(true);
      const named = { ...guess, name: 'pod', runtime: 'podman' };
      selection.learn(container({ op: 'named', container: named }));
      expect(selection.ambiguous()).toEqual([]);
      expect(selection.wants(named), word).toBe(true);
      expect(selection.wants({ id, name: 'pod', runtime: 'podman' }), word).toBe(true);
    }
  });

  it('keeps instances apart, also those of several hosts', () => {
    const selection = select('10123');
    const one = { ...web, instance: 1 };
    selection.learn(Object.assign(exec({ ...inContainer, container: one }), { recording: 'r1' }));
    const other = { ...one, name: 'other', id: 'f'.repeat(64), init: 77 };
    selection.learn(Object.assign(exec({ ...inContainer, pid: 77, container: other }), { recording: 'r2' }));
    expect(selection.wants(one, { recording: 'r1' })).toBe(true);
    expect(selection.wants(other, { recording: 'r2' })).toBe(false);
  });

  it('forgets containers that are gone, the oldest first, but none that lives', () => {
    const selection = select('web');
    for (let number = 0; number < 1100; number += 1) {
      const info = { id: `id${number}`, name: `gone${number}`, runtime: 'runc' };
      selection.learn(container({ op: 'created', container: info }));
      selection.learn(container({ op: 'removed', container: info }));
    }
    expect(selection.containers.named('gone0').size).toBe(0);
    expect(selection.containers.named('gone1099').size).toBe(1);
    expect(wanted(selection)).toEqual(['web']);
  });
});
