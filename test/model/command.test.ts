import { describe, expect, it } from 'vitest';
import {
  commandAbove,
  engineAbove,
  inheritCommand,
  isStage,
  keepsInvocation,
  monitorOf,
  readCommand,
  sandboxOf,
  startsInvocation,
} from '../../src/model/command.ts';
import { Container } from '../../src/model/container.ts';
import { running } from '../../src/model/new-process.ts';
import type { Command, Process } from '../../src/model/process.ts';
import { readRuntimeCommand } from '../../src/runtimes/index.ts';
import type { RuntimeCommand } from '../../src/runtimes/runtime.ts';
import { processAs } from '../fixtures/model.ts';
import { hostNs } from '../fixtures/records.ts';

let pids = 100;
const processOf = (line: string, changes: Partial<Process> = {}): Process => {
  pids += 1;
  return Object.assign(running(processAs(pids, 1, line.split(' ')), hostNs), changes);
};
const commandOf = (owner: Process, changes: Partial<Command> = {}): Command =>
  ({ action: 'start', runtime: 'runc', id: 'web', owner, made: undefined, ...changes }) as Command;
const web = new Container({ id: 'web', name: 'web', runtime: 'runc' }, 1);

/** As many processes, each the child of the next: the first is the deepest. */
const chain = (count: number): Process[] => {
  const processes = Array.from({ length: count }, (_, depth) => processOf(`sh ${depth}`));
  for (const [index, process] of processes.entries()) {
    process.parent = processes[index + 1];
  }
  return processes;
};

describe('what a program asks a runtime for', () => {
  const read = (line: string, changes: Partial<Process> = {}): Command | undefined =>
    readCommand(processOf(line, changes), readRuntimeCommand);

  it('is read from its arguments, with who asks', () => {
    const process = processOf('/usr/bin/runc run web', { membership: web.as.init });
    expect(readCommand(process, readRuntimeCommand)).toMatchObject({
      ...{ action: 'start', runtime: 'runc', id: 'web', owner: process, sure: true, from: web, made: undefined },
      by: { pid: process.pid, args: ['/usr/bin/runc', 'run', 'web'] },
    });
    expect(read('/usr/bin/ls run web')).toBeUndefined();
  });

  it('is sure if root runs a program of the system', () => {
    expect(read('/usr/bin/runc run web', { uid: 1000 })?.sure).toBe(false);
    expect(read('/home/me/runc run web')?.sure).toBe(false);
    expect(read('runc run web', { exe: '/usr/bin/tool' })?.sure).toBe(false);
  });

  it('counts if a runtime’s program says it, or root', () => {
    expect(read('/home/me/runc run web', { uid: 1000 })).toBeUndefined();
    expect(read('runc run web', { exe: '/usr/bin/tool', uid: 1000 })).toBeUndefined();
    expect(read('/usr/bin/runc run web', { uid: 1000 })?.id).toBe('web');
  });

  it('is that of the first time where a runtime executes itself again', () => {
    const before = read('/usr/bin/runc run web')!;
    const again = { exe: '/proc/self/exe', command: before };
    expect(read('runc run web', again)).toBe(before);
    expect(read('runc run db', { ...again, uid: 1000 })).toMatchObject({ id: 'db', sure: false });
    expect(read('runc delete web', { ...again, uid: 1000 })).toMatchObject({ action: 'manage', id: 'web' });
    expect(read('runc run web', { exe: '/proc/self/exe', uid: 1000 })).toBeUndefined();
    expect(read('runc run web', { exe: '/home/me/x', command: before, uid: 1000 })).toBeUndefined();
  });

  it('is the same as long as the same process says it', () => {
    const process = processOf('/usr/bin/runc run web');
    const before = readCommand(process, readRuntimeCommand);
    process.command = before;
    expect(readCommand(process, readRuntimeCommand)).toBe(before);
    const child = processOf('/usr/bin/runc run web', { command: before });
    expect(readCommand(child, readRuntimeCommand)).not.toBe(before);
  });

  it('makes a sandbox only if a program of the system does, or an engine that executes itself', () => {
    const sandbox = (): RuntimeCommand => ({ action: 'sandbox', runtime: 'flatpak', name: 'app' });
    const asked = (changes: Partial<Process>) => readCommand(processOf('x', changes), sandbox)?.action;
    expect(asked({ exe: '/usr/bin/flatpak' })).toBe('sandbox');
    expect(asked({ exe: '/home/me/flatpak' })).toBeUndefined();
    expect(asked({ exe: '/proc/self/exe', engine: 'podman' })).toBe('sandbox');
    expect(asked({ exe: '/proc/self/exe', engine: 'podman', uid: 1000 })).toBe('sandbox');
    expect(asked({ exe: '/proc/self/exe' })).toBeUndefined();
    expect(asked({ exe: '/home/me/podman', engine: 'podman' })).toBeUndefined();
    expect(readCommand(processOf('x', { exe: '/proc/self/exe', engine: 'podman' }), sandbox)?.sure).toBe(false);
  });

  it('is judged by the name of the program too, not by what it calls itself', () => {
    const asked: string[] = [];
    readCommand(processOf('/usr/bin/sub/runc run web'), (args) => {
      asked.push(args.join(' '));
      return { action: 'start', runtime: 'runc', id: 'web' };
    });
    expect(asked).toEqual(['/usr/bin/sub/runc run web', 'runc run web']);
  });
});

describe('a child that was there before', () => {
  it.each<[line: string, changes: Partial<Process>, same: boolean]>([
    ['runc run web', {}, true],
    ['runc run web', { exe: '/bin/other' }, false],
    ['runc run db', {}, false],
    ['runc run', {}, false],
    ['runc run web x', {}, false],
    ['ls -l x', {}, false],
  ])('was sent by its parent if it has that command line: %s', (line, changes, same) => {
    const parent = processOf('runc run web', { exe: '/bin/runc' });
    parent.command = commandOf(parent);
    parent.invocation = commandOf(parent);
    const child = processOf(line, { exe: '/bin/runc', ...changes });
    inheritCommand(child, parent);
    expect([child.command, child.invocation]).toEqual(
      same ? [parent.command, parent.invocation] : [undefined, undefined],
    );
  });

  it('keeps its own if its parent has none', () => {
    const own = commandOf(processOf('sh'));
    const child = processOf('sh', { command: own });
    inheritCommand(child, processOf('sh'));
    inheritCommand(child, undefined);
    expect(child.command).toBe(own);
  });
});

it('knows a stage of a runtime by its command and its own file', () => {
  const helper = commandOf(processOf('runc init'), { action: 'helper' });
  expect(isStage(processOf('runc init', { exe: '/proc/self/exe', command: helper }))).toBe(true);
  expect(isStage(processOf('runc init', { exe: '/bin/runc', command: helper }))).toBe(false);
  expect(isStage(processOf('runc run', { exe: '/proc/self/exe', command: commandOf(processOf('runc')) }))).toBe(false);
  expect(isStage(processOf('x', { exe: '/proc/self/exe' }))).toBe(false);
});

it.each([
  ['start', true],
  ['enter', true],
  ['sandbox', true],
  ['helper', false],
  ['monitor', false],
  ['manage', false],
  [undefined, false],
] as const)('takes children of %s for part of the call: %s', (action, is) => {
  expect(startsInvocation(action)).toBe(is);
});

describe('flatpak', () => {
  const call = (changes: Partial<Command> = {}, process: Partial<Process> = {}): boolean => {
    const flatpak = processOf('flatpak run app', { exe: '/usr/bin/bwrap', ...process });
    flatpak.invocation = commandOf({ pid: flatpak.pid } as Process, { action: 'sandbox', ...changes });
    return keepsInvocation(flatpak);
  };

  it('executes in its own process what makes the sandbox', () => {
    expect(call()).toBe(true);
    expect(keepsInvocation(processOf('bwrap'))).toBe(false);
    expect(call({ action: 'start' })).toBe(false);
    expect(call({ made: web })).toBe(false);
    expect(call({ owner: { pid: 1 } as Process })).toBe(false);
    expect(call({}, { exe: '/usr/bin/sh' })).toBe(false);
  });
});

describe('who is above a process', () => {
  it('asked for it, at most eight processes up', () => {
    const processes = chain(10);
    processes[7]!.command = commandOf(processes[7]!);
    expect(commandAbove(processes[0]!, 'start')).toBe(processes[7]!.command);
    expect(commandAbove(processes[7]!, 'start')).toBe(processes[7]!.command);
    expect(commandAbove(processes[0]!, 'enter')).toBeUndefined();
    expect(commandAbove(processes[8]!, 'start')).toBeUndefined();
    processes[8]!.command = commandOf(processes[8]!, { action: 'enter' });
    expect(commandAbove(processes[0]!, 'enter')).toBeUndefined();
    expect(commandAbove(processes[1]!, 'enter')).toBe(processes[8]!.command);
  });

  it('is the call that it is part of, before its own command', () => {
    const process = processOf('runc exec');
    process.command = commandOf(process, { action: 'enter' });
    process.invocation = commandOf(process);
    expect(commandAbove(process, 'enter')).toBeUndefined();
    expect(commandAbove(process, 'start')).toBe(process.invocation);
  });

  it('is an engine, at most eight processes up', () => {
    const processes = chain(10);
    processes[7]!.engine = 'podman';
    processes[8]!.engine = 'docker';
    expect(engineAbove(processes[0]!, 'podman')).toBe(processes[7]);
    expect(engineAbove(processes[0]!, 'docker')).toBeUndefined();
    expect(engineAbove(processes[1]!, 'docker')).toBe(processes[8]);
    expect(engineAbove(processes[9]!, 'docker')).toBeUndefined();
  });

  it('is the monitor of that container, at most eight processes up', () => {
    const processes = chain(10);
    const command = commandOf(processes[0]!);
    processes[1]!.command = commandOf(processes[1]!, { action: 'monitor', id: 'db' });
    processes[2]!.command = commandOf(processes[2]!);
    processes[7]!.command = commandOf(processes[7]!, { action: 'monitor' });
    expect(monitorOf(command)).toBe(processes[7]!.command);
    processes[8]!.command = processes[7]!.command;
    processes[7]!.command = undefined;
    expect(monitorOf(command)).toBeUndefined();
    expect(monitorOf(commandOf(processes[1]!))).toBe(processes[8]!.command);
  });
});

it('names the namespaces of a sandbox once, and not those that its maker was in before', () => {
  const maker = processOf('flatpak run app');
  const invocation = commandOf(maker, { action: 'sandbox' });
  const child = processOf('x', { invocation });
  maker.invocation = invocation;
  expect([sandboxOf(child, 'created'), sandboxOf(child, 'seen')]).toEqual([invocation, invocation]);
  expect([sandboxOf(maker, 'created'), sandboxOf(maker, 'seen')]).toEqual([invocation, undefined]);
  expect(sandboxOf(processOf('x'), 'seen')).toBeUndefined();
  expect(sandboxOf(processOf('x', { invocation: commandOf(maker) }), 'created')).toBeUndefined();
  invocation.made = web;
  expect(sandboxOf(child, 'created')).toBeUndefined();
});
