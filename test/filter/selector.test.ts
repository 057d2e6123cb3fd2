import { describe, expect, it } from 'vitest';
import { ContainerSelection, parseSelector } from '../../src/filter/selector.ts';
import type { ContainerInfo } from '../../src/record/schema.ts';
import { container, containerNs, exec, inContainer } from '../fixtures/records.ts';

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
    expect(selection.ambiguous()).toEqual({ text: 'abc', candidates: [web, db] });
    expect(select('abc1').ambiguous()).toBeUndefined();
  });

  it('takes an exact name although it is a prefix of the ids of others', () => {
    const selection = select('abc');
    const named = { id: 'ffff', name: 'abc', runtime: 'docker' };
    selection.learn(container({ container: named }));
    expect(selection.wants(named)).toBe(true);
    expect(wanted(selection)).toEqual([]);
    expect(selection.ambiguous()).toBeUndefined();
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
});
