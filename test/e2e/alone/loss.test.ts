import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { bpftraceOf, smallBuffers } from '../support/bpftrace.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { tool, trace, traced } from '../support/trace.ts';

const folder = ownFolder();

describe('loss', () => {
  traced('that is forced is counted exactly: made = delivered + lost, and placed in time', async () => {
    const spawned = 600;
    const { of, footer, stderr } = await trace(['--bpftrace', await smallBuffers(folder)], async ({ pid, records }) => {
      const bpftrace = bpftraceOf(pid);
      await run(tool('spawn'), '10', tool('noop'), 'before');
      process.kill(bpftrace, 'SIGSTOP');
      await run(tool('spawn'), String(spawned), tool('noop'), 'during');
      process.kill(bpftrace, 'SIGCONT');
      // Until one is here the buffers can be full.
      while (!records.some((record) => record.type === 'exec' && record.args[1] === 'here')) {
        await run(tool('noop'), 'here');
        await sleep(200);
      }
      await run(tool('spawn'), '10', tool('noop'), 'after');
    });
    const { made, delivered, lost } = footer.probe;
    expect(lost).toBeGreaterThan(0);
    expect(made).toBe(delivered + lost);
    expect(footer).toMatchObject({ lost, complete: false });
    expect(of('lost').reduce((sum, { count }) => sum + count, 0)).toBe(lost);
    // Each spawn is two lines, exec and exit: those that did not come are among the lost ones.
    const during = of('exec').filter(({ args }) => args[1] === 'during');
    const pids = new Set(during.map(({ pid }) => pid));
    const seen = during.length + of('exit').filter(({ pid }) => pids.has(pid)).length;
    expect(seen + lost).toBeGreaterThanOrEqual(2 * spawned - lost);
    expect(made).toBeGreaterThanOrEqual(2 * (spawned + 20));
    for (const { from, to, stage, exact } of of('lost')) {
      expect(from <= to).toBe(true);
      expect({ stage, exact }).toEqual({ stage: 'kernel', exact: true });
    }
    expect(of('exec').filter(({ args }) => args[1] === 'before' || args[1] === 'after')).toHaveLength(20);
    expect(stderr).toMatch(/events lost on CPU/);
  });

  traced('does not happen when tracing stops under load', async () => {
    for (let round = 0; round < 3; round += 1) {
      const spawning: Promise<unknown>[] = [];
      const { footer } = await trace([], async ({ records, until }) => {
        spawning.push(run(tool('spawn'), '1500', tool('noop')), run(tool('spawn'), '1500', tool('noop')));
        await until(() => records.filter(({ type }) => type === 'exec').length > 100);
      });
      await Promise.all(spawning);
      expect(footer).toMatchObject({ lost: 0, complete: true });
      expect(footer.events.exec).toBeGreaterThan(10);
    }
  });

  traced('when bpftrace is killed is reported, and tracing goes on', async () => {
    const { of, footer, stderr, exitCode } = await trace([], async ({ pid, until }) => {
      await run(tool('noop'), 'first');
      await until((record) => record.type === 'exec' && record.args[1] === 'first');
      process.kill(bpftraceOf(pid), 'SIGKILL');
      await until((record) => record.type === 'lost');
      await run(tool('noop'), 'second');
    });
    expect(exitCode).toBe(0);
    expect(of('exec').map(({ args }) => args[1])).toEqual(expect.arrayContaining(['first', 'second']));
    expect(of('lost').some(({ exact, stage, from, to }) => !exact && stage === 'kernel' && from < to)).toBe(true);
    expect(footer.complete).toBe(false);
    expect(stderr).toMatch(/bpftrace ended by itself: .*SIGKILL/);
  });
});
