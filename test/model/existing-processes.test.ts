import { beforeEach, describe, expect, it } from 'vitest';
import { host } from '../fixtures/lines.ts';
import { processAs, setUp, type World } from '../fixtures/model.ts';

const time = { mono: '5000000000', at: 5e9 };
const inPidns = { ...host, pid: 500, mnt: 501 };
const init = processAs(1, 0, ['init']);
const sh = processAs(42, 1, ['/bin/sh'], { ns: inPidns, nspid: [42, 1] });

describe('processes that are there when tracing begins', () => {
  let world: World;
  beforeEach(() => {
    world = setUp();
  });

  it('are reported once, but for those whose birth or exec was seen already', () => {
    const [born, ran, other] = [50, 51, 52].map((pid) => processAs(pid, 1, [`p${pid}`]));
    world.model.existing([born!, ran!, other!], [], time, (pid) => (({ 50: 'born', 51: 'ran' }) as const)[pid]);
    expect(world.of('process').map(({ pid }) => pid)).toEqual([52]);
    world.exit(51);
    world.exit(50);
    expect(world.of('exit').map(({ comm }) => comm)).toEqual(['p51', undefined]);
  });

  it('are in a container that is said to be there before they are', () => {
    world.baseline(sh);
    world.baseline(processAs(43, 42, ['ls'], { ns: inPidns, nspid: [43, 2] }));
    expect(world.records.map(({ type }) => type)).toEqual(['container', 'process', 'process']);
    expect(world.lives()).toEqual(['seen sh pid:[500]']);
    expect(world.of('process')[1]).toMatchObject({ pid: 43, container: { name: 'sh pid:[500]' } });
  });

  it('that a daemon made are no person’s: nobody asked for what they start', () => {
    const dockerd = processAs(20, 1, ['dockerd'], { exe: '/usr/bin/dockerd' });
    const person = { auid: 1000, tty: 'pts/3' };
    world.baseline(dockerd, processAs(21, 20, ['worker'], person), processAs(22, 1, ['bash'], person));
    for (const [pid, ppid] of [
      [30, 21],
      [40, 22],
    ] as const) {
      world.exec(pid, ppid, `runc run c${pid}`, { exe: '/usr/bin/runc', ...person });
      world.cgroup('mkdir', pid, `/c${pid}`);
    }
    expect(world.of('container').map(({ op, asked_by: by }) => [op, by?.pid])).toEqual([
      ['created', undefined],
      ['created', 40],
    ]);
  });
});

describe('after a gap', () => {
  let world: World;
  beforeEach(() => {
    world = setUp();
    world.baseline(sh, processAs(43, 42, ['ls'], { ns: inPidns, nspid: [43, 2] }));
    world.records.length = 0;
  });
  const resume = (...running: (typeof sh)[]): void => world.model.resume([init, ...running], time, () => undefined);

  it('processes that are still there are not reported again', () => {
    resume(sh, processAs(43, 42, ['ls'], { ns: inPidns, nspid: [43, 2] }));
    expect(world.records).toEqual([]);
  });

  it('those that are gone have no exit that nobody saw, and their container has stopped', () => {
    resume();
    expect(world.records.map(({ type }) => type)).toEqual(['container', 'container']);
    expect(world.lives()).toEqual(['stopped sh pid:[500]', 'removed sh pid:[500]']);
    expect(world.of('container')[0]).not.toHaveProperty('code');
  });

  it('one that has the pid of another is another', () => {
    resume(sh, processAs(43, 42, ['cat'], { ns: inPidns, nspid: [43, 2], startTicks: 44 }));
    expect(world.of('process')).toMatchObject([{ pid: 43, comm: 'cat', container: { name: 'sh pid:[500]' } }]);
    expect(world.lives()).toEqual([]);
  });

  it('those that began while it was looked stay, though they were not found', () => {
    const later = processAs(44, 1, ['late'], { startTicks: 501 });
    const before = processAs(45, 1, ['early'], { startTicks: 499 });
    const now = processAs(46, 1, ['now'], { startTicks: 500 });
    world.baseline(later, before, now);
    resume(sh);
    world.records.length = 0;
    const exit = (pid: number, ticks: number): void =>
      world.model.event({
        ...{ kind: 'exit', mono: '9000000000', at: 9e9, cpu: 0, seq: 1, pid, vfork: 0, ppid: 1, nspid: [pid] },
        ...{ start: { mono: `${ticks}0000000`, at: ticks * 1e7 }, pidns: host.pid, status: 0 },
      });
    exit(44, 501);
    exit(45, 499);
    exit(46, 500);
    expect(world.of('exit').map(({ comm }) => comm)).toEqual(['late', undefined, 'now']);
  });
});
