import { beforeEach, describe, expect, it } from 'vitest';
import { AskedFor } from '../../src/model/asked/asked.ts';
import { CgroupSet } from '../../src/model/cgroups.ts';
import type { Container } from '../../src/model/container.ts';
import { ContainerRecords } from '../../src/model/container-records.ts';
import { Containers } from '../../src/model/containers.ts';
import { Creation } from '../../src/model/creation.ts';
import { Naming } from '../../src/model/naming.ts';
import { running } from '../../src/model/new-process.ts';
import type { Command, Process } from '../../src/model/process.ts';
import { requesterOf } from '../../src/model/requester.ts';
import { WallClock } from '../../src/model/wall-clock.ts';
import type { RecordOf } from '../../src/record/schema.ts';
import { readCgroup } from '../../src/runtimes/index.ts';
import { processAs } from '../fixtures/model.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const id = 'd0c'.repeat(21).padEnd(64, '0');
const shaped = `/docker/${id}`;
const time = { mono: '2000000000', at: 2e9 };
const later = { mono: '3000000000', at: 3e9 };
const inMnt = { ...hostNs, mnt: 77 };

let pids = 100;
const processOf = (line: string, changes: Partial<Process> = {}): Process => {
  pids += 1;
  const process = running(processAs(pids, 1, line.split(' ')), hostNs);
  return Object.assign(process, { nspid: [pids, 1], cgroups: CgroupSet.none }, changes);
};
const inside = (path: string, changes: Partial<Process> = {}): Process =>
  processOf('sh', { ns: containerNs, cgroups: new CgroupSet(new Map([['', path]])), ...changes });

describe('containers', () => {
  let emitted: string[];
  let records: RecordOf<'container'>[];
  let containers: Containers;
  let creation: Creation;
  beforeEach(() => {
    emitted = [];
    records = [];
    containers = new Containers(hostNs);
    const asked = new AskedFor({ live: () => containers.all(), userName: () => undefined });
    const reporting = new ContainerRecords(new WallClock(0n), asked, (record) => {
      records.push(record);
      emitted.push(`${record.op} ${record.container.runtime} ${record.container.name}`);
    });
    creation = new Creation(
      containers,
      reporting,
      readCgroup,
      new Naming(
        () => undefined,
        containers,
        () => {},
      ),
    );
  });
  const command = (changes: Partial<Command> = {}, owner = processOf('runc run web')): Command => ({
    ...{ action: 'start', runtime: 'runc', id: 'web', by: requesterOf(owner), owner, from: undefined, sure: true },
    ...{ made: undefined, ...changes },
  });
  const only = (): Container => {
    expect(containers.all().size).toBe(1);
    return [...containers.all()][0]!;
  };

  describe('whose command makes a cgroup', () => {
    it('are created with the first, and have the others too', () => {
      const asked = command();
      creation.claim('', '/a/web', asked, time);
      creation.claim('memory', '/b/web', asked, later);
      expect(emitted).toEqual(['created runc web']);
      expect(only()).toMatchObject({ madeBy: 'cgroup /a/web', cgroupAt: 2e9, command: asked, requester: asked.by });
      expect([...only().cgroups.keys()]).toEqual(['/a/web', '/b/web']);
      expect(asked.made).toBe(only());
    });

    it('are those of who makes cgroups like that, unless it is a guess', () => {
      creation.claim('', shaped, command({ id }), time);
      creation.claim('', `/mine/${'e'.repeat(64)}`, command({ id: 'e'.repeat(64) }), time);
      expect(emitted).toEqual([`created docker ${id}`, `created runc ${'e'.repeat(64)}`]);
    });

    it('are none in a cgroup of a monitor', () => {
      creation.claim('', `/machine.slice/libpod-conmon-${id}.scope`, command({ id }), time);
      expect(emitted).toEqual([]);
    });

    it('get no more once they have stopped', () => {
      const asked = command();
      creation.claim('', '/a/web', asked, time);
      only().stopped = true;
      creation.claim('', '/b/web', asked, later);
      expect([...only().cgroups.keys()]).toEqual(['/a/web']);
    });

    it('made of namespaces have the time of the first cgroup that comes', () => {
      const asked = command();
      creation.claim('', '/a/web', asked, time);
      only().cgroupAt = undefined;
      creation.claim('', '/b/web', asked, later);
      expect(only().cgroupAt).toBe(3e9);
    });

    it('remove what left one of that path behind, unless that leads to one that lives', () => {
      creation.claim('', '/a/web', command(), time);
      const before = only();
      before.stopped = true;
      containers.release(before);
      creation.claim('', '/a/web', command(), later);
      expect(emitted).toEqual(['created runc web', 'removed runc web', 'created runc web']);
      creation.claim('', '/a/web', command(), later);
      expect(emitted.at(-1)).toBe('created runc web');
      expect(containers.all().size).toBe(2);
    });

    it('are in the one that the cgroup is in, else in that which the command was called in', () => {
      creation.claim('', '/outer', command({ id: 'outer' }), time);
      const outer = only();
      creation.claim('', '/outer/web', command(), time);
      creation.claim('', '/else/web', command({ from: outer }), time);
      creation.claim('', '/alone/web', command(), time);
      expect(records.map(({ container }) => container.inside?.map((ref) => ref.id))).toEqual([
        undefined,
        ['outer'],
        ['outer'],
        undefined,
      ]);
    });

    it('have the folder that the command says, or its monitor, and the monitor’s name if that may say it', () => {
      const monitored = (
        by: number,
        sure: boolean,
        more: Partial<Command> = {},
        own: Partial<Command> = {},
      ): Container => {
        const conmon = processOf('conmon', { uid: by });
        conmon.command = command({ action: 'monitor', name: 'nice', bundle: '/m', sure, ...more }, conmon);
        const asked = command(own, processOf('runc', { parent: conmon, uid: 7 }));
        creation.claim('', '/a/web', asked, time);
        const made = asked.made!;
        expect(conmon.command.made).toBe(made);
        return made;
      };
      expect(monitored(0, true)).toMatchObject({ ref: { name: 'nice' }, bundle: { path: '/m', uid: 0 } });
      expect(monitored(7, false)).toMatchObject({ ref: { name: 'nice' }, bundle: { path: '/m', uid: 7 } });
      expect(monitored(8, false)).toMatchObject({ ref: { name: 'web' } });
      expect(monitored(0, true, { bundle: undefined as never }).bundle).toBeUndefined();
      expect(monitored(0, true, {}, { bundle: '/own' }).bundle).toEqual({ path: '/own', uid: 7 });
      creation.claim('', '/c/web', command({ id: 'plain' }), time);
      expect([...containers.all()].at(-1)?.bundle).toBeUndefined();
    });
  });

  describe('that a process in a cgroup like theirs makes', () => {
    beforeEach(() => creation.recognisePath(shaped));
    const make = (process: Process, how: 'created' | 'seen' = 'created', maker = process): unknown =>
      creation.make(process, time, maker, how, undefined)?.evidence;

    it('are created with its namespaces, and it is their init if it is pid 1', () => {
      expect(make(inside(shaped))).toBe('init');
      expect(emitted).toEqual([`created docker ${id}`]);
      expect(only()).toMatchObject({ madeBy: `cgroup ${shaped}`, cgroupAt: 2e9, pidns: containerNs.pid });
      expect([...only().cgroups]).toEqual([[shaped, new Set([''])]]);
    });

    it('have a process that is not pid 1, or has a mount namespace only, by the cgroup', () => {
      expect(make(inside(shaped, { nspid: [9, 7] }))).toBe('cgroup');
      expect(only().init).toBeUndefined();
      expect(containers.namespaces.withPidns(containerNs.pid)).toEqual([only()]);
      containers.forget(only());
      expect(make(inside(shaped, { ns: inMnt, nspid: [9], mntMoved: true }))).toBe('cgroup');
      expect(only().init).toBeUndefined();
    });

    it('are none where the namespaces are the host’s', () => {
      expect(make(inside(shaped, { ns: hostNs }))).toBeUndefined();
      expect(make(inside(shaped, { ns: { ...hostNs, net: 7 } }))).toBeUndefined();
      expect(containers.all().size).toBe(0);
    });

    it('are not reported as created if they were there', () => {
      make(inside(shaped), 'seen');
      expect([emitted, containers.all().size]).toEqual([[], 1]);
    });

    it('have that cgroup in each hierarchy that the process has it in, or below it', () => {
      const paths = [
        ['', `${shaped}/init.scope`],
        ['memory', shaped],
        ['cpu', `${shaped}x`],
        ['pids', `/x${shaped}/`],
      ] as const;
      make(inside('/', { cgroups: new CgroupSet(new Map(paths)) }));
      expect([...only().cgroups]).toEqual([[shaped, new Set(['', 'memory'])]]);
    });

    it('are those of the command above, whatever id that has', () => {
      const asked = command({ id, root: '/r' });
      make(inside(shaped, { invocation: asked }));
      expect(only()).toMatchObject({ command: asked, root: '/r', ref: { runtime: 'docker' }, guessed: false });
      containers.forget(only());
      const other = command({ id: 'web', root: '/r' });
      make(inside(shaped, { invocation: other }));
      expect(only()).toMatchObject({ command: other, root: '/r', ref: { id, runtime: 'docker' }, guessed: false });
    });

    it('of a guess are the command’s if that has the id, and not sure otherwise', () => {
      const path = `/mine/${id}`;
      creation.recognisePath(path);
      make(inside(path, { invocation: command({ id }) }));
      expect(only()).toMatchObject({ ref: { id, runtime: 'runc' }, guessed: false });
      containers.forget(only());
      make(inside(path, { invocation: command({ id: 'web' }) }));
      expect(only()).toMatchObject({ ref: { id, runtime: 'docker' }, guessed: true, command: undefined });
      containers.forget(only());
      make(inside(path));
      expect(only()).toMatchObject({ ref: { id, runtime: 'docker' }, guessed: true });
    });

    it('are inside of what is around the cgroup, or the call, or the process', () => {
      creation.claim('', '/outer', command({ id: 'outer' }), time);
      const outer = only();
      creation.recognisePath(`/outer${shaped}`);
      make(inside(`/outer${shaped}`));
      make(inside(shaped, { ns: { ...containerNs, pid: 8 }, invocation: command({ id, from: outer }) }));
      const third = `/docker/${'e'.repeat(64)}`;
      creation.recognisePath(third);
      make(inside(third, { ns: { ...containerNs, pid: 9 }, membership: outer.as.mnt }));
      expect(records.slice(1).map(({ container }) => container.inside?.[0]?.id)).toEqual(['outer', 'outer', 'outer']);
    });
  });

  describe('that a namespace makes', () => {
    const made = (process: Process, maker: Process, how: 'created' | 'seen' = 'created', around?: Container) =>
      creation.make(process, time, maker, how, around);

    it('are named for the tool and the namespace', () => {
      const maker = processOf('unshare -pf sh');
      expect(made(processOf('sh', { ns: containerNs }), maker)?.evidence).toBe('init');
      const name = `unshare pid:[${containerNs.pid}]`;
      expect(emitted).toEqual([`created unshare ${name}`]);
      expect(only()).toMatchObject({
        madeBy: `pid:[${containerNs.pid}]`,
        namespacesAt: 2e9,
        requester: { who: maker },
      });
      made(processOf('sh', { ns: inMnt, mntMoved: true, nspid: [7] }), processOf('x', { comm: '' }));
      expect(emitted[1]).toBe('created sh sh mnt:[77]');
      made(processOf('x', { ns: { ...hostNs, pid: 9 }, comm: '' }), processOf('x', { comm: '' }), 'seen');
      expect([...containers.all()].at(-1)?.ref.name).toBe('unknown pid:[9]');
      expect(emitted).toHaveLength(2);
    });

    it('have a process that is not pid 1 by its pid namespace', () => {
      expect(made(processOf('sh', { ns: containerNs, nspid: [9, 7] }), processOf('x'))?.evidence).toBe('pidns');
      expect(only().init).toBeUndefined();
      expect(containers.namespaces.withPidns(containerNs.pid)).toEqual([only()]);
    });

    it('have the name of the command that asked, once', () => {
      const asked = command({ image: 'bb' });
      made(processOf('sh', { ns: containerNs }), processOf('runc', { invocation: asked }));
      expect(only()).toMatchObject({ ref: { id: 'web', name: 'web', runtime: 'runc' }, image: 'bb', command: asked });
      made(processOf('sh', { ns: { ...containerNs, pid: 9, mnt: 10 } }), processOf('runc', { invocation: asked }));
      expect(emitted[1]).toBe('created runc runc pid:[9]');
    });

    it('that are there are not what a runtime was called in', () => {
      const process = processOf('runc run web', { ns: containerNs });
      process.invocation = command({}, process);
      made(process, process, 'seen');
      expect(only().ref.name).toBe(`runc pid:[${containerNs.pid}]`);
    });

    it('wait for the child that gets them', () => {
      const own = processOf('unshare -pfm sh', { ns: inMnt, mntMoved: true, unshared: true, childPidns: 500 });
      expect(made(own, own)).toBeUndefined();
      expect(made({ ...own, childPidns: hostNs.pid, unshared: true }, own)?.evidence).toBe('init');
      const runc = processOf('runc run web', { ns: { ...inMnt, mnt: 78 }, mntMoved: true });
      runc.command = command({}, runc);
      runc.invocation = runc.command;
      expect(made(runc, runc)).toBeUndefined();
    });

    it('are none of a process in the host’s', () => {
      const process = processOf('sh');
      expect(made(process, process)).toBeUndefined();
      expect(containers.all().size).toBe(0);
    });

    describe('in another one', () => {
      const around = (cgroup: boolean, changes: Partial<Container> = {}): Container => {
        const outer = containers.make({ id: 'outer', name: 'outer', runtime: 'unshare' });
        if (cgroup) {
          containers.cgroups.claim('', '/outer', outer);
        }
        return Object.assign(outer, { init: processOf('sh'), ns: hostNs }, changes);
      };

      it('are part of it where a runtime made that', () => {
        const outer = around(true);
        expect(made(processOf('sh', { ns: containerNs }), processOf('x'), 'created', outer)).toBeUndefined();
        expect(containers.namespaces.withPidns(containerNs.pid)).toEqual([outer]);
        expect(containers.all().size).toBe(1);
      });

      it('are its own where a command asked for one', () => {
        const outer = around(true);
        const process = processOf('sh', { ns: containerNs, invocation: command({ from: outer }) });
        expect(made(process, processOf('x'), 'created', outer)?.evidence).toBe('init');
        expect(emitted).toEqual(['created runc web']);
      });

      it('are its own where no runtime made that, but for the pid namespace of its init’s child', () => {
        const outer = around(false);
        const child = processOf('sh', { ns: containerNs, parent: outer.init as Process });
        expect(made(child, processOf('x'), 'created', outer)).toBeUndefined();
        containers.release(outer);
        expect(made({ ...child, parent: processOf('x') }, processOf('x'), 'created', outer)?.evidence).toBe('init');
        const deep = around(false, { ns: { ...hostNs, pid: 5 } });
        const below = processOf('sh', { ns: { ...containerNs, pid: 9 }, parent: deep.init as Process });
        expect(made(below, processOf('x'), 'created', deep)?.evidence).toBe('init');
        const within = around(false, { ns: { ...hostNs, pid: 5 }, outer: deep });
        const last = processOf('sh', { ns: { ...containerNs, pid: 10 }, parent: within.init as Process });
        expect(made(last, processOf('x'), 'created', within)).toBeUndefined();
      });

      it('are never made by a mount namespace', () => {
        const outer = around(false);
        const process = processOf('sh', { ns: inMnt, mntMoved: true });
        expect(made(process, process, 'created', outer)).toBeUndefined();
        expect(containers.all().size).toBe(1);
      });

      it('become the init of one that waits for it', () => {
        const outer = around(true, { init: undefined });
        const process = processOf('sh', { ns: containerNs });
        expect(made(process, processOf('x'), 'created', outer)).toBe(outer.as.init);
        expect(outer.init).toBe(process);
        expect(process).toMatchObject({ origin: 'init', settled: false });
      });
    });

    it('become the init of what the command made, if that has none and has not stopped', () => {
      const asked = command();
      creation.claim('', '/a/web', asked, time);
      const container = only();
      const process = processOf('sh', { ns: containerNs, invocation: asked });
      container.stopped = true;
      expect(made(process, process)).not.toBe(container.as.init);
      container.stopped = false;
      expect(made({ ...process, ns: { ...containerNs, pid: 9 } }, process)).toBe(container.as.init);
      expect(container).toMatchObject({ pidns: 9, shared: { user: ['host'] } });
    });
  });

  it('are looked for in each part of a path once', () => {
    const read: string[] = [];
    const watching = new Creation(
      containers,
      undefined as never,
      (path) => {
        read.push(path);
        return { owner: undefined, labels: undefined };
      },
      undefined as never,
    );
    const cgroups = new CgroupSet(
      new Map([
        ['', '/a/b/c'],
        ['memory', '/'],
        ['cpu', '/x'],
      ]),
    );
    watching.recognise(cgroups);
    watching.recognise(cgroups);
    expect(read).toEqual(['/a', '/a/b', '/a/b/c', '/x']);
  });
});
