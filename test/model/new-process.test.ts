import { describe, expect, it } from 'vitest';
import { CgroupSet } from '../../src/model/cgroups.ts';
import { born, running } from '../../src/model/new-process.ts';
import { host } from '../fixtures/lines.ts';
import { processAs } from '../fixtures/model.ts';

const who = { pid: 77, start: { mono: '123456789', at: 123456789 } };
const inside = { ...host, pid: 500 };

describe('a process that is born', () => {
  it('of a parent that is not known has nothing but what its fork says', () => {
    expect(born(who, 5, undefined, [77, 1], inside)).toStrictEqual({
      ...{ pid: 77, startTicks: 12, startAt: 123456789, start: '123456789', ppid: 5, nspid: [77, 1], ns: inside },
      ...{ nsGuessed: false, uid: 0, gid: 0, auid: undefined, session: undefined, tty: undefined },
      ...{ comm: '', exe: '', args: [], argsCut: false, execAt: 123456789, parent: undefined, ended: false },
      ...{ cgroups: CgroupSet.none, mntMoved: false, childPidns: 500, unshared: false, countedMnt: 0, countedPid: 0 },
      ...{ membership: undefined, origin: undefined, settled: false, command: undefined, invocation: undefined },
      ...{ engine: undefined, daemon: false, role: undefined, enteredBy: undefined },
    });
  });

  it('has the rest from its parent, but not what that has done itself', () => {
    const parent = running(processAs(5, 1, ['dockerd', '-D'], { exe: '/usr/bin/dockerd', uid: 1000, gid: 100 }), host);
    Object.assign(parent, { auid: 1000, session: 3, tty: 'pts/3', argsCut: true, mntMoved: true, role: 'helper' });
    Object.assign(parent, { unshared: true, settled: true, origin: 'init', countedMnt: 9, countedPid: 9 });
    expect(born(who, 5, parent, [77], inside)).toMatchObject({
      ...{ uid: 1000, gid: 100, auid: 1000, session: 3, tty: 'pts/3', comm: 'dockerd', exe: '/usr/bin/dockerd' },
      ...{ args: ['dockerd', '-D'], argsCut: true, mntMoved: true, role: 'helper', cgroups: parent.cgroups, parent },
      ...{ engine: 'dockerd', daemon: true, unshared: false, settled: false, origin: undefined },
      ...{ countedMnt: 0, countedPid: 0, execAt: 123456789 },
    });
  });
});

describe('a process that was there before', () => {
  it('is as /proc shows it', () => {
    const found = processAs(42, 1, ['sh', '-c', 'x'], { nspid: [42, 2], ns: inside, uid: 7, gid: 8 });
    const process = running(found, host);
    expect(process).toMatchObject({
      ...{ pid: 42, startTicks: 42, startAt: 420_000_000, start: '420000000', execAt: 420_000_000, ppid: 1 },
      ...{ nspid: [42, 2], ns: inside, nsGuessed: false, uid: 7, gid: 8, comm: 'sh', args: ['sh', '-c', 'x'] },
      ...{ argsCut: false, ended: false, mntMoved: false, childPidns: 500, unshared: false, settled: false },
      ...{ countedMnt: 0, countedPid: 0, engine: undefined, daemon: false },
    });
    expect([...process.cgroups.paths]).toEqual([['', '/']]);
  });

  it('without namespaces that can be read is taken to be in the host’s', () => {
    const { ns: _, ...found } = processAs(42, 1, ['sh']);
    expect(running(found as typeof found & { ns: typeof host }, host)).toMatchObject({ ns: host, nsGuessed: true });
  });

  it('has unshared a pid namespace if its children are born in another one', () => {
    const as = (childPidns?: number) =>
      running(processAs(42, 1, ['sh'], childPidns === undefined ? {} : { childPidns }), host);
    expect(as(500)).toMatchObject({ childPidns: 500, unshared: true });
    expect(as(host.pid)).toMatchObject({ childPidns: host.pid, unshared: false });
    expect(as()).toMatchObject({ childPidns: host.pid, unshared: false });
  });
});
