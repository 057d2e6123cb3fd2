import { describe, expect, it } from 'vitest';
import { countOf, parseCpuStat, readUsage, usageMounts } from '../../src/procfs/usage.ts';

const v2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0\n';
const hybrid = `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0
`;

const read = (mounts: string, files: Record<string, string>, ...paths: string[]) =>
  readUsage(usageMounts(mounts), paths, (path) => files[path]);

describe('usageMounts', () => {
  it('finds the hierarchies that count', () => {
    expect(usageMounts(v2)).toEqual({ unified: '/sys/fs/cgroup', cpuacct: undefined, memory: undefined });
    expect(usageMounts(hybrid)).toEqual({
      unified: '/sys/fs/cgroup/unified',
      cpuacct: '/sys/fs/cgroup/cpu,cpuacct',
      memory: '/sys/fs/cgroup/memory',
    });
    expect(usageMounts('')).toEqual({ unified: undefined, cpuacct: undefined, memory: undefined });
  });
});

describe('readUsage', () => {
  it('reads version 2', () => {
    const files = {
      '/sys/fs/cgroup/docker/x/cpu.stat': 'usage_usec 1500\nuser_usec 1000\n',
      '/sys/fs/cgroup/docker/x/memory.current': '5000\n',
      '/sys/fs/cgroup/docker/x/memory.stat': 'anon 100\ninactive_file 1000\nactive_file 7\n',
    };
    expect(read(v2, files, '/docker/x')).toEqual({ cpu_ns: 1_500_000, memory_bytes: 4000 });
  });

  it('reads version 1, and a hybrid host', () => {
    const files = {
      '/sys/fs/cgroup/cpu,cpuacct/x/cpuacct.usage': '123456789\n',
      '/sys/fs/cgroup/unified/x/cpu.stat': 'usage_usec 1\n',
      '/sys/fs/cgroup/memory/x/memory.usage_in_bytes': '9000\n',
      '/sys/fs/cgroup/memory/x/memory.stat': 'inactive_file 1\ntotal_inactive_file 4000\n',
    };
    expect(read(hybrid, files, '/x')).toEqual({ cpu_ns: 123_456_789, memory_bytes: 5000 });
  });

  it('takes CPU time from the unified hierarchy where no other counts it', () => {
    expect(read(hybrid, { '/sys/fs/cgroup/unified/x/cpu.stat': 'usage_usec 2\n' }, '/x')).toEqual({ cpu_ns: 2000 });
  });

  it('says nothing of what it cannot read', () => {
    expect(read(v2, {}, '/x')).toEqual({});
    expect(read(v2, { '/sys/fs/cgroup/x/memory.current': 'max\n' }, '/x')).toEqual({});
    expect(read('', { '/x/cpu.stat': 'usage_usec 2\n' }, '/x')).toEqual({});
  });

  it('takes the first path that is there', () => {
    const files = { '/sys/fs/cgroup/b/memory.current': '7\n' };
    expect(read(v2, files, '/a', '/b')).toEqual({ memory_bytes: 7 });
  });
});

describe('numbers of cgroup files', () => {
  it.each([
    ['12\n', 12],
    ['12', 12],
    ['', undefined],
    ['-1\n', undefined],
    ['12 13\n', undefined],
    [undefined, undefined],
  ])('%j is %s', (text, expected) => {
    expect(countOf(text)).toBe(expected);
  });

  it('are found by their name', () => {
    expect(parseCpuStat('core_sched.force_idle_usec 5\nusage_usec 7\n')).toBe(7000);
    expect(parseCpuStat('nr_periods 5\n')).toBeUndefined();
  });
});
