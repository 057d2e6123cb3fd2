import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Features } from '../../src/probe/bpftrace/features.ts';
import type { KernelEvent } from '../../src/probe/event.ts';
import { Tracer } from '../../src/probe/tracer.ts';
import { stopped, switchKey } from '../../src/probe/wire.ts';
import { execLine } from '../fixtures/lines.ts';

/** What the stand-in for bpftrace does in one life (test/fixtures/bpftrace.cjs). */
interface Play {
  readonly steps: readonly Step[];
  readonly stop?: readonly Step[];
}
type Step = { print: string } | { complain: string } | { wait: number } | { end: number };

const features: Features = { environment: {}, parameters: [], chunkBytes: 184, bytesFormat: '%rh', tailKey: 1n };
const begun = 1_000_000_000;

/** A heartbeat, and how many lines CPU 0 has made by then. */
const beat = (at: number, made: number, state = 0): Step => ({
  print: `H ${begun + at} ${begun}\n@seq[0]: ${made}\n@seq[${switchKey}]: ${state}\n`,
});
const exec = (at: number, seq: number, pid = 100 + seq): Step => ({
  print: execLine({ time: begun + at, seq, pid, start: begun + at }),
});

let folder: string;
let plays: string;
let tracer: Tracer | undefined;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-tracer-`);
  plays = join(folder, 'plays.json');
});
afterEach(async () => {
  await tracer?.stop(AbortSignal.abort());
  tracer = undefined;
  rmSync(folder, { recursive: true });
});

const make = (list: readonly Play[], change: Partial<Features> = {}) => {
  writeFileSync(plays, JSON.stringify({ plays: list }));
  const events: KernelEvent[] = [];
  const notices: string[] = [];
  const resumed: string[] = [];
  const failures: Error[] = [];
  const slept: number[] = [];
  tracer = new Tracer({
    command: [process.execPath, join(import.meta.dirname, '../fixtures/bpftrace.cjs'), plays],
    features: { ...features, ...change },
    failed: false,
    onEvent: (event) => events.push(event),
    onBeat: () => {},
    onNotice: (text) => notices.push(text),
    onResume: ({ mono }) => resumed.push(mono),
    onFailure: (error) => failures.push(error),
    sleep: async (ms) => void slept.push(ms),
  });
  const pids = () => events.flatMap((event) => (event.kind === 'exec' ? [event.pid] : []));
  const lost = () => events.flatMap((event) => (event.kind === 'lost' ? [event] : []));
  return { tracer, events, pids, lost, notices, resumed, failures, slept };
};

const starts = (): number => JSON.parse(readFileSync(plays, 'utf8')).started;

const never = new AbortController().signal;

/** Stops it, and says so to the stand-in, as the kernel does to the real one. */
const stop = async (it: Tracer): Promise<void> => {
  const done = it.stop(never);
  process.kill(it.pid, 'SIGUSR1');
  await done;
};

describe('a start', () => {
  it('is over with the first heartbeat, which says when tracing began', async () => {
    const { tracer, pids } = make([{ steps: [beat(5, 0), exec(10, 1), beat(20, 1), beat(30, 1)] }]);
    expect(await tracer.start()).toMatchObject({ mono: String(begun) });
    await expect.poll(pids).toEqual([101]);
  });

  it('that fails says why in plain words, with status 3', async () => {
    const { tracer } = make([
      { steps: [{ complain: 'ERROR: tracepoint not found: sched:sched_process_exec' }, { end: 1 }] },
    ]);
    await expect(tracer.start()).rejects.toMatchObject({
      message: expect.stringContaining('the kernel lacks a tracepoint'),
      status: 3,
    });
    expect(starts()).toBe(1);
  });

  it('that fails with our description of the structures is tried with the kernel’s', async () => {
    const fails = { steps: [{ complain: 'ERROR: Unknown struct' }, { end: 1 }] };
    const { tracer } = make([fails, { steps: [beat(5, 0)] }], { structures: Buffer.from('types') });
    expect(await tracer.start()).toBeDefined();
    expect(starts()).toBe(2);
  });

  it('that is aborted starts nothing, or ends what it started', async () => {
    const { tracer } = make([{ steps: [] }]);
    expect(await tracer.start(AbortSignal.abort())).toBeUndefined();
    const aborter = new AbortController();
    const starting = tracer.start(aborter.signal);
    await expect.poll(starts).toBe(1);
    aborter.abort();
    expect(await starting).toBeUndefined();
  });
});

describe('a bpftrace that ends by itself', () => {
  it('is started again, and what happened in between is lost, from the last heartbeat to the next start', async () => {
    const { tracer, pids, lost, notices, resumed } = make([
      { steps: [beat(5, 0), exec(10, 1), beat(20, 1), beat(30, 1), exec(40, 2), { wait: 200 }, { end: 1 }] },
      { steps: [{ print: `H ${begun + 900} ${begun + 800}\n@seq[0]: 0\n` }] },
    ]);
    await tracer.start();
    await expect.poll(() => notices).toHaveLength(1);
    expect(notices[0]).toMatch(/^bpftrace ended by itself: .*Tracing goes on/);
    expect(pids()).toEqual([101, 102]);
    expect(lost()).toMatchObject([{ exact: false, from: String(begun + 30), to: String(begun + 800) }]);
    expect(resumed).toEqual([String(begun + 800)]);
    expect(tracer.restarts).toBe(1);
  });

  it('again and again is given up, with pauses that grow in between', async () => {
    const dies = { steps: [beat(5, 0), { wait: 20 }, { end: 1 }] };
    const { tracer, failures, slept } = make([dies]);
    await tracer.start();
    await expect.poll(() => failures).toHaveLength(1);
    expect(failures[0]!.message).toContain('bpftrace keeps ending by itself');
    expect(starts()).toBe(6);
    expect(slept).toEqual([800, 1600, 3200, 6400]);
  });

  it('because somebody else stopped its probes is ended and started again', async () => {
    const { tracer, notices } = make([
      { steps: [beat(5, 0), { wait: 100 }, beat(10, 0, stopped), beat(20, 0, stopped)] },
      { steps: [beat(900, 0)] },
    ]);
    await tracer.start();
    await expect.poll(() => notices).toHaveLength(1);
    expect(notices[0]).toContain('somebody else stopped its probes');
  });
});

describe('a stop', () => {
  it('waits for lines that were made and have not come', async () => {
    const { tracer, pids, lost } = make([
      {
        steps: [beat(5, 0), exec(10, 1), beat(20, 1)],
        stop: [
          beat(30, 3, stopped),
          { wait: 150 },
          exec(25, 2),
          exec(26, 3),
          beat(40, 3, stopped),
          beat(50, 3, stopped),
        ],
      },
    ]);
    await tracer.start();
    await stop(tracer);
    expect(pids()).toEqual([101, 102, 103]);
    expect(lost()).toEqual([]);
    expect(tracer.count).toEqual({ made: 3, delivered: 3, lost: 0 });
    expect(tracer.ended).toBe(true);
  });

  it('counts exactly what does not come, where two heartbeats agree on what was made', async () => {
    const { tracer, pids, lost } = make([
      {
        steps: [beat(5, 0), exec(10, 1), beat(20, 1)],
        stop: [beat(30, 3, stopped), exec(26, 3), beat(40, 3, stopped), beat(50, 3, stopped)],
      },
    ]);
    await tracer.start();
    await stop(tracer);
    expect(pids()).toEqual([101, 103]);
    expect(lost()).toMatchObject([{ count: 1, exact: true }]);
    expect(tracer.count).toEqual({ made: 3, delivered: 2, lost: 1 });
  });

  it('says that an unknown number is missing where the totals do not come', async () => {
    const { tracer, lost } = make([{ steps: [beat(5, 0), exec(10, 1), beat(20, 1)], stop: [{ end: 0 }] }]);
    await tracer.start();
    await stop(tracer);
    expect(lost()).toMatchObject([{ exact: false }]);
  });

  it('waits for nothing when it is to leave', async () => {
    const { tracer, lost } = make([{ steps: [beat(5, 0), beat(20, 7)] }]);
    await tracer.start();
    await tracer.stop(AbortSignal.abort());
    expect(tracer.ended).toBe(true);
    expect(lost()).toMatchObject([{ exact: false }]);
  });
});
