import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOf } from '../../src/procfs/process.ts';
import { readRuntimeCommand } from '../../src/runtimes/index.ts';
import { readRuncState } from '../../src/runtimes/runc.ts';

const read = (line: string, exe = '/usr/sbin/runc') => readRuntimeCommand(line.split(' '), exe);

describe('runc.readCommand', () => {
  const start = { runtime: 'runc', action: 'start', id: 'xyxy12' };
  const enter = { runtime: 'runc', action: 'enter', id: 'xyxy12' };

  it.each([
    'runc run xyxy12',
    'runc create xyxy12',
    'runc restore xyxy12',
    '/usr/sbin/runc run xyxy12',
    'runc --debug --root /run/other run -d --bundle /b xyxy12',
    'runc --root=/run/other run -b=/b --pid-file /p --no-pivot xyxy12',
    'runc --log /l --log-format json --systemd-cgroup create --console-socket /s -bundle /b xyxy12',
    'runc run -- xyxy12',
  ])('reads a start from: %s', (line) => {
    expect(read(line)).toMatchObject(line.includes('/b ') ? { ...start, bundle: '/b' } : start);
  });

  it.each([
    'runc exec xyxy12 top -b',
    'runc exec -t -u 1000:1000 -e A=b --cwd / --cap CAP_SYS_ADMIN xyxy12 sh -c run',
    'runc exec --process /p.json --detach xyxy12',
  ])('reads an entering from: %s', (line) => {
    expect(read(line)).toMatchObject(enter);
  });

  it('reads its own helper in the container', () => {
    expect(read('runc init', '/proc/self/exe')).toMatchObject({ runtime: 'runc', action: 'helper' });
  });

  it('knows runc by its executable if argv[0] is something else', () => {
    expect(read('anything run xyxy12')).toMatchObject(start);
  });

  it.each(['runc start xyxy12', 'runc kill xyxy12 KILL', 'runc --root /r delete --force xyxy12'])(
    'reads what is done about a container from: %s',
    (line) => {
      expect(read(line)).toMatchObject({ runtime: 'runc', action: 'manage', id: 'xyxy12' });
    },
  );

  it.each(['runc list', 'runc ps xyxy12', 'runc delete', 'runc --help', 'runc', 'runc run', 'runc run ../x'])(
    'reads nothing from: %s',
    (line) => {
      expect(read(line)).toBeUndefined();
    },
  );

  it.each(['notrunc run x', 'runc-shim run x', 'sh -c run'])('reads nothing from another program: %s', (line) => {
    expect(read(line, '/usr/bin/other')).toBeUndefined();
  });

  it('reads nothing from a process without arguments', () => {
    expect(readRuntimeCommand([], '/usr/sbin/runc')).toBeUndefined();
  });
});

describe('readRuncState', () => {
  let path: string;
  beforeEach(() => {
    path = `${mkdtempSync(`${tmpdir()}/nstrace-runc-`)}/state.json`;
  });
  afterEach(() => rmSync(path.slice(0, path.lastIndexOf('/')), { recursive: true }));

  /** A state whose init is this very process, with changes. */
  const stateWith = (changes: Record<string, unknown>) => {
    const { pid } = process;
    const state = { id: 'xyxy12', init_process_pid: pid, init_process_start: startOf(pid), ...changes };
    writeFileSync(path, JSON.stringify(state));
    return readRuncState(path, 'runc');
  };

  it('reads a container whose init lives', () => {
    expect(stateWith({ cgroup_paths: { '': '/sys/fs/cgroup/xyxy12' } })).toEqual({
      id: 'xyxy12',
      name: 'xyxy12',
      runtime: 'runc',
      init: process.pid,
      cgroups: ['/xyxy12'],
    });
  });

  it('finds the cgroups below each mount of a hybrid host', () => {
    const paths = {
      '': '/sys/fs/cgroup/unified/xyxy12',
      memory: '/sys/fs/cgroup/memory/parent/xyxy12',
      cpu: '/sys/fs/cgroup/cpu,cpuacct/xyxy12',
      'name=systemd': '/sys/fs/cgroup/systemd/xyxy12',
    };
    expect(stateWith({ cgroup_paths: paths })?.cgroups.toSorted()).toEqual(['/parent/xyxy12', '/xyxy12']);
  });

  it('never takes the root of a hierarchy as the cgroup of a container', () => {
    expect(stateWith({ cgroup_paths: { '': '/sys/fs/cgroup', memory: '/sys/fs/cgroup/memory/' } })?.cgroups).toEqual(
      [],
    );
  });

  it.each([
    ['another process has the pid now', { init_process_start: 1 }],
    ['its init is gone', { init_process_pid: 2 ** 30 }],
    ['its id is a path', { id: '../../etc' }],
    ['its id is no text', { id: 5 }],
    ['its pid is text', { init_process_pid: String(process.pid) }],
  ])('is nothing if %s', (_what, changes) => {
    expect(stateWith(changes)).toBeUndefined();
  });

  it('stands cgroup paths that are not what they should be', () => {
    expect(stateWith({ cgroup_paths: [1] })?.cgroups).toEqual([]);
    expect(stateWith({ cgroup_paths: { memory: 5 } })?.cgroups).toEqual([]);
  });
});
