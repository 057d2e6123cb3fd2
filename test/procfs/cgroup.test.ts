import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCgroups, parseHierarchies, readCgroupPaths, unifiedMount } from '../../src/procfs/cgroup.ts';

const hybrid = '9:name=systemd:/a.slice\n4:memory:/some/parent/xyxy12\n2:cpu,cpuacct:/xyxy12\n0::/xyxy12\n';

describe('parseCgroups', () => {
  it('reads the one path of a host with only the unified hierarchy', () => {
    expect([...parseCgroups('0::/system.slice/docker-abc.scope\n')]).toEqual([['', '/system.slice/docker-abc.scope']]);
  });

  it('reads the path in every hierarchy of a hybrid host', () => {
    expect(Object.fromEntries(parseCgroups(hybrid))).toEqual({
      'name=systemd': '/a.slice',
      memory: '/some/parent/xyxy12',
      'cpu,cpuacct': '/xyxy12',
      '': '/xyxy12',
    });
  });

  it('keeps colons that are in a path', () => {
    const path = '/kubepods-pod1.slice:cri-containerd:abc';
    expect(parseCgroups(`0::${path}\n`).get('')).toBe(path);
    expect(parseCgroups(`4:memory:${path}\n`).get('memory')).toBe(path);
  });

  it('reads nothing from nothing', () => {
    expect(parseCgroups('').size).toBe(0);
  });
});

describe('parseHierarchies', () => {
  it('names hierarchies by the number of the kernel', () => {
    expect(Object.fromEntries(parseHierarchies(hybrid))).toEqual({
      0: '',
      2: 'cpu,cpuacct',
      4: 'memory',
      9: 'name=systemd',
    });
  });

  it('always knows the unified one', () => {
    expect([...parseHierarchies('')]).toEqual([[0, '']]);
  });
});

describe('unifiedMount', () => {
  const proc = 'proc /proc proc rw 0 0\n';

  it('finds it on unified and on hybrid hosts', () => {
    expect(unifiedMount(`${proc}cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n`)).toBe('/sys/fs/cgroup');
    const v1 = 'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0\n';
    expect(unifiedMount(`${v1}cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n`)).toBe('/sys/fs/cgroup/unified');
  });

  it('finds none where there is none', () => {
    expect(unifiedMount(`${proc}cgroup2 /mnt tmpfs rw 0 0\n`)).toBeUndefined();
  });
});

describe('readCgroupPaths', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(`${tmpdir()}/nstrace-cgroup-`);
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('finds every folder by its inode, and follows no links', () => {
    mkdirSync(`${root}/a.slice/b.scope`, { recursive: true });
    mkdirSync(`${root}/xyxy12`);
    writeFileSync(`${root}/cgroup.procs`, '');
    symlinkSync('/', `${root}/link`);
    const expected = ['', '/a.slice', '/a.slice/b.scope', '/xyxy12'].map((path) => [
      statSync(`${root}${path}`).ino,
      path || '/',
    ]);
    expect(readCgroupPaths(root)).toEqual(new Map(expected as [number, string][]));
  });

  it('finds nothing without a mount', () => {
    expect(readCgroupPaths(undefined).size).toBe(0);
    expect(readCgroupPaths(`${root}/none`).size).toBe(0);
  });
});
