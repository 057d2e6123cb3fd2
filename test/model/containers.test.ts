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

  describe('that share what a process is in', () => {
    const shared = { ...hostNs, pid: containerNs.pid };
    let [first, second, third] = [named('first'), named('second'), named('third')];
    const claim = (container: Container, changes: Partial<typeof hostNs>, nspid = 7): void => {
      const ns = { ...shared, ...changes };
      container.init = process({ pid: 600, nspid: [600, nspid], ns });
      container.ns = ns;
      containers.namespaces.claim(ns, container);
    };
    const found = (changes: Partial<Process>): string | undefined =>
      containers.of(process({ ns: shared, ...changes }))?.container.ref.id;
    beforeEach(() => {
      [first, second, third] = [named('first'), named('second'), named('third')];
    });

    it('have it by mount namespace, then net namespace, then cgroup, then as pid 1', () => {
      claim(first, { mnt: 10, net: 20 }, 1);
      claim(second, { mnt: 10, net: 21 });
      claim(third, { mnt: 11, net: 20 });
      containers.cgroups.claim('', '/second', second);
      containers.cgroups.claim('', '/third', third);
      const cgroups = new CgroupSet(new Map([['', '/third']]));
      expect(found({ ns: { ...shared, mnt: 11, net: 21 } })).toBe('third');
      expect(found({ ns: { ...shared, mnt: 10, net: 21 } })).toBe('second');
      expect(found({ ns: { ...shared, mnt: 10, net: 20 } })).toBe('first');
      expect(found({ ns: { ...shared, net: 21 }, cgroups })).toBe('second');
      expect(found({ ns: { ...shared, net: 20 } })).toBe('first');
      expect(found({ ns: { ...shared, net: 20 }, cgroups })).toBe('third');
      expect(found({ cgroups })).toBe('third');
      expect(found({})).toBe('first');
    });

    it('have it by the runtime’s call that it is part of, before all else', () => {
      claim(first, { mnt: 10 }, 1);
      claim(second, { mnt: 11 });
      const invocation = { action: 'enter', runtime: 'runc', made: second } as unknown as Process['invocation'];
      expect(found({ ns: { ...shared, mnt: 10 } })).toBe('first');
      expect(found({ ns: { ...shared, mnt: 10 }, invocation })).toBe('second');
      expect(found({ ns: shared, invocation })).toBe('second');
    });

    it('none has if none is the one whose init is pid 1 of it', () => {
      claim(first, {});
      claim(second, {});
      expect(found({})).toBeUndefined();
      expect(containers.ofPidns(shared.pid)).toBeUndefined();
      second.init = process({ nspid: [601, 1], ns: { ...shared, pid: 99 } });
      expect(found({})).toBeUndefined();
      second.init = process({ nspid: [601, 1], ns: shared });
      expect([found({}), containers.ofPidns(shared.pid)]).toEqual(['second', second]);
      first.init = process({ nspid: [601, 4, 1], ns: shared });
      expect(found({})).toBeUndefined();
      first.init = process({ nspid: [1, 4], ns: shared });
      expect(found({})).toBe('second');
      first.init = undefined;
      expect(found({})).toBe('second');
    });

    it('have it by net namespace where they share a cgroup, and none has where that is shared too', () => {
      first.ns = { ...hostNs, net: 20 };
      second.ns = { ...hostNs, net: 21 };
      containers.cgroups.claim('', '/pod', first);
      containers.cgroups.claim('', '/pod', second);
      first.init = process({ nspid: [600], ns: hostNs });
      const cgroups = new CgroupSet(new Map([['', '/pod']]));
      expect(containers.of(process({ cgroups, ns: { ...hostNs, net: 21 } }))?.container).toBe(second);
      expect(containers.of(process({ cgroups }))).toBeUndefined();
      second.ns = { ...hostNs, net: 20 };
      expect(containers.of(process({ cgroups, ns: { ...hostNs, net: 20 } }))).toBeUndefined();
    });

    it('have it alone by the mount namespace that it was put into, if that is inside what else leads to it', () => {
      claim(first, {}, 1);
      second.outer = first;
      third.outer = second;
      containers.namespaces.claim({ ...hostNs, mnt: 10 }, second);
      const inMnt = { ns: { ...shared, mnt: 10 }, mntMoved: true };
      expect(containers.of(process(inMnt))).toEqual({ container: second, evidence: 'mnt' });
      second.outer = undefined;
      expect(containers.of(process(inMnt))).toEqual({ container: first, evidence: 'pidns' });
    });
  });

  it('take what a runtime sent to be init from its cgroup on, until that is there', () => {
    const around = named('around');
    containers.namespaces.claim(containerNs, around);
    containers.cgroups.claim('', '/docker/outer', outer);
    const invocation = { action: 'start', runtime: 'runc', made: outer } as unknown as Process['invocation'];
    const sent = process({ ...inCgroups({ '': '/docker/outer' }), ns: containerNs, invocation });
    expect(containers.of(sent)).toEqual({ container: outer, evidence: 'cgroup' });
    expect(containers.of({ ...sent, cgroups: CgroupSet.none })).toEqual({ container: around, evidence: 'pidns' });
    const entering = { ...invocation, action: 'enter' } as unknown as Process['invocation'];
    expect(containers.of({ ...sent, invocation: entering })).toEqual({ container: around, evidence: 'pidns' });
    outer.init = process({ ns: containerNs });
    expect(containers.of(sent)).toEqual({ container: around, evidence: 'pidns' });
    outer.init = undefined;
  });

  it('know the host’s pid namespace', () => {
    expect([containers.isHostPidns(hostNs.pid), containers.isHostPidns(containerNs.pid)]).toEqual([true, false]);
  });

  it('have a cgroup each, and one around that', () => {
    containers.cgroups.claim('', '/docker/outer', outer);
    containers.cgroups.claim('', '/docker/outer/x', named('inner'));
    expect(containers.ofCgroup('', '/docker/outer')).toBe(outer);
    expect(containers.ofCgroup('memory', '/docker/outer/y')).toBe(outer);
    expect(containers.ofCgroup('', '/docker')).toBeUndefined();
    expect(containers.around('/docker/outer/x')).toBe(outer);
    expect(containers.around('/docker/outer')).toBeUndefined();
    containers.cgroups.claim('', '/docker/outer', named('second'));
    expect(containers.ofCgroup('', '/docker/outer')).toBeUndefined();
  });

  it('of one id are those that live, else those that ended', () => {
    const web = { id: 'web', name: 'web', runtime: 'runc' };
    const [before, now] = [containers.make(web), containers.make(web)];
    containers.make({ ...web, id: 'db' });
    before.stopped = true;
    expect(containers.withId('web')).toEqual([now]);
    now.stopped = true;
    expect(containers.withId('web')).toEqual([before, now]);
    expect([...containers.all()]).toHaveLength(3);
  });

  it('say which namespaces are the host’s, or those of others that live', () => {
    const [web, db, gone] = ['web', 'db', 'gone'].map((id) => containers.make({ id, name: id, runtime: 'runc' }));
    const ns = { ...containerNs, net: hostNs.net };
    web!.ns = ns;
    db!.ns = { ...hostNs, ipc: ns.ipc, uts: 7 };
    gone!.ns = ns;
    gone!.stopped = true;
    expect(containers.sharedBy(web!, ns)).toEqual({
      ...{ net: ['host'], user: ['host'], cgroup: ['host'], time: ['host'], ipc: ['db'] },
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
