import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import {
  inHostPidns,
  inHostTimens,
  inHostUserns,
  maySeeNamespaces,
  readHostNamespaces,
} from '../../src/procfs/host.ts';

const inside = <Result>(links: Readonly<Record<string, string>>, look: (root: string) => Result): Result => {
  const root = mkdtempSync(`${tmpdir()}/nstrace-host-`);
  mkdirSync(`${root}/self/ns`, { recursive: true });
  for (const [name, target] of Object.entries(links)) {
    symlinkSync(target, `${root}/self/ns/${name}`);
  }
  const result = look(root);
  rmSync(root, { recursive: true });
  return result;
};

describe('the host’s namespaces', () => {
  it.each([
    ['pid:[4026531836]', true],
    ['pid:[4026532572]', false],
  ])('%s is its pid namespace: %s', (link, expected) => {
    expect(inside({ pid: link }, inHostPidns)).toBe(expected);
  });

  it.each([
    ['time:[4026531834]', true],
    ['time:[4026532573]', false],
  ])('%s is its time namespace: %s', (link, expected) => {
    expect(inside({ time: link }, inHostTimens)).toBe(expected);
  });

  it.each([
    ['user:[4026531837]', true],
    ['user:[4026532574]', false],
  ])('%s is its user namespace: %s', (link, expected) => {
    expect(inside({ user: link }, inHostUserns)).toBe(expected);
  });

  it('has no time namespace on a kernel without them', () => {
    expect(inside({}, inHostTimens)).toBe(true);
  });
});

describe('what may be seen of processes', () => {
  const root = mkdtempSync(`${tmpdir()}/nstrace-host-`);
  afterAll(() => rmSync(root, { recursive: true }));
  const put = (pid: string, inode: number): void => {
    mkdirSync(`${root}/${pid}/ns`, { recursive: true });
    for (const type of ['pid', 'mnt', 'net', 'ipc', 'uts', 'user', 'cgroup', 'time']) {
      symlinkSync(`${type}:[${inode}]`, `${root}/${pid}/ns/${type}`);
    }
  };

  it('are the host’s namespaces: of pid 1, else of a thread of the kernel, else our own', () => {
    put('self', 30);
    expect(readHostNamespaces(root).mnt).toBe(30);
    put('2', 20);
    expect(readHostNamespaces(root).mnt).toBe(20);
    put('1', 10);
    expect(readHostNamespaces(root).mnt).toBe(10);
  });

  it.each([
    ['0000000000284000', true],
    ['0000000000204000', false],
    ['000001ffffffffff', true],
  ])('with rights %s are the namespaces of others: %s', (rights, expected) => {
    mkdirSync(`${root}/self`, { recursive: true });
    writeFileSync(`${root}/self/status`, `Name:\tnode\nCapEff:\t${rights}\n`);
    expect(maySeeNamespaces(root)).toBe(expected);
  });
});
