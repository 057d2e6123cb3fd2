import { beforeEach, describe, expect, it } from 'vitest';
import { CgroupSet } from '../../src/model/cgroups.ts';
import { Container } from '../../src/model/container.ts';
import { Containers } from '../../src/model/containers.ts';
import type { Process } from '../../src/model/process.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const named = (id: string): Container => new Container({ id, name: id, runtime: 'runc' }, 1);

const process = (changes: Partial<Process> = {}): Process => ({
  ...{
    pid: 500,
    startTicks: 1,
    startAt: 1e7,
    start: '10000000',
    execAt: 1e7,
    ppid: 1,
    parent: undefined,
    ended: false,
    nsGuessed: false,
  },
  ...{ nspid: [500], uid: 0, gid: 0, comm: 'ls', exe: '/bin/ls', args: ['ls'], argsCut: false, ns: hostNs },
  ...{
    cgroups: CgroupSet.none,
    mntMoved: false,
    childPidns: hostNs.pid,
    unshared: false,
    countedMnt: 0,
    countedPid: 0,
  },
  ...{ membership: undefined, origin: undefined, settled: false, command: undefined, invocation: undefined },
  ...{ engine: undefined, daemon: false, role: undefined, enteredBy: undefined },
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
    expect(containers.namespaces.makesOne(process())).toBeUndefined();
  });

  describe('by cgroup', () => {
    beforeEach(() => containers.cgroups.claim('', '/docker/outer', outer));

    it('hold what is in the cgroup, and in those below it', () => {
      expect(containers.of(inCgroups({ '': '/docker/outer' }))?.container).toBe(outer);
      expect(containers.of(inCgroups({ '': '/docker/outer/init.scope/x' }))?.container).toBe(outer);
    });

    it('do not hold what is above or beside it', () => {
      expect(containers.of(inCgroups({ '': '/docker' }))).toBeUndefined();
      expect(containers.of(inCgroups({ '': '/docker/outer2' }))).toBeUndefined();
      expect(containers.of(inCgroups({ '': '/docker/out' }))).toBeUndefined();
    });

    it('take the innermost of nested ones', () => {
      const inner = named('inner');
      containers.cgroups.claim('', '/docker/outer/inner', inner);
      expect(containers.of(inCgroups({ '': '/docker/outer/inner' }))?.container).toBe(inner);
      expect(containers.of(inCgroups({ '': '/docker/outer' }))?.container).toBe(outer);
    });

    it('are found in any hierarchy', () => {
      expect(containers.of(inCgroups({ memory: '/docker/outer', '': '/user.slice' }))?.container).toBe(outer);
    });

    it('go behind a pid namespace', () => {
      const other = named('other');
      containers.namespaces.claim(containerNs, other);
      const joined = process({ ...inCgroups({ '': '/docker/outer' }), ns: containerNs });
      expect(containers.of(joined)).toEqual({ container: other, evidence: 'pidns' });
    });

    it('go before the pid namespace of the container around them', () => {
      const inner = named('inner');
      inner.outer = outer;
      containers.namespaces.claim(containerNs, outer);
      containers.cgroups.claim('', '/docker/outer/inner', inner);
      const sharing = process({ ...inCgroups({ '': '/docker/outer/inner' }), ns: containerNs });
      expect(containers.of(sharing)).toEqual({ container: inner, evidence: 'cgroup' });
    });

    it('lead to none of several that share one, unless something else does', () => {
      const second = named('second');
      containers.cgroups.claim('', '/docker/outer', second);
      expect(containers.of(inCgroups({ '': '/docker/outer' }))).toBeUndefined();
      containers.namespaces.claim(containerNs, second);
      const inMnt = { ...inCgroups({ '': '/docker/outer' }), ns: { ...hostNs, mnt: containerNs.mnt } };
      expect(containers.of(process(inMnt))).toEqual({ container: second, evidence: 'cgroup' });
    });

    it('are found at once in cgroups that were looked at before they had one', () => {
      const later = inCgroups({ '': '/later' });
      expect(containers.of(later)).toBeUndefined();
      const container = named('later');
      containers.cgroups.claim('', '/later', container);
      expect(containers.of(later)?.container).toBe(container);
    });

    it('never claim the root of a hierarchy', () => {
      containers.cgroups.claim('', '/', named('greedy'));
      expect(containers.of(inCgroups({ '': '/user.slice' }))).toBeUndefined();
    });

    it('are gone when they have ended and the last of their cgroups is removed', () => {
      containers.cgroups.claim('memory', '/docker/outer', outer);
      containers.cgroups.claim('memory', '/parent/outer', outer);
      outer.stopped = true;
      expect(containers.cgroups.remove('memory', '/docker/outer')).toEqual([]);
      expect(containers.cgroups.remove('memory', '/parent/outer')).toEqual([]);
      expect(containers.cgroups.remove('', '/docker/outer')).toEqual([outer]);
      outer.stopped = false;
    });

    it('go on without cgroups while they have processes', () => {
      expect(containers.cgroups.remove('', '/docker/outer')).toEqual([]);
      expect(containers.of(inCgroups({ '': '/docker/outer' }))).toBeUndefined();
    });

    it('are not gone because of a cgroup that is not theirs', () => {
      expect(containers.cgroups.remove('', '/docker/other')).toEqual([]);
      expect(containers.cgroups.remove('', '/docker/outer/child')).toEqual([]);
    });
  });

  describe('by namespace', () => {
    const inPidns = process({ ns: { ...hostNs, pid: containerNs.pid } });
    const inMnt = process({ ns: { ...hostNs, mnt: containerNs.mnt }, mntMoved: true });

    it('are made by a pid namespace of their own', () => {
      expect(containers.namespaces.makesOne(inPidns)).toBe('pid');
      containers.namespaces.claim(inPidns.ns, outer);
      expect(containers.of(inPidns)?.container).toBe(outer);
    });

    it('are made by a mount namespace only if the process was put there', () => {
      expect(containers.namespaces.makesOne(inMnt)).toBe('mnt');
      containers.namespaces.claim(inMnt.ns, outer);
      expect(containers.of(inMnt)?.container).toBe(outer);
      expect(containers.namespaces.makesOne({ ...inMnt, mntMoved: false })).toBeUndefined();
      expect(containers.of({ ...inMnt, mntMoved: false })).toBeUndefined();
    });

    it('do not take the namespaces that they share with the host', () => {
      containers.namespaces.claim({ ...hostNs, net: containerNs.net }, outer);
      expect(containers.of(process())).toBeUndefined();
      expect(containers.of(process({ mntMoved: true }))).toBeUndefined();
    });

    it('lead to the one whose init is pid 1 of it, if nothing else distinguishes those that share it', () => {
      const second = named('second');
      outer.init = process({ pid: 600, nspid: [600, 1], ns: containerNs });
      second.init = process({ pid: 601, nspid: [601, 7], ns: { ...containerNs, mnt: 77 } });
      containers.namespaces.claim(containerNs, outer);
      containers.namespaces.claim(second.init.ns, second);
      expect(containers.ofPidns(containerNs.pid)).toBe(outer);
      expect(containers.of(process({ ns: { ...hostNs, pid: containerNs.pid } }))?.container).toBe(outer);
      expect(containers.of(process({ ns: { ...hostNs, pid: containerNs.pid, mnt: 77 } }))?.container).toBe(second);
      outer.init = undefined;
    });

    it('lead nowhere once the last process has left them', () => {
      const [first, last] = [process({ ns: containerNs }), process({ pid: 501, ns: containerNs })];
      containers.namespaces.claim(containerNs, outer);
      containers.namespaces.count(first);
      containers.namespaces.count(last);
      containers.namespaces.uncount(first);
      expect(containers.namespaces.withPidns(containerNs.pid)).toBeDefined();
      containers.namespaces.uncount(last);
      expect(containers.namespaces.withPidns(containerNs.pid)).toBeUndefined();
      expect(containers.namespaces.makesOne(process({ ns: containerNs }))).toBe('pid');
    });

    it('make no container of a mount namespace that a service is in', () => {
      containers.namespaces.count(process({ ns: inMnt.ns }));
      expect(containers.namespaces.makesOne(inMnt)).toBeUndefined();
    });
  });

  it('have numbers that are never used again', () => {
    const first = containers.make({ id: 'web', name: 'web', runtime: 'runc' });
    const second = containers.make({ id: 'web', name: 'web', runtime: 'docker' });
    expect([first.ref.instance, second.ref.instance]).toEqual([1, 2]);
    expect(containers.withId('web')).toEqual([first, second]);
    containers.forget(second);
    expect(containers.make({ id: 'web', name: 'web', runtime: 'runc' }).ref.instance).toBe(3);
  });

  it('forget all of a container that is gone', () => {
    containers.cgroups.claim('', '/outer', outer);
    containers.namespaces.claim(containerNs, outer);
    containers.forget(outer);
    expect(containers.of(inCgroups({ '': '/outer' }))).toBeUndefined();
    expect(containers.ofPidns(containerNs.pid)).toBeUndefined();
    expect(containers.namespaces.withPidns(containerNs.pid)).toBeUndefined();
  });
});
