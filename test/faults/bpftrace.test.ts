import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import { bpftraceOf, smallBuffers } from '../e2e/support/bpftrace.ts';
import { ownFolder } from '../e2e/support/own-folder.ts';
import { trace } from '../e2e/support/trace.ts';
import { accounts, expectAccounts, fault, livesOf, outOfOrder, spawn, spawnTwice, whileStarved } from './support.ts';

const folder = ownFolder();

fault(
  'bpftrace killed three times, with 100 execs before, between and after',
  'tracing goes on; what is missing is a `lost` from the last confirmed moment to the new beginning, and `complete` is false',
  async () => {
    const found = await trace([], async ({ pid, until, records }) => {
      for (let round = 0; round < 3; round += 1) {
        await spawn(100, 'known');
        await until((record) => record.type === 'exec' && record.args[1] === 'known');
        await sleep(500);
        const losses = records.filter(({ type }) => type === 'lost').length;
        process.kill(bpftraceOf(pid), 'SIGKILL');
        await until(
          (record) => record.type === 'lost' && records.filter(({ type }) => type === 'lost').length > losses,
        );
      }
      await spawn(100, 'known');
    });
    expectAccounts(found);
    expect(found.footer.complete).toBe(false);
    expect(livesOf(found, 'known').execs).toBe(400);
    return `${livesOf(found, 'known').execs} of 400 execs outside of the gaps, ${found.of('lost').length} gaps, ${accounts(found)}`;
  },
);

fault('bpftrace stopped (SIGSTOP) for 3 s, with 1,000 execs on two CPUs', 'everything arrives, in order', async () => {
  const found = await trace([], async ({ pid }) => {
    const bpftrace = bpftraceOf(pid);
    process.kill(bpftrace, 'SIGSTOP');
    const spawning = spawnTwice(500, 'stopped');
    await sleep(3000);
    process.kill(bpftrace, 'SIGCONT');
    await spawning;
  });
  expectAccounts(found);
  const { execs, exits } = livesOf(found, 'stopped');
  expect({ execs, exits, order: outOfOrder(found.records) }).toEqual({ execs: 1000, exits: 1000, order: 0 });
  return `${execs} execs, ${exits} exits, 0 out of order, ${accounts(found)}`;
});

fault(
  'bpftrace stopped and never continued, with 1,000 execs, then Ctrl-C',
  'given up after 5 s without a line; a `lost` with `exact: false` from the last confirmed moment to the end, `complete: false`',
  async () => {
    const found = await trace([], async ({ pid }) => {
      await sleep(500);
      process.kill(bpftraceOf(pid), 'SIGSTOP');
      await spawn(1000, 'never');
    });
    expectAccounts(found);
    expect(found.footer.complete).toBe(false);
    expect(found.of('lost').at(-1)).toMatchObject({ exact: false, to: found.footer.time });
    return `${livesOf(found, 'never').execs} of 1,000 execs, ${accounts(found)}`;
  },
);

fault(
  'bpftrace starved: the lowest priority, and four processes that take all CPUs, with 1,000 execs',
  'everything arrives, late, in order',
  async () => {
    const found = await trace([], async ({ pid }) => {
      await execa('chrt', ['-a', '-i', '-p', '0', String(bpftraceOf(pid))]);
      await whileStarved(async () => {
        await spawnTwice(500, 'starved');
        await sleep(1000);
      });
    });
    expectAccounts(found);
    const { execs, exits } = livesOf(found, 'starved');
    expect(execs === 1000 || found.footer.lost > 0).toBe(true);
    expect(outOfOrder(found.records)).toBe(0);
    return `${execs} execs, ${exits} exits, 0 out of order, ${accounts(found)}`;
  },
);

fault(
  'buffers of 16 pages, bpftrace stopped, 2,000 execs',
  'lines made = delivered + lost, exactly, and each loss says from when to when on which CPU',
  async () => {
    const found = await trace(['--bpftrace', await smallBuffers(folder)], async ({ pid }) => {
      const bpftrace = bpftraceOf(pid);
      await spawn(10, 'before');
      process.kill(bpftrace, 'SIGSTOP');
      await spawnTwice(1000, 'flood');
      process.kill(bpftrace, 'SIGCONT');
      await sleep(500);
      await spawn(10, 'after');
    });
    expectAccounts(found);
    expect(found.footer.lost).toBeGreaterThan(0);
    expect(found.of('lost').every(({ exact, cpu }) => exact && cpu !== undefined)).toBe(true);
    const { made, delivered, lost } = found.footer.probe;
    expect(livesOf(found, 'before').execs + livesOf(found, 'after').execs).toBe(20);
    return `${made} = ${delivered} + ${lost} lines in ${found.of('lost').length} gaps, complete: ${found.footer.complete}`;
  },
);
