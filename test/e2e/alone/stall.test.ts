import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { bpftraceOf, isRunning } from '../support/bpftrace.ts';
import { run } from '../support/run.ts';
import { type Trace, tool, trace, traced } from '../support/trace.ts';

const spawned = 300;

/** Spawns on every CPU, so that the lines of one wait for those of another. */
const spawnAround = async (mark: string): Promise<void> => {
  await Promise.all([
    run(tool('spawn'), String(spawned), tool('noop'), mark),
    run(tool('spawn'), String(spawned), tool('noop'), mark),
  ]);
};

/** Records that came before one with an earlier time. A vfork is reported with the exec that follows it, with its own time. */
const outOfOrder = (records: readonly NstraceRecord[]): NstraceRecord[] => {
  const ordered = records.filter(({ type }) => type === 'exec' || type === 'exit');
  return ordered.filter(({ mono }, index) => index > 0 && BigInt(mono) < BigInt(ordered[index - 1]!.mono));
};

const lifeOf = ({ of }: Trace, mark: string) => {
  const execs = of('exec').filter(({ args }) => args[1] === mark);
  const pids = new Set(execs.map(({ pid }) => pid));
  // Others on the machine may have got the same pids before or after.
  const exits = of('exit').filter(({ pid, exe }) => pids.has(pid) && exe === tool('noop'));
  return { execs: execs.length, exits: exits.length };
};

describe('a stall', () => {
  traced('of bpftrace loses nothing and changes no order', async () => {
    const found = await trace([], async ({ pid }) => {
      const bpftrace = bpftraceOf(pid);
      process.kill(bpftrace, 'SIGSTOP');
      const spawning = spawnAround('stalled');
      await sleep(3000);
      process.kill(bpftrace, 'SIGCONT');
      await spawning;
    });
    expect(lifeOf(found, 'stalled')).toEqual({ execs: 2 * spawned, exits: 2 * spawned });
    expect(outOfOrder(found.records)).toEqual([]);
    expect(found.footer).toMatchObject({ complete: true, lost: 0 });
  });

  traced('of nstrace loses nothing and changes no order', async () => {
    const found = await trace([], async ({ pid }) => {
      process.kill(pid, 'SIGSTOP');
      await spawnAround('unread');
      await sleep(3000);
      process.kill(pid, 'SIGCONT');
    });
    expect(lifeOf(found, 'unread')).toEqual({ execs: 2 * spawned, exits: 2 * spawned });
    expect(outOfOrder(found.records)).toEqual([]);
    expect(found.footer).toMatchObject({ complete: true, lost: 0 });
  });

  traced('that lasts until the end is a loss of unknown size, from the last confirmed moment to the end', async () => {
    let stopped = '';
    const { of, footer, stderr, exitCode } = await trace([], async ({ pid, records: soFar }) => {
      await run(tool('noop'), 'before');
      await sleep(500);
      stopped = soFar.at(-1)!.time;
      process.kill(bpftraceOf(pid), 'SIGSTOP');
      await run(tool('spawn'), String(spawned), tool('noop'), 'unseen');
    });
    expect(exitCode).toBe(0);
    expect(footer.complete).toBe(false);
    expect(of('exec').filter(({ args }) => args[1] === 'unseen')).toEqual([]);
    const lost = of('lost').at(-1)!;
    expect(lost).toMatchObject({ exact: false, stage: 'kernel' });
    expect(lost.from >= stopped && lost.from < lost.to).toBe(true);
    expect(lost.to).toBe(footer.time);
    expect(stderr).toMatch(/still to be read/);
  });

  traced('at the end is left with a second Ctrl-C, and the recording has its footer', async () => {
    const { footer, exitCode } = await trace([], async ({ pid }) => {
      process.kill(bpftraceOf(pid), 'SIGSTOP');
      process.kill(pid, 'SIGTERM');
      process.kill(pid, 'SIGTERM');
      process.kill(pid, 'SIGHUP');
      process.kill(pid, 'SIGINT');
      await sleep(1500);
      // Where it does not come to itself in between, two are one for the kernel; a third one would cut off the footer.
      while (isRunning(pid)) {
        process.kill(pid, 'SIGINT');
        await expect
          .poll(() => isRunning(pid), { timeout: 20_000 })
          .toBe(false)
          .catch(() => {});
      }
    });
    expect(exitCode).toBe(130);
    expect(footer.complete).toBe(false);
    // Signals that come at once have no order.
    expect(['terminated', 'hangup', 'interrupt']).toContain(footer.reason);
  });
});

describe('a stop', () => {
  traced('reads what is still in the buffers, as long as it takes', async () => {
    const long = 'x'.repeat(4000);
    const count = 600;
    const found = await trace([], async ({ pid }) => {
      const bpftrace = bpftraceOf(pid);
      process.kill(bpftrace, 'SIGSTOP');
      execFileSync(tool('spawn'), [String(count), tool('noop'), 'long', long]);
      // It runs for a third of each second: reading takes longer than any fixed time would allow.
      void (async () => {
        for (let round = 0; round < 50; round += 1) {
          try {
            process.kill(bpftrace, 'SIGCONT');
            await sleep(300);
            process.kill(bpftrace, 'SIGSTOP');
          } catch {
            return;
          }
          await sleep(700);
        }
      })();
    });
    const { made, delivered, lost } = found.footer.probe;
    expect(made).toBe(delivered + lost);
    const { execs } = lifeOf(found, 'long');
    expect(execs + lost).toBeGreaterThanOrEqual(count);
    expect(lost === 0 ? execs : count).toBe(count);
    expect(found.of('lost').every(({ exact }) => exact)).toBe(true);
  });
});
