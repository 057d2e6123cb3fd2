import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../src/record/schema.ts';
import { UsageSource } from '../../src/session/usage.ts';
import { container, exec, exit, fork, inContainer, xyxy12Info } from '../fixtures/records.ts';

const mounts = { unified: '/x', cpuacct: undefined, memory: undefined };
const at = (seconds: number) => ({ time: '2026-01-02T03:04:05.000000000Z', mono: String(seconds * 1e9) });

/** A source whose reader says which paths it was asked for. */
const source = () => {
  const asked: (readonly string[])[] = [];
  const usage = new UsageSource({
    mounts,
    read: (_, paths) => {
      asked.push(paths);
      return paths.length === 0 ? {} : { cpu_ns: 5, memory_bytes: 6 };
    },
  });
  return { usage, asked };
};

const named = (id: string, ...cgroups: string[]) => ({ ...xyxy12Info, id, name: id, cgroups });

describe('UsageSource', () => {
  it('makes a record of each container that lives, every two seconds', () => {
    const { usage } = source();
    usage.take(container({ op: 'created' }));
    usage.take(exec());
    const first = usage.beat(at(10));
    expect(first).toEqual([
      {
        type: 'usage',
        seq: 0,
        ...at(10),
        container: { id: 'xyxy12', name: 'xyxy12', runtime: 'runc' },
        cpu_ns: 5,
        memory_bytes: 6,
      },
    ]);
    expect(recordSchema.safeParse({ ...first[0], seq: 1 }).success).toBe(true);
    expect(usage.beat(at(11.9))).toEqual([]);
    expect(usage.beat(at(12))).toHaveLength(1);
    usage.take(container({ op: 'removed' }));
    expect(usage.beat(at(20))).toEqual([]);
  });

  it('says which processes of it were busy, and how long it looked at them', () => {
    let ticks = 0;
    let now = 100n;
    const usage = new UsageSource({
      mounts,
      clock: () => now,
      read: () => ({ cpu_ns: 5 }),
      readProcess: () => {
        ticks += 30;
        return { startTicks: 1, cpuTicks: ticks };
      },
    });
    // The first process can be there before its container has a record.
    usage.take(fork(inContainer));
    usage.take(container({ op: 'created' }));
    expect(usage.beat(at(10))[0]).not.toHaveProperty('busiest');
    // A heartbeat comes late: the interval is that between the readings.
    now += 3_100_000_000n;
    const [record] = usage.beat(at(12.5));
    expect(record).toMatchObject({ busiest: [{ pid: 10123, cpu_ns: 300_000_000 }], interval_ns: 3_100_000_000 });
    expect(recordSchema.safeParse({ ...record, seq: 1 }).success).toBe(true);
    usage.take(exit(inContainer));
    usage.take(exec({ pid: 1 }));
    expect(usage.beat(at(15))[0]).not.toHaveProperty('busiest');
  });

  it('makes none where the files say nothing', () => {
    const { usage } = source();
    usage.take(container({ container: named('plain') }));
    expect(usage.beat(at(10))).toEqual([]);
  });

  it('does not count for one container what several use', () => {
    const { usage, asked } = source();
    usage.take(container({ container: named('a', '/pool') }));
    usage.take(container({ container: named('b', '/pool', '/pool/b', '/', '/x/../y') }));
    usage.beat(at(10));
    expect(asked).toEqual([[], ['/pool/b']]);
    usage.take(container({ op: 'removed', container: named('b', '/pool', '/pool/b', '/', '/x/../y') }));
    usage.beat(at(20));
    expect(asked.at(-1)).toEqual(['/pool']);
  });

  it('gives many containers their turns', () => {
    const { usage, asked } = source();
    for (let number = 0; number < 500; number += 1) {
      usage.take(container({ container: named(`c${number}`, `/c${number}`) }));
    }
    expect([10, 10.1, 10.2, 10.3].map((seconds) => usage.beat(at(seconds)).length)).toEqual([200, 200, 100, 0]);
    expect(new Set(asked.flat()).size).toBe(500);
  });
});
