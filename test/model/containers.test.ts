import { beforeEach, describe, expect, it } from 'vitest';
import { CgroupSet } from '../../src/model/cgroups.ts';
import { Container } from '../../src/model/container.ts';
import { Containers } from '../../src/model/containers.ts';
import type { Process } from '../../src/model/process.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const named = (id: string): Container => new Container({ id, name: id, runtime: 'runc' }, 1);

const process = (changes: Partial<Process> = {}): Process => ({
  ...{ pid: 500, startTicks: 1, startAt: 1e7, ppid: 1, nspid: [500], uid: 0, gid: 0 },
  ...{ comm: 'ls', exe: '/bin/ls', args: ['ls'], ns: hostNs, cgroups: CgroupSet.none, mntMoved: false },
  ...{
    container: undefined,
    origin: undefined,
    settled: false,
    command: undefined,
    errand: undefined,
    enteredBy: undefined,
  },
  ...changes,
});

const inCgroups = (paths: Record<string, string>): Process =>
  process({ cgroups: new CgroupSet(new Map(Object.entries(paths))) });

describe('Containers', () => {
  let containers: Containers;
  const outer = named('outer');
  beforeEach(() => {
    containers = new Containers(hostNs);
    outer.cgroups.clear();
  });

  it('take everything as the host at first', () => {
    expect(containers.of(inCgroups({ '': '/user.slice' }))).toBeUndefined();
    expect(containers.makesOne(process())).toBeUndefined();
  });

  describe('by cgroup', () => {
    beforeEach(() => containers.claimCgroup('', '/docker/outer', outer));

    it('hold what is in the cgroup, and in those below it', () => {
      expect(containers.of(inCgroups({ '': '/docker/outer' }))).toBe(outer);
      expect(containers.of(inCgroups({ '': '/docker/outer/init.scope/x' }))).toBe(outer);
    });

    it('do not hold what is above or beside it', () => {
      expect(containers.of(inCgroups({ '': '/docker' }))).toBeUndefined();
      expect(containers.of(inCgroups({ '': '/docker/outer2' }))).toBeUndefined();
      expect(containers.of(inCgroups({ '': '/docker/out' }))).toBeUndefined();
    });

    it('take the innermost of nested ones', () => {
      const inner = named('inner');
      containers.claimCgroup('', '/docker/outer/inner', inner);
      expect(containers.of(inCgroups({ '': '/docker/outer/inner' }))).toBe(inner);
      expect(containers.of(inCgroups({ '': '/docker/outer' }))).toBe(outer);
    });

    it('are found in any hierarchy', () => {
      expect(containers.of(inCgroups({ memory: '/docker/outer', '': '/user.slice' }))).toBe(outer);
    });

    it('go before the namespaces', () => {
      const other = named('other');
      containers.claimNamespaces(containerNs, other);
      const joined = process({ ...inCgroups({ '': '/docker/outer' }), ns: containerNs });
      expect(containers.of(joined)).toBe(outer);
    });

    it('are found at once in cgroups that were looked at before they had one', () => {
      const later = inCgroups({ '': '/later' });
      expect(containers.of(later)).toBeUndefined();
      const container = named('later');
      containers.claimCgroup('', '/later', container);
      expect(containers.of(later)).toBe(container);
    });

    it('never claim the root of a hierarchy', () => {
      containers.claimCgroup('', '/', named('greedy'));
      expect(containers.of(inCgroups({ '': '/user.slice' }))).toBeUndefined();
    });

    it('are gone when the last of their cgroups is', () => {
      containers.claimCgroup('memory', '/docker/outer', outer);
      containers.claimCgroup('memory', '/parent/outer', outer);
      expect(containers.dropCgroup('memory', '/docker/outer')).toBeUndefined();
      expect(containers.of(inCgroups({ '': '/docker/outer' }))).toBe(outer);
      expect(containers.dropCgroup('memory', '/parent/outer')).toBeUndefined();
      expect(containers.dropCgroup('', '/docker/outer')).toBe(outer);
      expect(containers.of(inCgroups({ '': '/docker/outer' }))).toBeUndefined();
    });

    it('are not gone because of a cgroup that is not theirs', () => {
      expect(containers.dropCgroup('', '/docker/other')).toBeUndefined();
      expect(containers.dropCgroup('', '/docker/outer/child')).toBeUndefined();
    });
  });

  describe('by namespace', () => {
    const inPidns = process({ ns: { ...hostNs, pid: containerNs.pid } });
    const inMnt = process({ ns: { ...hostNs, mnt: containerNs.mnt }, mntMoved: true });

    it('are made by a pid namespace of their own', () => {
      expect(containers.makesOne(inPidns)).toBe('pid');
      containers.claimNamespaces(inPidns.ns, outer);
      expect(containers.of(inPidns)).toBe(outer);
    });

    it('are made by a mount namespace only if the process was put there', () => {
      expect(containers.makesOne(inMnt)).toBe('mnt');
      containers.claimNamespaces(inMnt.ns, outer);
      expect(containers.of(inMnt)).toBe(outer);
      expect(containers.makesOne({ ...inMnt, mntMoved: false })).toBeUndefined();
      expect(containers.of({ ...inMnt, mntMoved: false })).toBeUndefined();
    });

    it('do not take the namespaces that they share with the host', () => {
      containers.claimNamespaces({ ...hostNs, net: containerNs.net }, outer);
      expect(containers.of(process())).toBeUndefined();
      expect(containers.of(process({ mntMoved: true }))).toBeUndefined();
    });

    it('stay with who had them first', () => {
      containers.claimNamespaces(containerNs, outer);
      containers.claimNamespaces(containerNs, named('second'));
      expect(containers.ofPidns(containerNs.pid)).toBe(outer);
    });
  });

  it('find a container by id and runtime', () => {
    containers.claimCgroup('', '/outer', outer);
    expect(containers.withId('outer', 'runc')).toBe(outer);
    expect(containers.withId('outer', 'docker')).toBeUndefined();
  });

  it('forget all of a container that is gone', () => {
    containers.claimCgroup('', '/outer', outer);
    containers.claimNamespaces(containerNs, outer);
    containers.forget(outer);
    expect(containers.of(inCgroups({ '': '/outer' }))).toBeUndefined();
    expect(containers.ofPidns(containerNs.pid)).toBeUndefined();
    expect(containers.all().size).toBe(0);
  });
});
