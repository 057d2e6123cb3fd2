import { describe, expect, it } from 'vitest';
import { CgroupSet } from '../../src/model/cgroups.ts';
import { Container } from '../../src/model/container.ts';
import { running } from '../../src/model/new-process.ts';
import type { Command, Process } from '../../src/model/process.ts';
import { hasOwnMnt, isOfHost, roleOf } from '../../src/model/roles.ts';
import { processAs } from '../fixtures/model.ts';
import { hostNs } from '../fixtures/records.ts';

const inMnt = { ...hostNs, mnt: 77 };
const processOf = (line: string, changes: Partial<Process> = {}): Process =>
  Object.assign(running(processAs(500, 400, line.split(' '), { ns: inMnt }), hostNs), changes);
const commandOf = (action: Command['action'], more: Partial<Command> = {}): Command =>
  ({ action, runtime: 'runc', ...more }) as Command;
const web = new Container({ id: 'web', name: 'web', runtime: 'runc' }, 1);

describe('the role of a process', () => {
  it.each([
    ['start', 'runtime'],
    ['enter', 'runtime'],
    ['manage', 'runtime'],
    ['helper', 'runtime'],
    ['monitor', 'monitor'],
    ['daemon', undefined],
    ['rename', undefined],
    ['sandbox', undefined],
  ] as const)('is by its command %s: %s', (action, role) => {
    expect(roleOf(processOf('/usr/bin/runc', { command: commandOf(action) }))).toBe(role);
  });

  it('is what the command says, and else that of what holds namespaces', () => {
    expect(roleOf(processOf('/usr/bin/x', { command: commandOf('start', { role: 'helper' }) }))).toBe('helper');
    expect(roleOf(processOf('/usr/bin/catatonit -P'))).toBe('helper');
    expect(roleOf(processOf('/usr/bin/catatonit -P', { command: commandOf('monitor') }))).toBe('monitor');
    expect(roleOf(processOf('/usr/bin/catatonit -g'))).toBeUndefined();
    expect(roleOf(processOf('/usr/bin/sh'))).toBeUndefined();
  });
});

describe('mount namespaces that are no containers', () => {
  it('are those that engines and service managers make', () => {
    expect(isOfHost(processOf('/usr/bin/dockerd'))).toBe(true);
    expect(isOfHost(processOf('/lib/systemd/systemd'))).toBe(true);
    expect(isOfHost(processOf('/lib/systemd/systemd-executor'))).toBe(true);
    expect(isOfHost(processOf('/usr/bin/unshare'))).toBe(false);
  });

  it('are not made by what is in a container, or works for one', () => {
    const dockerd = (changes: Partial<Process>): boolean => isOfHost(processOf('/usr/bin/dockerd', changes));
    expect(dockerd({ membership: web.as.init })).toBe(false);
    expect(dockerd({ invocation: commandOf('enter') })).toBe(false);
    expect(dockerd({ invocation: commandOf('start') })).toBe(false);
    expect(dockerd({ invocation: commandOf('sandbox') })).toBe(false);
    expect(dockerd({ invocation: commandOf('manage') })).toBe(true);
    expect(isOfHost(processOf('/lib/systemd/systemd', { invocation: commandOf('enter') }))).toBe(false);
    expect(isOfHost(processOf('/lib/systemd/systemd', { invocation: commandOf('start') }))).toBe(true);
  });
});

describe('the mount namespace of a process that was there before', () => {
  const sh = processOf('/usr/bin/sh', { pid: 400, ns: hostNs });
  const systemd = processOf('/lib/systemd/systemd', { pid: 400, ns: hostNs });
  const init = processOf('/sbin/init', { pid: 1, ns: hostNs });
  const unit = (name: string): Partial<Process> => ({
    cgroups: new CgroupSet(new Map([['', `/system.slice/${name}`]])),
  });
  const own = (changes: Partial<Process> = {}, parent: Process | undefined = sh, line = '/usr/bin/x'): boolean =>
    hasOwnMnt(processOf(line, changes), parent, hostNs);

  it('makes a container if it is not the host’s', () => {
    expect(own()).toBe(true);
    expect(own({}, undefined)).toBe(true);
    expect(own({ ns: hostNs })).toBe(false);
    expect(own({ ns: hostNs }, { ...sh, mntMoved: true })).toBe(false);
  });

  it('is what its parent’s is, if it is the same', () => {
    const parent = { ...sh, ns: inMnt };
    expect(own({}, { ...parent, mntMoved: true })).toBe(true);
    expect(own({}, { ...parent, mntMoved: false })).toBe(false);
  });

  it('is none of a kernel thread’s', () => {
    expect([own({ pid: 2 }), own({ ppid: 2 }), own({ pid: 3, ppid: 4 })]).toEqual([false, false, true]);
  });

  it('is none of an engine’s, or of what holds namespaces', () => {
    expect(own({}, sh, '/usr/bin/podman')).toBe(false);
    expect(own({}, sh, '/usr/bin/catatonit -P')).toBe(false);
  });

  it('is none of a service’s', () => {
    expect(own(unit('web.service'), systemd)).toBe(false);
    expect(own({}, systemd)).toBe(false);
    expect(own(unit('web.scope'), systemd)).toBe(true);
    expect(own(unit('web.service'), init)).toBe(false);
    expect(own({}, init)).toBe(true);
    expect(own(unit('web.scope'), init)).toBe(true);
    expect(own(unit('web.service'), sh)).toBe(true);
    expect(own(unit('web.service'), undefined)).toBe(true);
  });
});
