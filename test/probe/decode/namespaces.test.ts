import { expect, it } from 'vitest';
import { Fields } from '../../../src/probe/decode/fields.ts';
import { NamespaceCache } from '../../../src/probe/decode/namespaces.ts';
import { pair } from '../../fixtures/lines.ts';

const types = ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time'] as const;
const lineOf = (inodes: readonly number[]): Fields => {
  const fields = new Fields();
  fields.start(`S ${[0, 2, 4, 6].map((at) => pair(inodes[at]!, inodes[at + 1]!)).join(' ')}`);
  return fields;
};

it('gives the same object for the same namespaces, and another one where any of them differs', () => {
  const cache = new NamespaceCache();
  const inodes = [11, 12, 13, 14, 15, 16, 17, 18];
  const first = cache.read(lineOf(inodes));
  expect(first).toEqual({ pid: 11, mnt: 12, net: 13, ipc: 14, uts: 15, user: 16, cgroup: 17, time: 18 });
  expect(cache.read(lineOf(inodes))).toBe(first);
  for (const [at, type] of types.entries()) {
    const other = cache.read(lineOf(inodes.with(at, 99)));
    expect(other).toEqual({ ...first, [type]: 99 });
  }
});

it('takes no set for another one that has the same hash', () => {
  const cache = new NamespaceCache();
  // 31 times one of pid is as much as one of mnt, and so on down: inodes that differ, and hashes that do not.
  const [one, other] = [
    [10, 100, 7, 7, 7, 7, 7, 7],
    [11, 69, 7, 7, 7, 7, 7, 7],
  ];
  cache.read(lineOf(one!));
  expect(cache.read(lineOf(other!))).toMatchObject({ pid: 11, mnt: 69 });
});

it('forgets all once there are many', () => {
  const cache = new NamespaceCache();
  const first = cache.read(lineOf([1, 1, 1, 1, 1, 1, 1, 1]));
  for (let mnt = 2; mnt <= 8193; mnt += 1) {
    cache.read(lineOf([1, mnt, 1, 1, 1, 1, 1, 1]));
  }
  const again = cache.read(lineOf([1, 1, 1, 1, 1, 1, 1, 1]));
  expect(again).toEqual(first);
  expect(again).not.toBe(first);
});
