import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import { run } from '../e2e/support/run.ts';
import { tool, trace } from '../e2e/support/trace.ts';
import { accounts, expectAccounts, fault, livesOf, memoryOf, spawn, until } from './support.ts';

fault(
  'one pid used 1,000 times (clone3 with set_tid)',
  'a process is (pid, start): each exec has its own exit, and no life is longer than it was',
  async () => {
    let pid = 0;
    const began = Date.now();
    const found = await trace([], async () => {
      const { stdout } = await run(tool('reuse'), '1000', tool('noop'), 'reused');
      pid = Number(stdout);
    });
    const ms = Date.now() - began;
    expectAccounts(found);
    const execs = found.of('exec').filter((record) => record.pid === pid && record.args[1] === 'reused');
    const exits = found.of('exit').filter((record) => record.pid === pid);
    const longest = Math.max(...exits.map(({ duration_ns }) => duration_ns));
    // The first one had whatever pid the kernel chose.
    expect([execs.length, exits.length]).toEqual([1000, 1000]);
    const order = found.records.filter((record) => 'pid' in record && record.pid === pid && record.type !== 'fork');
    expect(order.every(({ type }, index) => type === (index % 2 === 0 ? 'exec' : 'exit'))).toBe(true);
    expect(longest / 1e6).toBeLessThan(ms / 2);
    return `${execs.length} execs, ${exits.length} exits, in turn; ${accounts(found)}`;
  },
);

fault(
  '10,000 containers of some ms, one after the other (new pid, mount and uts namespaces)',
  'each is created, started, stopped and removed; nothing of them stays in memory',
  async () => {
    let before = 0;
    let after = 0;
    const found = await trace([], async ({ pid }) => {
      await run(tool('lives'), '5000', tool('noop'), 'short');
      await sleep(1000);
      before = memoryOf(pid);
      await run(tool('lives'), '5000', tool('noop'), 'short');
      await sleep(1000);
      after = memoryOf(pid);
    });
    expectAccounts(found);
    const ids = new Set(
      found.of('exec').flatMap(({ args, container }) => (args[1] === 'short' ? [container?.instance] : [])),
    );
    const ops = new Map<string, number>();
    for (const { op, container } of found.of('container')) {
      if (ids.has(container.instance)) {
        ops.set(op, (ops.get(op) ?? 0) + 1);
      }
    }
    expect(after).toBeLessThan(before * 1.3);
    const each = [...ops].map(([op, count]) => `${count} ${op}`).join(', ');
    expect(ids.size).toBe(10_000);
    expect(Object.fromEntries(ops)).toMatchObject({
      created: 10_000,
      started: 10_000,
      stopped: 10_000,
      removed: 10_000,
    });
    return `${ids.size} instances: ${each}; nstrace had ${before} MB after half of them, and ${after} MB after all; ${accounts(found)}`;
  },
  180_000,
);

fault(
  'a fork bomb of a user without rights, at most 300 processes (RLIMIT_NPROC), for 5 s, with 300 execs beside it',
  'what is beside it is seen or counted, and made = delivered + lost',
  async () => {
    const bomb = 'f() { f | f & }; while :; do f; sleep 0.05; done';
    const as = ['prlimit', '--nproc=300', 'setpriv', '--reuid', '65533', '--regid', '65533', '--clear-groups'];
    const found = await trace([], async () => {
      const child = execa('unshare', ['-pf', '--kill-child', ...as, 'sh', '-c', bomb], { reject: false });
      await sleep(500);
      await spawn(300, 'beside');
      await sleep(4500);
      child.kill('SIGKILL');
      await child;
    });
    expectAccounts(found);
    const { execs } = livesOf(found, 'beside');
    expect(execs === 300 || found.footer.lost > 0).toBe(true);
    const forks = found.of('fork').filter(({ container }) => container !== null).length;
    expect(forks).toBeGreaterThan(300);
    const { made, delivered, lost } = found.footer.probe;
    return `${forks} forks of the bomb, ${execs} of 300 execs beside; ${made} = ${delivered} + ${lost} lines; ${accounts(found)}`;
  },
);

fault(
  'as many processes as the machine allows, 25,000 at most, before tracing begins',
  'tracing begins with a record of each, and goes on as ever',
  async () => {
    const wanted = 25_000;
    const crowd = execa(tool('crowd'), [String(wanted)], { reject: false, buffer: false });
    let text = '';
    crowd.stdout.on('data', (data: Buffer) => {
      text += data.toString();
    });
    await until(() => text.includes('\n'));
    const count = Number(text);
    const began = performance.now();
    let ready = 0;
    const found = await trace([], async () => {
      ready = (performance.now() - began) / 1000;
      await spawn(100, 'among');
      await sleep(3000);
    });
    crowd.stdin.end();
    await crowd;
    expectAccounts(found);
    const listed = found.of('process').filter(({ ppid }) => ppid === crowd.pid).length;
    const { execs } = livesOf(found, 'among');
    expect([listed, execs]).toEqual([count, 100]);
    return `${listed} of ${count} processes, tracing began after ${ready.toFixed(1)} s, ${execs} of 100 execs; ${accounts(found)}`;
  },
);
