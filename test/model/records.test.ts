import { describe, expect, it } from 'vitest';
import { readText } from '../../src/kernel/text.ts';
import { CgroupSet } from '../../src/model/cgroups.ts';
import { Container } from '../../src/model/container.ts';
import { running } from '../../src/model/new-process.ts';
import type { Command, Process } from '../../src/model/process.ts';
import { Records } from '../../src/model/records.ts';
import { WallClock } from '../../src/model/wall-clock.ts';
import { markCut } from '../../src/probe/decode/assembly/nested.ts';
import type { CgroupEvent, ExecEvent, ExitEvent, FailedExecEvent, NamespaceEvent } from '../../src/probe/event.ts';
import { processAs } from '../fixtures/model.ts';
import { containerNs, hostNs } from '../fixtures/records.ts';

const records = new Records(new WallClock(0n), { pid: 9, comm: 'nstrace' });
const mono = '2000000000';
const at = 2e9;
const when = { seq: 0, time: '1970-01-01T00:00:02.000000000Z', mono };
const stamp = { mono, at, cpu: 0, seq: 1 };
const notText = readText(Buffer.of(0x61, 0xff), 0, 2);

const web = new Container({ id: 'web', name: 'web', runtime: 'runc' }, 1);
const outer = new Container({ id: 'outer', name: 'outer', runtime: 'docker' }, 2);
const processOf = (changes: Partial<Process> = {}): Process =>
  Object.assign(running(processAs(42, 1, ['/bin/sh', '-c', 'x']), hostNs), { ns: hostNs }, changes);
const commandOf = (changes: Partial<Command>): Command =>
  ({ action: 'start', runtime: 'runc', made: undefined, ...changes }) as Command;
const about = { ...when, pid: 42, nspid: [42], ns: hostNs, container: null };
const start = { mono: '420000000', at: 420_000_000 };
const parent = processOf({ pid: 1, comm: 'init' });

describe('the record of an exec', () => {
  const event = (changes: Partial<ExecEvent> = {}): ExecEvent => ({
    ...{
      kind: 'exec',
      ...stamp,
      pid: 42,
      start,
      oldTid: 42,
      vfork: 0,
      ppid: 1,
      uid: 0,
      gid: 0,
      nspid: [42],
      ns: hostNs,
    },
    ...{ cgroupId: 1, comm: 'ls', exe: '/bin/ls', exeWhole: true, args: ['ls', '-l'], argsBytes: 6, argsSent: 6 },
    ...changes,
  });
  const plain = {
    ...{ type: 'exec', ...about, ppid: 1, uid: 0, gid: 0, comm: 'ls', exe: '/bin/ls', args: ['ls', '-l'] },
    ...{ args_bytes: 6, args_truncated: false, ret: 0 },
  };
  const recordOf = (changes: Partial<ExecEvent>, process: Partial<Process> = {}, of: Process | undefined = undefined) =>
    records.exec(event(changes), processOf(process), of);

  it('has what is known, and no field of what is not', () => {
    expect(recordOf({})).toStrictEqual(plain);
  });

  it('names its parent, where that is known or the tracer itself', () => {
    expect(recordOf({}, {}, parent)).toStrictEqual({ ...plain, pcomm: 'init' });
    expect(recordOf({ ppid: 9 })).toStrictEqual({ ...plain, ppid: 9, pcomm: 'nstrace' });
  });

  it.each<[changes: Partial<ExecEvent>, fields: object]>([
    [{ argsSent: 5 }, { args_truncated: true }],
    [{ exeWhole: false }, { exe_truncated: true }],
    [{ oldTid: 43 }, { old_tid: 43 }],
    [{ cwd: '/root' }, { cwd: '/root' }],
    [{ credentials: { euid: 0, egid: 0, gained: 0n } }, {}],
    [{ credentials: { euid: 5, egid: 0, gained: 0n } }, { euid: 5 }],
    [{ credentials: { euid: 0, egid: 6, gained: 1n << 21n } }, { egid: 6, caps_gained: ['CAP_SYS_ADMIN'] }],
    [
      { file: { device: (8 << 20) | 1, inode: 77, upper: false, deleted: false } },
      { exe_file: { device: '8:1', inode: 77 } },
    ],
    [
      { file: { device: 0xfff_fffff >>> 0, inode: 7, upper: true, deleted: true } },
      { exe_file: { device: '4095:1048575', inode: 7, layer: 'upper', deleted: true } },
    ],
    [{ comm: notText }, { comm: 'a\ufffd', comm_base64: 'Yf8=' }],
    [{ exe: notText }, { exe: 'a\ufffd', exe_base64: 'Yf8=' }],
    [{ args: ['ls', notText] }, { args: ['ls', 'a\ufffd'], args_base64: ['bHM=', 'Yf8='] }],
  ])('has what is special about it: case %#', (changes, fields) => {
    expect(recordOf(changes)).toEqual({ ...plain, ...fields });
  });

  it('says who logged in, and where', () => {
    expect(recordOf({}, { auid: 1000, session: 3, tty: 'pts/3' })).toMatchObject({
      auid: 1000,
      session: 3,
      tty: 'pts/3',
    });
    const unset = recordOf({}, { auid: 2 ** 32 - 1, session: 2 ** 32 - 1 });
    expect(unset).toStrictEqual(plain);
  });

  it('in a container says how it came in, and on what evidence', () => {
    const inside = { membership: web.as.init, origin: 'init', role: 'runtime' } as const;
    expect(recordOf({ nspid: [42, 1], ns: containerNs }, inside)).toStrictEqual({
      ...{ ...plain, nspid: [42, 1], ns: containerNs, container: web.ref, origin: 'init', evidence: 'init' },
    });
  });

  it('of what works for a container from outside says how, and for whom', () => {
    const command = commandOf({ made: web });
    expect(recordOf({}, { role: 'runtime', command })).toStrictEqual({ ...plain, role: 'runtime', for: web.ref });
    expect(recordOf({}, { role: 'runtime', invocation: command })).toMatchObject({ role: 'runtime', for: web.ref });
    expect(recordOf({}, { role: 'helper' })).toStrictEqual({ ...plain, role: 'helper' });
  });

  it('of a stage of a runtime that is in the cgroup only is outside of it', () => {
    web.outer = outer;
    const helper = commandOf({ action: 'helper' });
    const stage = { membership: web.as.cgroup, exe: '/proc/self/exe', command: helper, role: 'runtime' } as const;
    const call = commandOf({ made: web });
    expect(recordOf({}, { ...stage, invocation: call }).container).toEqual(outer.ref);
    expect(recordOf({}, { ...stage, invocation: call })).not.toHaveProperty('evidence');
    expect(recordOf({}, stage)).toMatchObject({ container: web.ref, evidence: 'cgroup' });
    expect(recordOf({}, { ...stage, invocation: commandOf({ made: outer }) }).container).toEqual(web.ref);
    expect(recordOf({}, { ...stage, invocation: call, membership: web.as.pidns }).container).toEqual(web.ref);
    expect(recordOf({}, { ...stage, invocation: call, exe: '/bin/sh' }).container).toEqual(web.ref);
    web.outer = undefined;
    expect(recordOf({}, { ...stage, invocation: call })).toMatchObject({
      container: null,
      role: 'runtime',
      for: web.ref,
    });
  });

  it('outside of containers names the systemd unit', () => {
    const cgroups = new CgroupSet(new Map([['', '/system.slice/web.service']]));
    expect(recordOf({}, { cgroups })).toStrictEqual({ ...plain, unit: 'web.service' });
    expect(recordOf({}, { cgroups, membership: web.as.init })).not.toHaveProperty('unit');
  });

  it('says that pids in between are missing', () => {
    const nspid = [42, 7];
    markCut(nspid);
    expect(recordOf({ nspid }).nspid_truncated).toBe(true);
    expect(recordOf({ nspid: [42, 7] })).not.toHaveProperty('nspid_truncated');
  });
});

describe('the record of a failed exec', () => {
  const event = (changes: Partial<FailedExecEvent> = {}): FailedExecEvent => ({
    ...{ kind: 'failed', ...stamp, pid: 42, start, tid: 42, ppid: 1, uid: 5, gid: 6, ret: -2, exe: '/bin/no' },
    ...{ args: ['no', 'ä'], truncated: false },
    ...changes,
  });
  const plain = {
    ...{ type: 'exec', ...about, ppid: 1, uid: 5, gid: 6, comm: 'sh', exe: '/bin/no', args: ['no', 'ä'] },
    ...{ args_bytes: 6, args_truncated: false, ret: -2, errno: 'ENOENT' },
  };

  it('has the program that was asked for, and the error', () => {
    expect(records.failedExec(event(), processOf(), undefined)).toStrictEqual(plain);
    expect(records.failedExec(event(), processOf({ auid: 7 }), parent)).toStrictEqual({
      ...plain,
      pcomm: 'init',
      auid: 7,
    });
  });

  it.each<[changes: Partial<FailedExecEvent>, fields: object]>([
    [{ comm: 'no' }, { comm: 'no' }],
    [{ truncated: true }, { args_truncated: true }],
    [{ exeWhole: true }, {}],
    [{ exeWhole: false }, { exe_truncated: true }],
    [{ tid: 43 }, { old_tid: 43 }],
    [{ args: [notText] }, { args: ['a\ufffd'], args_base64: ['Yf8='], args_bytes: 3 }],
  ])('of %j', (changes, fields) => {
    expect(records.failedExec(event(changes), processOf(), undefined)).toStrictEqual({ ...plain, ...fields });
  });

  it('of a process in a container says how that came in', () => {
    const process = processOf({ membership: web.as.lineage, origin: 'born' });
    expect(records.failedExec(event(), process, undefined)).toStrictEqual({
      ...plain,
      container: web.ref,
      origin: 'born',
    });
  });

  it('that was only counted is like the last one, at its own time', () => {
    const last = records.failedExec(event(), processOf(), undefined);
    expect(records.folded(last, 7, { mono: '3000000000', at: 3e9 })).toStrictEqual({
      ...{ ...plain, mono: '3000000000', time: '1970-01-01T00:00:03.000000000Z', folded: 7 },
    });
  });
});

describe('the record of a fork', () => {
  const plain = { type: 'fork', ...about, ppid: 1, comm: 'sh', flags: ['CLONE_NEWPID'] };
  const forkOf = (changes: Partial<Process>, by = 1) => records.fork(processOf(changes), { mono, at }, 0x2000_0000, by);

  it('has the child, and who called it if that is not the parent', () => {
    expect(forkOf({})).toStrictEqual(plain);
    expect(forkOf({}, 5)).toStrictEqual({ ...plain, by_pid: 5 });
  });

  it('says how it came into its container once that is known', () => {
    expect(forkOf({ membership: web.as.lineage, origin: 'born' })).toMatchObject({ origin: 'born' });
    expect(forkOf({ membership: web.as.init, origin: 'init' })).toMatchObject({ origin: 'init' });
    expect(forkOf({ membership: web.as.cgroup, origin: 'init' })).not.toHaveProperty('origin');
  });
});

describe('the record of an exit', () => {
  const event = (changes: Partial<ExitEvent> = {}): ExitEvent => ({
    ...{ kind: 'exit', ...stamp, pid: 42, start, vfork: 0, ppid: 1, nspid: [42, 3], pidns: 77, status: 0 },
    ...changes,
  });
  const plain = { ...when, type: 'exit', pid: 42, ppid: 1, core: false, duration_ns: 1_580_000_000 };

  it('of a process that is not known has what the event says', () => {
    expect(records.exit(event(), { code: 0 }, undefined, undefined)).toStrictEqual({
      ...{ ...plain, nspid: [42, 3], ns: { pid: 77 }, container: null, code: 0 },
    });
    expect(records.exit(event({ comm: 'sh' }), { code: 0 }, undefined, web)).toMatchObject({
      ...{ comm: 'sh', container: web.ref },
    });
  });

  it('has its program, and its container, role or signal', () => {
    const process = processOf({ membership: web.as.init });
    expect(records.exit(event({ status: 0x8b }), { signal: 'SIGSEGV' }, process, outer)).toStrictEqual({
      ...{ ...plain, nspid: [42], ns: hostNs, container: web.ref, comm: 'sh', exe: '/bin/sh', core: true },
      signal: 'SIGSEGV',
    });
    const helper = records.exit(event({ comm: 'late' }), { code: 1 }, processOf({ role: 'helper' }), undefined);
    expect(helper).toMatchObject({ comm: 'late', role: 'helper', container: null });
  });

  it('never lasts less than nothing', () => {
    expect(records.exit(event({ at: 1 }), {}, undefined, undefined).duration_ns).toBe(0);
  });
});

describe('records of namespaces', () => {
  const plain = { type: 'namespace', ...about, comm: 'sh' };
  const event = (changes: Partial<NamespaceEvent>): NamespaceEvent => ({
    ...{ kind: 'namespace', ...stamp, op: 'setns', pid: 42, tid: 42, start, vfork: 0, ppid: 1, nspid: [42] },
    ...{ pidns: hostNs.pid, before: hostNs, after: { ...hostNs, net: 7 } },
    ...changes,
  });

  it('have what was joined or created, and by which thread', () => {
    expect(records.namespace(event({}), processOf())).toStrictEqual({ ...plain, op: 'setns', joined: { net: 7 } });
    expect(records.namespace(event({ op: 'unshare', tid: 43 }), processOf())).toStrictEqual({
      ...{ ...plain, op: 'unshare', tid: 43, created: { net: 7 } },
    });
    expect(records.cloned({ mono, at }, 0x4000_0000, processOf())).toStrictEqual({
      ...{ ...plain, op: 'clone', created: { net: hostNs.net } },
    });
  });

  it('of what was not seen are one for those joined and one for those created', () => {
    const unseen = (joined: object, created: object) => records.unseen({ mono, at }, processOf(), { joined, created });
    expect(unseen({}, {})).toEqual([]);
    expect(unseen({ net: 7 }, { mnt: 8 })).toStrictEqual([
      { ...plain, op: 'setns', joined: { net: 7 } },
      { ...plain, op: 'unshare', created: { mnt: 8 } },
    ]);
  });

  it('of calls that changed nothing are one', () => {
    expect(records.unchanged({ mono, at }, 'setns', 4, processOf())).toStrictEqual({
      ...{ ...plain, op: 'setns', joined: {}, repeated: 4 },
    });
  });
});

describe('the record of a cgroup', () => {
  const event = (changes: Partial<CgroupEvent> = {}): CgroupEvent => ({
    ...{ kind: 'cgroup', ...stamp, op: 'mkdir', by: 42, pid: 0, root: 0, id: 5, path: '/a' },
    ...changes,
  });
  const plain = { type: 'cgroup', ...about, op: 'mkdir', path: '/a', hierarchy: 'unified', id: 5 };

  it('is about who made it, of its container', () => {
    const helper = processOf({ role: 'runtime', command: commandOf({ made: web }) });
    expect(records.cgroup(event(), '', processOf(), undefined, undefined)).toStrictEqual(plain);
    expect(records.cgroup(event(), 'memory', helper, undefined, undefined)).toStrictEqual({
      ...{ ...plain, hierarchy: 'memory', role: 'runtime', for: web.ref },
    });
    expect(records.cgroup(event(), '', helper, web, undefined)).toStrictEqual({ ...plain, container: web.ref });
    expect(records.cgroup(event({ by: 0 }), '', undefined, undefined, undefined)).toStrictEqual({
      ...{ ...plain, pid: 0, nspid: [0], ns: {} },
    });
  });

  it('is about who was moved, with who did it', () => {
    const moved = event({ op: 'attach', pid: 43, by: 42 });
    expect(records.cgroup(moved, '', undefined, web, undefined)).toStrictEqual({
      ...{ ...plain, op: 'attach', pid: 43, nspid: [43], ns: {}, by_pid: 42 },
    });
    expect(records.cgroup({ ...moved, tid: 44 }, '', processOf({ pid: 43 }), undefined, undefined)).toMatchObject({
      ...{ pid: 43, tid: 44, by_pid: 42 },
    });
  });

  it('has both paths of one that was renamed, and says which one is cut', () => {
    const renamed = event({ op: 'rename', path: '/b' });
    expect(records.cgroup(renamed, '', processOf(), undefined, '/a')).toStrictEqual({
      ...{ ...plain, op: 'rename', new_path: '/b' },
    });
    expect(records.cgroup(renamed, '', processOf(), undefined, undefined).path).toBe('');
    expect(records.cgroup(event({ pathCut: true }), '', processOf(), undefined, undefined)).toStrictEqual({
      ...{ ...plain, path_truncated: true },
    });
  });
});

describe('the record of a process that was there before', () => {
  const found = processAs(42, 1, ['/bin/sh', '-c', 'x'], { argsBytes: 13 });
  const { cwd: _, ...nowhere } = found;
  const plain = {
    ...{ type: 'process', ...about, started: '1970-01-01T00:00:00.420000000Z', ppid: 1, uid: 0, gid: 0, comm: 'sh' },
    ...{ exe: '/bin/sh', args: ['/bin/sh', '-c', 'x'], args_bytes: 13, args_truncated: false, cwd: '/' },
  };

  it('has what /proc shows', () => {
    expect(records.process(processOf(), found, { mono, at }, undefined)).toStrictEqual(plain);
    expect(records.process(processOf(), nowhere as typeof found, { mono, at }, undefined)).not.toHaveProperty('cwd');
    expect(records.process(processOf(), { ...found, argsBytes: 14 }, { mono, at }, undefined).args_truncated).toBe(
      true,
    );
  });

  it('has its parent, login, rights and place', () => {
    const process = processOf({ auid: 7, tty: 'tty1', membership: web.as.init, origin: 'init' });
    expect(records.process(process, { ...found, euid: 5, egid: 6 }, { mono, at }, parent)).toStrictEqual({
      ...{ ...plain, pcomm: 'init', auid: 7, tty: 'tty1', euid: 5, egid: 6, container: web.ref, origin: 'init' },
      evidence: 'init',
    });
  });
});

describe('the record of a loss', () => {
  const lost = { kind: 'lost', ...stamp, count: 3, exact: true, from: '1000000000', to: mono } as const;

  it('says how many, from when to when, and on which CPU', () => {
    const record = records.lost(lost, 'kernel');
    expect(record).toMatchObject({
      ...{ type: 'lost', ...when, count: 3, exact: true, cpu: 0, stage: 'kernel' },
      ...{ from: '1970-01-01T00:00:01.000000000Z' },
    });
    expect(records.lost({ ...lost, cpu: -1 }, 'disk')).not.toHaveProperty('cpu');
  });
});
