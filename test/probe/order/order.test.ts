import { describe, expect, it } from 'vitest';
import type { ExitEvent, LineEvent } from '../../../src/probe/event.ts';
import { CpuOrder } from '../../../src/probe/order/order.ts';
import { Sequence } from '../../../src/probe/order/sequence.ts';

const setUp = () => {
  const given: string[] = [];
  const sequence = new Sequence();
  const clock = { ms: 0 };
  const order = new CpuOrder(
    (event) => given.push(event.mono),
    sequence,
    () => clock.ms,
  );
  const make = (cpu: number, seq: number, at: number): void => {
    const stamp = { cpu, seq, at, mono: String(at) };
    sequence.take(stamp);
    order.event({ kind: 'folded', ...stamp, pid: 1, total: 1, last: false } as LineEvent);
  };
  const beat = (at: number, ...totals: [number, number][]): number | undefined =>
    order.beat({ mono: String(at), at }, new Map(totals))?.at;
  const beatBefore = (at: number, before: number, ...totals: [number, number][]): number | undefined =>
    order.beat({ mono: String(at), at }, new Map(totals), before)?.at;
  return { given, order, make, beat, beatBefore, clock, sequence };
};

describe('a kill for want of memory', () => {
  const died = (pid: number, tid: number, at: number): ExitEvent => ({
    ...{ kind: 'exit', mono: String(at), at, cpu: 0, seq: 1, pid, tid, start: { mono: '1', at: 1 } },
    ...{ ppid: 1, nspid: [pid], pidns: 1, status: 9, vfork: 0 },
  });
  const marked = (pid: number, at: number): LineEvent => ({ kind: 'oom', mono: String(at), at, cpu: 1, seq: 1, pid });
  const victims = (...events: LineEvent[]): number[] => {
    const found: number[] = [];
    const order = new CpuOrder(
      (event) => event.kind === 'exit' && event.oom === true && found.push(event.pid),
      new Sequence(),
    );
    for (const event of events) {
      order.event(event);
    }
    order.flush();
    return found;
  };

  it('is noted with an exit that comes before the mark, by process or by thread', () => {
    expect(victims(marked(7, 20), died(7, 7, 10), died(8, 8, 11))).toEqual([7]);
    expect(victims(died(7, 9, 10), marked(9, 20))).toEqual([7]);
  });

  it('is not noted with a process that ends after its mark, and has the pid of the one before', () => {
    expect(victims(marked(7, 20), died(7, 7, 30))).toEqual([]);
    expect(victims(died(7, 7, 10), marked(7, 2e9))).toEqual([]);
  });

  it('is noted with an exit at the moment of the mark, or up to a second before it', () => {
    expect(victims(died(7, 7, 20), marked(7, 20))).toEqual([7]);
    expect(victims(died(7, 7, 21), marked(7, 1e9 + 20))).toEqual([7]);
    expect(victims(died(7, 7, 20), marked(7, 1e9 + 20))).toEqual([]);
  });

  it('is noted with exits alone, each with its own mark', () => {
    const other = { ...died(7, 7, 9), kind: 'folded', total: 1, last: false } as unknown as LineEvent;
    expect(victims(other, died(8, 8, 10), died(7, 7, 11), marked(7, 20))).toEqual([7]);
    expect(victims(died(7, 7, 10), died(8, 8, 11), marked(8, 20), marked(7, 21))).toEqual([7, 8]);
  });

  it('is noted as long as the mark has not gone on, and no longer', () => {
    const found: number[] = [];
    const order = new CpuOrder(
      (event) => event.kind === 'exit' && event.oom === true && found.push(event.pid),
      new Sequence(),
    );
    order.event(died(7, 7, 10));
    order.event(marked(7, 20));
    order.beat({ mono: '15', at: 15 }, new Map());
    order.event(died(9, 9, 17));
    order.event(marked(9, 18));
    order.beat({ mono: '18', at: 18 }, new Map());
    order.event(died(7, 7, 19));
    order.flush();
    expect(found).toEqual([7, 9, 7]);
    order.event(died(9, 9, 12));
    order.flush();
    expect(found).toEqual([7, 9, 7]);
  });
});

describe('order', () => {
  it('waits for an event that is still being put together', () => {
    const { given, make, beat, beatBefore } = setUp();
    make(0, 1, 10);
    make(0, 2, 30);
    expect(beatBefore(40, 20, [0, 2])).toBe(40);
    expect(given).toEqual(['10']);
    make(1, 1, 20);
    beat(140, [0, 2], [1, 1]);
    expect(given).toEqual(['10', '20', '30']);
  });

  it('holds events until a heartbeat says that all before it are here, then gives them by time', () => {
    const { given, make, beat } = setUp();
    make(0, 1, 30);
    make(0, 2, 50);
    make(1, 1, 10);
    expect(given).toEqual([]);
    expect(beat(40, [0, 2], [1, 1])).toBe(40);
    expect(given).toEqual(['10', '30']);
  });

  it('gives what is as old as the heartbeat, and not what is as old as the event that it waits for', () => {
    const { given, make, beat, beatBefore } = setUp();
    make(0, 1, 40);
    beat(40, [0, 1]);
    expect(given).toEqual(['40']);
    make(0, 2, 50);
    beatBefore(60, 50, [0, 2]);
    expect(given).toEqual(['40']);
  });

  it('holds 200,000 at most: then the older half goes', () => {
    const { given, make } = setUp();
    for (let seq = 1; seq < 200_000; seq += 1) {
      make(0, seq, seq);
    }
    expect(given).toHaveLength(0);
    make(1, 1, 0);
    expect([given.length, given[0], given.at(-1)]).toEqual([100_000, '0', '99999']);
  });

  it('waits for a CPU that is late', () => {
    const { given, make, beat } = setUp();
    make(0, 1, 30);
    expect(beat(40, [0, 1], [1, 1])).toBeUndefined();
    expect(given).toEqual([]);
    make(1, 1, 20);
    expect(beat(60, [0, 1], [1, 1])).toBe(60);
    expect(given).toEqual(['20', '30']);
  });

  it('does not wait for ever for what was lost, and counts it also if its CPU makes no further line', () => {
    const { given, make, beat, clock, sequence } = setUp();
    make(0, 1, 5);
    for (let count = 1; count <= 50; count += 1) {
      clock.ms += 100;
      beat(count * 100, [0, 1], [1, 1]);
    }
    expect(given).toEqual([]);
    clock.ms += 100;
    beat(5100, [0, 1], [1, 1]);
    expect(given).toEqual(['5']);
    expect(sequence.lost).toBe(1);
    expect(sequence.losses({ mono: '5200', at: 5200 }, { mono: '0', at: 0 })).toMatchObject([
      { cpu: 1, count: 1, from: '0' },
    ]);
  });

  it('waits for a CPU as long as its lines are coming, however many heartbeats that takes', () => {
    const { given, make, beat, clock } = setUp();
    make(0, 1, 1);
    for (let seq = 1; seq < 100; seq += 1) {
      clock.ms += 1000;
      make(1, seq, 1 + seq);
      beat(1000, [0, 1], [1, 100]);
    }
    expect(given).toEqual([]);
    make(1, 100, 500);
    expect(beat(2000, [0, 1], [1, 100])).toBe(2000);
    expect(given).toHaveLength(101);
  });

  it('does not take a time in which nothing could come for waiting', () => {
    const { given, make, beat, clock } = setUp();
    make(0, 1, 30);
    beat(40, [0, 1], [1, 1]);
    // We were stopped for a minute: the line of the other CPU is still behind many heartbeats in the pipe.
    clock.ms += 60_000;
    for (let count = 0; count < 600; count += 1) {
      beat(50 + count, [0, 1], [1, 1]);
    }
    expect(given).toEqual([]);
    make(1, 1, 20);
    beat(700, [0, 1], [1, 1]);
    expect(given).toEqual(['20', '30']);
  });

  it('does not take the time in which the machine was suspended for waiting', () => {
    const { given, make, beat, clock, sequence } = setUp();
    const hour = 3_600_000_000_000;
    make(0, 1, 30);
    beat(40, [0, 1], [1, 1]);
    // CLOCK_BOOTTIME counts the hour, the clock that waiting is measured by (CLOCK_MONOTONIC) does not.
    for (let count = 1; count <= 10; count += 1) {
      clock.ms += 100;
      beat(hour + count, [0, 1], [1, 1]);
    }
    expect([given, sequence.lost]).toEqual([[], 0]);
    make(1, 1, 20);
    make(1, 2, hour + 5);
    make(0, 2, hour + 4);
    expect(beat(hour + 20, [0, 2], [1, 2])).toBe(hour + 20);
    expect([given, sequence.lost]).toEqual([['20', '30', `${hour + 4}`, `${hour + 5}`], 0]);
  });

  it('keeps the order of lines of one CPU at the same time, and gives all at the end', () => {
    const { given, order, make } = setUp();
    make(0, 1, 7);
    make(0, 2, 7);
    make(1, 1, 3);
    order.flush();
    expect(given).toEqual(['3', '7', '7']);
  });
});
