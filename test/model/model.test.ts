import { describe, expect, it } from 'vitest';
import type { Namespaces } from '../../src/kernel/namespaces.ts';
import { Model } from '../../src/model/model.ts';
import { WallClock } from '../../src/model/wall-clock.ts';
import type { ExecEvent, ForkEvent, KernelEvent } from '../../src/probe/event.ts';
import type { ProcProcess } from '../../src/procfs/process.ts';
import type { NstraceRecord, RecordOf } from '../../src/record/schema.ts';
import { readCgroup, readRuntimeCommand } from '../../src/runtimes/index.ts';
import { host } from '../fixtures/lines.ts';

const inside: Namespaces = { ...host, pid: 500, mnt: 501, net: 502, ipc: 503, uts: 504 };

/** A model, and events in the shortest form; time goes on by itself, 1 ms an event. */
const setUp = () => {
  const records: NstraceRecord[] = [];
  const model = new Model({
    host,
    hierarchies: new Map([
      [0, ''],
      [3, 'memory'],
    ]),
    cgroupPaths: new Map([[0, new Map([[1, '/']])]]),
    clock: new WallClock(0n),
    readCommand: readRuntimeCommand,
    tracer: { pid: 998, comm: 'node' },
    runtimes: { readCgroup, describe: () => undefined },
    emit: (record) => records.push(record),
  });
  let now = 1_000_000_000;
  const stamp = () => {
    now += 1_000_000;
    return { mono: String(now), at: now, cpu: 0, seq: 1 };
  };
  const start = (pid: number) => ({ mono: String(pid * 10_000_000), at: pid * 10_000_000 });
  const give = (event: KernelEvent): void => model.event(event);
  const exec = (pid: number, ppid: number, line: string, more: Partial<ExecEvent> = {}): void => {
    const args = line.split(' ');
    const event = {
      kind: 'exec',
      ...stamp(),
      pid,
      oldTid: pid,
      start: start(pid),
      vfork: 0,
      ppid,
      uid: 0,
      gid: 0,
    } as const;
    const whole = { nspid: [pid], ns: host, cgroupId: 1, exe: `/bin/${args[0]}`, exeWhole: true, comm: args[0]!, args };
    give({ ...event, ...whole, argsBytes: line.length + 1, argsSent: line.length + 1, ...more });
  };
  const fork = (pid: number, ppid: number, more: Partial<ForkEvent> = {}): void => {
    const event = { kind: 'fork', ...stamp(), pid, start: start(pid), ppid, by: ppid, flags: 0, whole: true } as const;
    give({ ...event, uid: 0, gid: 0, nspid: [pid], ns: host, cgroupId: 0, ...more });
  };
  const exit = (pid: number, status = 0, nspid = [pid]): void => {
    const event = {
      kind: 'exit',
      ...stamp(),
      pid,
      start: start(pid),
      vfork: 0,
      ppid: 1,
      nspid,
      pidns: host.pid,
    } as const;
    give({ ...event, status });
  };
  const cgroup = (op: 'mkdir' | 'attach' | 'rmdir', by: number, path: string, pid = 0, root = 0): void =>
    give({ kind: 'cgroup', ...stamp(), op, by, pid, root, id: 77 + root, path });
  const namespace = (op: 'setns' | 'unshare', pid: number, after: Namespaces, tid = pid): void =>
    give({
      kind: 'namespace',
      ...stamp(),
      op,
      pid,
      tid,
      start: start(pid),
      vfork: 0,
      ppid: 1,
      nspid: [pid],
      pidns: host.pid,
      before: host,
      after,
    });
  const of = <Type extends NstraceRecord['type']>(type: Type) =>
    records.filter((record): record is RecordOf<Type> => record.type === type);
  return { model, records, exec, fork, exit, cgroup, namespace, of, start };
};

/** What runc does to run a container, as the probes report it. */
const runcRun = (world: ReturnType<typeof setUp>, id: string): void => {
  const { exec, fork, exit, cgroup, namespace } = world;
  exec(10, 1, `runc run ${id}`, { vfork: 0x4100 });
  exec(11, 10, 'runc init', { vfork: 0x4100, exe: '/proc/self/exe' });
  for (const root of [0, 3]) {
    cgroup('mkdir', 10, `/${id}`, 0, root);
    cgroup('attach', 10, `/${id}`, 11, root);
  }
  fork(12, 10, { by: 11 });
  namespace('unshare', 12, { ...inside, net: host.net });
  fork(13, 10, { by: 12, nspid: [13, 1], ns: inside });
  exit(12);
  exit(11);
  exec(13, 10, 'sh -c work', { ns: inside, nspid: [13, 1], cgroupId: 77 });
};

const ref = { id: 'xyxy12', name: 'xyxy12', runtime: 'runc' };
const lifeOf = (world: ReturnType<typeof setUp>) => world.of('container').map(({ op }) => op);

describe('the model', () => {
  it('reports the life of a runc container', () => {
    const world = setUp();
    runcRun(world, 'xyxy12');
    world.fork(14, 13, { nspid: [14, 2], ns: inside });
    world.exec(14, 13, 'ls', { ns: inside, nspid: [14, 2], cgroupId: 77 });
    world.exit(14, 0x100);
    world.exit(13, 5 << 8);
    world.cgroup('rmdir', 10, '/xyxy12', 0, 3);
    expect(lifeOf(world)).toEqual(['created', 'started', 'stopped']);
    world.cgroup('rmdir', 10, '/xyxy12', 0, 0);
    expect(lifeOf(world)).toEqual(['created', 'started', 'stopped', 'removed']);
    const [created, started, stopped] = world.of('container');
    expect(created?.by).toMatchObject({ pid: 10, comm: 'runc', args: ['runc', 'run', 'xyxy12'] });
    expect(started).toMatchObject({
      pid: 13,
      nspid: [13, 1],
      container: { pidns: 500, init: 13, cgroups: ['/xyxy12'] },
    });
    expect(stopped).toMatchObject({ code: 5 });
    expect(world.of('exec').map(({ container, origin }) => [container?.id, origin])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      ['xyxy12', 'init'],
      ['xyxy12', 'born'],
    ]);
  });

  it('reports who joined, once, and that its children were born there', () => {
    const world = setUp();
    runcRun(world, 'xyxy12');
    world.exec(20, 1, 'runc exec xyxy12 top -b', { vfork: 0x4100 });
    world.exec(21, 20, 'runc init', { vfork: 0x4100 });
    world.cgroup('attach', 20, '/xyxy12', 21);
    world.namespace('setns', 21, inside);
    world.fork(22, 20, { by: 21, nspid: [22, 9], ns: inside });
    world.exec(22, 20, 'top -b', { ns: inside, nspid: [22, 9], cgroupId: 77 });
    world.fork(23, 22, { nspid: [23, 10], ns: inside });
    world.exec(23, 22, 'ls', { ns: inside, nspid: [23, 10], cgroupId: 77 });
    expect(world.of('exec').slice(-2)).toMatchObject([
      { container: ref, origin: 'joined' },
      { container: ref, origin: 'born' },
    ]);
    const joined = world.of('container').filter(({ op }) => op === 'joined');
    expect(joined).toMatchObject([{ pid: 22, by: { pid: 20, args: ['runc', 'exec', 'xyxy12', 'top', '-b'] } }]);
  });

  it('starts again under the same name as another container', () => {
    const world = setUp();
    runcRun(world, 'web');
    world.exit(13);
    for (const root of [0, 3]) {
      world.cgroup('rmdir', 10, '/web', 0, root);
    }
    world.exit(10);
    runcRun(world, 'web');
    expect(lifeOf(world)).toEqual(['created', 'started', 'stopped', 'removed', 'created', 'started']);
  });

  it('makes a container of a pid namespace without a runtime, and ends it with its last process', () => {
    const world = setUp();
    world.exec(30, 1, 'unshare -pf sh', { vfork: 0x4100 });
    world.fork(31, 30, { flags: 0x2000_0000, nspid: [31, 1], ns: { ...host, pid: 600 } });
    world.exec(31, 30, 'sh', { nspid: [31, 1], ns: { ...host, pid: 600 } });
    world.exit(31, 9);
    expect(world.of('exec').at(-1)?.container).toMatchObject({
      id: 'pid:[600]',
      name: 'unshare pid:[600]',
      runtime: 'unshare',
    });
    expect(lifeOf(world)).toEqual(['created', 'started', 'stopped', 'removed']);
    expect(world.of('container')[2]).toMatchObject({ signal: 'SIGKILL' });
    expect(world.of('namespace')).toMatchObject([{ op: 'clone', pid: 31, created: { pid: 600 } }]);
  });

  it('puts who entered a mount namespace of its own into it, and not who was there before', () => {
    const world = setUp();
    world.exec(40, 1, 'unshare -m sh', { vfork: 0x4100 });
    world.namespace('unshare', 40, { ...host, mnt: 700 });
    world.exec(40, 1, 'sh', { ns: { ...host, mnt: 700 } });
    world.exec(41, 1, 'other', { vfork: 0x4100, ns: { ...host, mnt: 701 } });
    expect(world.of('exec').map(({ container }) => container?.id)).toEqual([undefined, 'mnt:[700]', undefined]);
  });

  it('leaves a process alone of which only a thread went elsewhere', () => {
    const world = setUp();
    world.exec(50, 1, 'dockerd', { vfork: 0x4100 });
    world.namespace('setns', 50, { ...host, net: 800 }, 51);
    expect(world.of('namespace')).toMatchObject([{ pid: 50, tid: 51, joined: { net: 800 }, ns: host }]);
  });

  it('reports a fork that was held back before its exec, with its own time', () => {
    const world = setUp();
    world.exec(60, 1, 'true', { vfork: 0x4100 });
    expect(world.records.map(({ type, mono }) => [type, mono])).toEqual([
      ['fork', '600000000'],
      ['exec', '1001000000'],
    ]);
  });

  it('takes another process for another one, though it has the same pid', () => {
    const world = setUp();
    world.exec(70, 1, 'first', { vfork: 0x4100 });
    world.exec(70, 1, 'second', { vfork: 0x4100, start: { mono: '99000000000', at: 99_000_000_000 } });
    expect(world.of('fork')).toHaveLength(2);
  });

  it('reports an exit once, though two threads reported it', () => {
    const world = setUp();
    world.exec(75, 1, 'threads', { vfork: 0x4100 });
    world.exit(75);
    world.exit(75);
    expect(world.of('exit')).toHaveLength(1);
  });

  it('ends a container whose last exit was lost when its pid is used again', () => {
    const world = setUp();
    world.exec(76, 1, 'unshare -pf sh', { vfork: 0x4100 });
    world.fork(77, 76, { flags: 0x2000_0000, nspid: [77, 1], ns: { ...host, pid: 610 } });
    world.exec(77, 76, 'sh', { nspid: [77, 1], ns: { ...host, pid: 610 } });
    world.exec(77, 1, 'other', { vfork: 0x4100, start: { mono: '99000000000', at: 99_000_000_000 } });
    expect(lifeOf(world)).toEqual(['created', 'started', 'stopped', 'removed']);
  });

  it('reports a join of a process that enters a container that is created and not started yet', () => {
    const world = setUp();
    const { exec, fork, cgroup, namespace } = world;
    exec(10, 1, 'runc create web', { vfork: 0x4100 });
    exec(11, 10, 'runc init', { vfork: 0x4100 });
    cgroup('mkdir', 10, '/web');
    cgroup('attach', 10, '/web', 11);
    namespace('unshare', 11, { ...inside, pid: 500 });
    fork(13, 10, { by: 11, nspid: [13, 1], ns: inside });
    exec(20, 1, 'nsenter', { vfork: 0x4100 });
    namespace('setns', 20, inside);
    fork(21, 20, { nspid: [21, 6], ns: inside });
    exec(21, 20, 'echo', { nspid: [21, 6], ns: inside });
    exec(13, 10, 'sh', { nspid: [13, 1], ns: inside, cgroupId: 77 });
    expect(lifeOf(world)).toEqual(['created', 'joined', 'started']);
    expect(world.of('exec').slice(-2)).toMatchObject([
      { origin: 'joined', container: { id: 'web' } },
      { origin: 'init', container: { id: 'web' } },
    ]);
  });

  it('starts a container whose pid 1 runs nothing itself with its first program', () => {
    const world = setUp();
    world.exec(85, 1, 'bwrap sh', { vfork: 0x4100 });
    world.fork(86, 85, { flags: 0x2000_0000, nspid: [86, 1], ns: { ...host, pid: 620 } });
    world.fork(87, 86, { nspid: [87, 2], ns: { ...host, pid: 620 } });
    world.exec(87, 86, 'sh', { nspid: [87, 2], ns: { ...host, pid: 620 } });
    world.exit(87);
    world.exit(86, 7 << 8);
    expect(lifeOf(world)).toEqual(['created', 'started', 'stopped', 'removed']);
    expect(world.of('container')[2]).toMatchObject({ code: 7, container: { init: 86 } });
    expect(world.of('exec').at(-1)).toMatchObject({ origin: 'born' });
  });

  it('counts failed execs that were folded with the last one that was given', () => {
    const world = setUp();
    const { model, start } = world;
    const stamp = { mono: '5', at: 5, cpu: 0, seq: 1 };
    const failed = {
      kind: 'failed',
      ...stamp,
      pid: 80,
      start: start(80),
      tid: 80,
      ppid: 1,
      uid: 0,
      gid: 0,
      ret: -2,
    } as const;
    model.event({ ...failed, exe: '/no', args: ['no'], truncated: false });
    model.event({ kind: 'folded', ...stamp, pid: 80, total: 100, last: false });
    model.event({ kind: 'folded', ...stamp, pid: 80, total: 150, last: true });
    expect(world.of('exec').map(({ folded, errno }) => [folded, errno])).toEqual([
      [undefined, 'ENOENT'],
      [100, 'ENOENT'],
      [50, 'ENOENT'],
    ]);
  });

  it('counts failed execs as lost where the line of the one that they are like was lost', () => {
    const world = setUp();
    const stamp = { mono: '5', at: 5, cpu: 0, seq: 1 };
    world.model.event({ kind: 'folded', ...stamp, pid: 80, total: 100, last: false });
    world.model.event({ kind: 'folded', ...stamp, pid: 80, total: 150, last: true });
    expect(world.of('lost')).toMatchObject([{ count: 150, exact: true, stage: 'kernel' }]);
  });

  it('reports no loss that ends before it begins, though lines of a CPU can be out of order', () => {
    const world = setUp();
    const stamp = { mono: '9000000000', at: 9e9, cpu: 0, seq: 1 };
    world.model.event({ kind: 'lost', ...stamp, count: 3, exact: true, from: '8000000000', to: '7999999000' });
    const [record] = world.of('lost');
    expect(record!.from < record!.to).toBe(true);
  });

  it('knows what was there before: processes once, containers by their state, parents and origins', () => {
    const world = setUp();
    const proc = (pid: number, ppid: number, nspid: number[], ns: Namespaces, path: string): ProcProcess => ({
      pid,
      ppid,
      startTicks: pid,
      nspid,
      uid: 0,
      gid: 0,
      comm: `c${pid}`,
      exe: `/bin/c${pid}`,
      cwd: '/',
      args: [`c${pid}`],
      argsBytes: 4,
      ns,
      cgroups: new Map([['', path]]),
      ...{ state: 'S', threads: 1, cpuTicks: 0, rssBytes: 4096 },
    });
    const running = [
      proc(1, 0, [1], host, '/'),
      proc(90, 1, [90, 1], inside, '/xyxy12'),
      proc(91, 90, [91, 7], inside, '/xyxy12'),
      proc(92, 1, [92, 8], inside, '/xyxy12'),
      proc(93, 1, [93], host, '/'),
    ];
    const state = { ...ref, init: 90, cgroups: ['/xyxy12'] };
    world.model.existing(running, [state], { mono: '1000', at: 1000 }, (pid) => (pid === 93 ? 'born' : undefined));
    expect(world.of('container')).toMatchObject([{ op: 'seen', container: { ...ref, init: 90, pidns: 500 } }]);
    expect(world.of('process').map(({ pid, container, origin }) => [pid, container?.id, origin])).toEqual([
      [1, undefined, undefined],
      [90, 'xyxy12', 'init'],
      [91, 'xyxy12', 'born'],
      [92, 'xyxy12', 'joined'],
    ]);
    world.exec(91, 90, 'next', { ns: inside, nspid: [91, 7], start: { mono: '910000000', at: 910_000_000 } });
    expect(world.of('exec')).toMatchObject([{ container: ref, origin: 'born', pcomm: 'c90' }]);
    expect(world.of('fork')).toEqual([]);
  });

  it('knows what the tracer itself is called, which is the parent of what it runs, and of no other unknown one', () => {
    const world = setUp();
    world.exec(20, 998, 'make test');
    world.exec(21, 997, 'orphan');
    expect(world.of('exec').map(({ pcomm }) => pcomm)).toEqual(['node', undefined]);
  });
});

describe('calls that change no namespace', () => {
  it('are one record for each process and exec, with their number', () => {
    const world = setUp();
    world.exec(20, 1, 'crun exec x ls');
    for (let count = 0; count < 4; count += 1) {
      world.namespace('setns', 20, host);
    }
    world.namespace('unshare', 20, host);
    expect(world.of('namespace')).toEqual([]);
    world.exec(20, 1, 'ls');
    expect(world.of('namespace')).toMatchObject([{ op: 'setns', joined: {}, repeated: 5, comm: 'crun' }]);
    world.exit(20);
    expect(world.of('namespace')).toHaveLength(1);
  });

  it('of a process that lives on are reported at the end', () => {
    const world = setUp();
    world.exec(20, 1, 'keeper');
    world.namespace('unshare', 20, host);
    world.model.finish({ mono: '5000000000', at: 5_000_000_000 });
    world.model.finish({ mono: '5000000001', at: 5_000_000_001 });
    expect(world.of('namespace')).toMatchObject([{ op: 'unshare', joined: {}, repeated: 1 }]);
  });
});
