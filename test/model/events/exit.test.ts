import { beforeEach, describe, expect, it } from 'vitest';
import type { ExitEvent } from '../../../src/probe/event.ts';
import { host } from '../../fixtures/lines.ts';
import { setUp, type World } from '../../fixtures/model.ts';

const startOf = (pid: number) => ({ mono: String(pid * 10_000_000), at: pid * 10_000_000 });
const exit = (pid: number, changes: Partial<ExitEvent> = {}): ExitEvent => ({
  ...{ kind: 'exit', mono: '9000000000', at: 9e9, cpu: 0, seq: 1, pid, start: startOf(pid), vfork: 0, ppid: 1 },
  ...{ nspid: [pid], pidns: host.pid, status: 0, ...changes },
});

describe('the exit of a process', () => {
  let world: World;
  beforeEach(() => {
    world = setUp();
  });
  const give = (...events: ExitEvent[]): void => {
    for (const event of events) {
      world.model.event(event);
    }
  };

  it('that two threads report is reported once', () => {
    world.exec(70, 1, 'sh');
    give(exit(70), exit(70));
    give(exit(71), exit(71));
    expect(world.of('exit').map(({ pid }) => pid)).toEqual([70, 71]);
  });

  it('is each process’s own, of one pid or one start', () => {
    give(exit(70), exit(70, { start: startOf(99) }), exit(71, { start: startOf(99) }));
    expect(world.of('exit')).toHaveLength(3);
  });

  it('is reported of one that is known by now, whatever was reported of that identity', () => {
    give(exit(70));
    world.exec(70, 1, 'sh');
    give(exit(70));
    expect(world.of('exit')).toHaveLength(2);
  });

  it('is its end: an exec later is another process', () => {
    world.exec(70, 1, 'sh');
    give(exit(70, { vfork: 0x4100 }));
    expect(world.of('fork').map(({ pid }) => pid)).toEqual([70]);
    give(exit(70));
    expect(world.of('exit')).toHaveLength(1);
  });

  it.each<[status: number, oom: boolean | undefined, end: object]>([
    [0, undefined, { code: 0 }],
    [3 << 8, undefined, { code: 3 }],
    [255 << 8, false, { code: 255 }],
    [9, false, { signal: 'SIGKILL' }],
    [9, true, { signal: 'SIGKILL', oom: true }],
    [0x8b, undefined, { signal: 'SIGSEGV', core: true }],
    [3 << 8, true, { code: 3 }],
  ])('with status %d, out of memory %s, is %j', (status, oom, end) => {
    give(exit(70, oom === undefined ? { status } : { status, oom }));
    const [{ code, signal, core, oom: chosen } = {} as never] = world.of('exit');
    const seen = { code, signal, core: core || undefined, oom: chosen };
    expect(JSON.parse(JSON.stringify(seen))).toEqual(end);
  });

  it('comes after the calls that changed nothing', () => {
    world.exec(70, 1, 'sh');
    world.namespace('setns', 70, host);
    world.namespace('setns', 70, host);
    world.records.length = 0;
    give(exit(70));
    expect(world.records.map(({ type }) => type)).toEqual(['namespace', 'exit']);
    expect(world.of('namespace')).toMatchObject([{ op: 'setns', repeated: 2, joined: {} }]);
  });

  it('of one that is not known is in the container of its pid namespace', () => {
    world.fork(10, 1, { ns: { ...host, pid: 600 }, nspid: [10, 1], flags: 0x2000_0000 });
    give(exit(70, { pidns: 600, nspid: [70, 5] }));
    expect(world.of('exit')).toMatchObject([{ nspid: [70, 5], ns: { pid: 600 }, container: { id: 'pid:[600]' } }]);
  });
});
