import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { checkCgroups } from '../../src/doctor/cgroups.ts';

const look = (
  mounts: readonly string[],
  { ns = 'cgroup:[4026531835]', controllers = 'cpu memory pids' } = {},
): string => {
  const root = mkdtempSync(`${tmpdir()}/nstrace-doctor-`);
  mkdirSync(`${root}/proc/self/ns`, { recursive: true });
  mkdirSync(`${root}/sys/fs/cgroup`, { recursive: true });
  writeFileSync(`${root}/proc/self/mounts`, mounts.map((line) => `${line}\n`).join(''));
  writeFileSync(`${root}/sys/fs/cgroup/cgroup.controllers`, `${controllers}\n`);
  symlinkSync(ns, `${root}/proc/self/ns/cgroup`);
  try {
    return checkCgroups(root);
  } finally {
    rmSync(root, { recursive: true });
  }
};

const v2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0';
const unified = 'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0';
const v1 = ['cgroup /sys/fs/cgroup/cpuacct cgroup rw,cpuacct 0 0', 'cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0'];

describe('the cgroups of a host', () => {
  it.each([
    ['v2', [v2]],
    ['v1', v1],
    ['hybrid, v1 and v2', [...v1, unified]],
  ])('are %s', (version, mounts) => {
    expect(look(mounts)).toBe(version);
  });

  it('count no memory where the kernel was started so', () => {
    expect(() => look([v2], { controllers: 'cpu pids' })).toThrow('v2, which counts no memory');
    expect(() => look([v1[0]!, unified])).toThrow('hybrid, v1 and v2, which counts no memory');
  });

  it('cannot be read where none is mounted', () => {
    expect(() => look(['proc /proc proc rw 0 0'])).toThrow('no hierarchy is mounted here');
  });

  it('have no whole paths in a cgroup namespace', () => {
    expect(() => look([v2], { ns: 'cgroup:[4026532700]' })).toThrow('in a cgroup namespace of its own');
  });
});
