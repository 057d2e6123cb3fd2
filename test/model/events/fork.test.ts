import { beforeEach, describe, expect, it } from 'vitest';
import type { ExitEvent, FailedExecEvent, ForkEvent, NamespaceEvent } from '../../../src/probe/event.ts';
import { host } from '../../fixtures/lines.ts';
import { held, processAs, setUp, type World } from '../../fixtures/model.ts';

const moved = { ...host, mnt: 500 };
const own = { ...host, pid: 600, mnt: 601 };
const stamp = { mono: '5000000000', at: 5e9, cpu: 0, seq: 1 };
const start = { mono: '4000000000', at: 4e9 };

const failed = (changes: Partial<FailedExecEvent> = {}): FailedExecEvent => ({
  ...{ kind: 'failed', ...stamp, pid: 77, start, tid: 77, ppid: 5, uid: 0, gid: 0, ret: -2, exe: '/x', args: ['x'] },
  ...{ truncated: false, ...changes },
});
const namespaceEvent = (changes: Partial<NamespaceEvent> = {}): NamespaceEvent => ({
  ...{ kind: 'namespace', ...stamp, op: 'unshare', pid: 77, tid: 77, start, vfork: 0, ppid: 5, nspid: [77] },
  ...{ pidns: host.pid, before: moved, after: { ...moved, net: 7 }, ...changes },
});
const exitEvent = (changes: Partial<ExitEvent> = {}): ExitEvent => ({
  ...{ kind: 'exit', ...stamp, pid: 77, start, vfork: 0, ppid: 5, nspid: [77], pidns: host.pid, status: 0 },
  ...changes,
});

describe('a process that is born', () => {
  let world: World;
  beforeEach(() => {
    world = setUp();
    world.exec(5, 1, 'sh');
    world.records.length = 0;
  });

  it('is called what who made it is called at that moment', () => {
    world.fork(10, 5, { comm: 'worker' });
    world.fork(11, 5, { comm: '' });
    world.fork(12, 5);
    expect(world.of('fork').map(({ comm }) => comm)).toEqual(['worker', 'sh', 'sh']);
  });

  it('of a parent that is not known has the host’s namespaces until it is known better', () => {
    world.fork(10, 4, { ns: own, whole: false });
    expect(world.of('fork')).toMatchObject([{ pid: 10, ppid: 4, ns: host }]);
    world.exec(10, 4, 'sh', { ns: moved });
    expect(world.of('namespace')).toEqual([]);
    expect(world.of('exec')).toMatchObject([{ ns: moved }]);
  });

  it('in another mount namespace than who made it makes a container, but not of an engine', () => {
    world.fork(10, 5, { ns: moved, flags: 0x2_0000 });
    expect(world.lives()).toEqual(['created sh mnt:[500]']);
    world.exec(6, 1, 'dockerd', { exe: '/usr/bin/dockerd' });
    world.fork(11, 6, { ns: { ...host, mnt: 501 }, flags: 0x2_0000 });
    expect(world.lives()).toHaveLength(1);
  });

  it('in the mount namespace of a parent that was not put there makes none', () => {
    world.baseline(processAs(20, 1, ['web'], { ns: moved, cgroups: new Map([['', '/system.slice/web.service']]) }));
    world.fork(21, 20, { ns: moved, whole: true });
    world.exec(21, 20, 'sh', { ns: moved });
    expect(world.lives()).toEqual([]);
    expect(world.of('exec')).toMatchObject([{ container: null }]);
  });

  it('made by a process that is not known is made by its parent', () => {
    world.fork(10, 5, { by: 99, ns: host, comm: '' });
    expect(world.of('fork')).toMatchObject([{ pid: 10, ppid: 5, by_pid: 99, comm: 'sh' }]);
  });

  it('with a pid that another had shows that this one ended', () => {
    world.fork(10, 5, { ns: own, nspid: [10, 1], flags: 0x2000_0000 });
    world.exec(10, 5, 'sh', { ns: own });
    const later = { mono: '90000000000', at: 9e10 };
    world.model.event({
      ...{ kind: 'fork', ...stamp, pid: 10, start: later, ppid: 5, by: 5, flags: 0, whole: true, uid: 0, gid: 0 },
      ...({ nspid: [10], ns: host, cgroupId: 1 } satisfies Partial<ForkEvent>),
    } as ForkEvent);
    expect(world.lives().map((life) => life.split(' ')[0])).toEqual(['created', 'started', 'stopped', 'removed']);
  });
});

describe('a process whose birth was lost', () => {
  let world: World;
  beforeEach(() => {
    world = setUp();
    world.exec(5, 1, 'sh');
    world.records.length = 0;
  });

  it('is where its parent is, with what the event says', () => {
    world.fork(6, 5, { ns: own, nspid: [6, 1] });
    world.records.length = 0;
    world.model.event(failed({ ppid: 6 }));
    expect(world.of('exec')).toMatchObject([{ pid: 77, nspid: [77], ns: own, ppid: 6 }]);
    world.model.event(failed({ pid: 78, tid: 78, ppid: 6, nspid: [78, 4], pidns: 9 }));
    expect(world.of('exec')[1]).toMatchObject({ nspid: [78, 4], ns: { ...own, pid: 9 } });
  });

  it('of a parent that is not known either is on the host', () => {
    world.model.event(failed({ ppid: 99 }));
    expect(world.of('exec')).toMatchObject([{ ns: host, container: null, comm: '' }]);
  });

  it('has no fork of its own, unless that was held back until now', () => {
    world.model.event(failed());
    expect(world.of('fork')).toEqual([]);
    world.model.event(failed({ pid: 78, tid: 78, vfork: held }));
    expect(world.of('fork')).toMatchObject([{ pid: 78, ppid: 5, flags: [] }]);
    world.model.event(failed({ pid: 79, tid: 79, vfork: 0 }));
    expect(world.of('fork')).toHaveLength(1);
  });

  it('and was held back has its parent’s namespaces for sure: another one is a change that nobody saw', () => {
    world.model.event(namespaceEvent({ vfork: held }));
    expect(world.of('namespace')).toMatchObject([
      { op: 'unshare', created: { mnt: 500 } },
      { op: 'unshare', created: { net: 7 } },
    ]);
  });

  it('and was not held back may have changed them before that was lost', () => {
    world.model.event(namespaceEvent());
    expect(world.of('namespace')).toMatchObject([{ op: 'unshare', created: { net: 7 } }]);
  });

  it('of a parent of which they are not known may be anywhere', () => {
    world.fork(8, 5, { whole: false });
    world.model.event(namespaceEvent({ vfork: held, ppid: 8 }));
    expect(world.of('namespace')).toMatchObject([{ created: { net: 7 } }]);
    world.model.event(namespaceEvent({ vfork: held, ppid: 99, pid: 78, tid: 78 }));
    expect(world.of('namespace')).toHaveLength(2);
  });

  it('and that has ended has a fork only if that was held back', () => {
    world.model.event(exitEvent());
    expect([world.of('fork'), world.of('exit')]).toMatchObject([[], [{ pid: 77, ns: { pid: host.pid } }]]);
    world.model.event(exitEvent({ pid: 78, vfork: held }));
    expect(world.of('fork')).toMatchObject([{ pid: 78 }]);
    expect(world.of('exit')[1]).toMatchObject({ pid: 78, ns: host, comm: 'sh' });
  });
});
