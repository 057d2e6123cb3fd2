import { describe, expect, it } from 'vitest';
import type { EnterEvent, KernelEvent, LeaveEvent, LineEvent } from '../../../src/probe/event.ts';
import { NamespacePairs } from '../../../src/probe/order/namespace-pairs.ts';
import { host } from '../../fixtures/lines.ts';

const stamp = (at: number, cpu = 0) => ({ mono: String(at), at, cpu, seq: at });
const leave = (at: number, tid: number): LeaveEvent => ({
  kind: 'leave',
  ...stamp(at),
  ...{ pid: tid, tid, ppid: 1, start: { mono: '1', at: 1 }, nspid: [tid], pidns: host.pid, vfork: 0, before: host },
});
const enter = (at: number, tid: number): EnterEvent => ({
  kind: 'enter',
  ...stamp(at, 1),
  ...{ op: 'unshare', tid, after: { ...host, net: 7 } },
});

const paired = (...lines: LineEvent[]): KernelEvent[] => {
  const events: KernelEvent[] = [];
  const pairs = new NamespacePairs((event) => events.push(event));
  for (const line of lines) {
    pairs.take(line);
  }
  return events;
};

describe('the two lines of unshare and setns', () => {
  it('are one event, at the time of the second', () => {
    expect(paired(leave(1, 70), leave(2, 71), enter(3, 70))).toEqual([
      {
        kind: 'namespace',
        ...stamp(3, 1),
        op: 'unshare',
        ...{ pid: 70, tid: 70, ppid: 1, start: { mono: '1', at: 1 }, nspid: [70], pidns: host.pid, vfork: 0 },
        before: host,
        after: { ...host, net: 7 },
      },
    ]);
  });

  it('are none where the call failed, or where the first was lost, which was said', () => {
    expect(paired(leave(1, 70), leave(2, 70), enter(3, 99))).toEqual([]);
  });

  it('are counted as lost where that many calls failed in between that the first was forgotten', () => {
    const failed = Array.from({ length: 17_000 }, (_, index) => leave(index + 2, index + 100));
    expect(paired(leave(1, 70), ...failed, enter(20_000, 70))).toMatchObject([{ kind: 'lost', count: 1 }]);
    const [last] = paired(leave(1, 70), ...failed, leave(19_000, 70), enter(20_000, 70));
    expect(last).toMatchObject({ kind: 'namespace', tid: 70 });
  });

  it('leave other events alone', () => {
    const oom: LineEvent = { kind: 'oom', ...stamp(1), pid: 5 };
    expect(paired(oom)).toEqual([oom]);
  });
});
