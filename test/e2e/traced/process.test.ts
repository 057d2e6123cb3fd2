import { describe, expect } from 'vitest';
import { run } from '../support/run.ts';
import { tool, trace, traced } from '../support/trace.ts';

describe('fork and exit', () => {
  traced('reports each process once, born and ended', async () => {
    let spawner = 0;
    const { of, footer } = await trace([], async () => {
      spawner = (await run(tool('spawn'), '23', tool('noop'))).pid;
    });
    const forks = of('fork').filter(({ ppid }) => ppid === spawner);
    const execs = of('exec').filter(({ ppid, exe }) => ppid === spawner && exe === tool('noop'));
    const pids = execs.map(({ pid }) => pid);
    expect(forks.map(({ pid }) => pid)).toEqual(pids);
    expect(pids).toHaveLength(23);
    const exits = of('exit').filter(({ pid, exe }) => pids.includes(pid) && exe === tool('noop'));
    expect(exits.map(({ pid }) => pid)).toEqual(pids);
    for (const [index, exit] of exits.entries()) {
      expect(exit).toMatchObject({ code: 0, core: false, ppid: spawner, comm: 'noop' });
      // Its birth is a moment before its fork is reported, to the tick, and after the one before it has ended.
      const tick = 10_000_000;
      const [born, before] = [forks[index]!, exits[index - 1] ?? of('exec').find(({ pid }) => pid === spawner)!];
      const since = ({ mono }: { mono: string }): number => Number(BigInt(exit.mono) - BigInt(mono));
      expect(exit.duration_ns).toBeGreaterThan(since(born) - tick);
      expect(exit.duration_ns).toBeLessThan(since(before) + tick);
    }
    expect(footer).toMatchObject({ lost: 0, cut: 0, complete: true });
  });

  traced('reports code, signal and core', async () => {
    const { of } = await trace([], async () => {
      await run('sh', '-c', 'exit 42');
      await run('sh', '-c', 'kill -KILL $$');
      await run('sh', '-c', 'kill -TERM $$; : code-143');
    });
    const ends = (line: string) => {
      const exec = of('exec').find(({ args }) => args[2] === line);
      return of('exit').find(({ pid }) => pid === exec?.pid);
    };
    expect(ends('exit 42')).toMatchObject({ code: 42, core: false });
    const killed = ends('kill -KILL $$');
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    expect(killed?.code).toBeUndefined();
    expect(ends('kill -TERM $$; : code-143')).toMatchObject({ signal: 'SIGTERM' });
  });

  traced('reports processes, not threads, and a leader that left early once, with the code of the end', async () => {
    let many = 0;
    let early = 0;
    const { of } = await trace([], async () => {
      many = (await run(tool('threads'), 'many', '17')).pid;
      const left = await run(tool('threads'), 'leader', '7');
      early = left.pid;
      expect(left.exitCode).toBe(7);
    });
    expect(of('fork').filter(({ ppid }) => ppid === many || ppid === early)).toEqual([]);
    expect(of('exit').filter(({ pid }) => pid === many)).toHaveLength(1);
    const exits = of('exit').filter(({ pid }) => pid === early);
    expect(exits).toHaveLength(1);
    expect(exits[0]).toMatchObject({ code: 7 });
    expect(exits[0]!.duration_ns).toBeGreaterThan(250_000_000);
  });

  traced('reports a vforked child that neither calls exec nor ends, once', async () => {
    const { of } = await trace([], () => run(tool('vforked'), '1000'));
    const maker = of('exec').find(({ args }) => args[0] === tool('vforked'))!.pid;
    const child = of('exit').find(({ ppid, code }) => ppid === maker && code === 3)!;
    const forks = of('fork').filter(({ pid, ppid }) => pid === child.pid && ppid === maker);
    expect(forks).toHaveLength(1);
    // Long before its end, which a fork that is reported with that would stand beside.
    expect(child.seq - forks[0]!.seq).toBeGreaterThan(0);
    expect(forks[0]).toMatchObject({ nspid: [child.pid] });
  });

  traced('gives records in the order of time, numbered without a gap', async () => {
    const { records } = await trace([], async () => {
      await Promise.all([run(tool('spawn'), '300', tool('noop')), run(tool('spawn'), '300', tool('noop'))]);
    });
    expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
    const times = records.filter(({ type }) => type === 'exec' || type === 'exit').map(({ mono }) => BigInt(mono));
    expect(times.every((time, index) => index === 0 || times[index - 1]! <= time)).toBe(true);
  });

  traced('knows processes that were there before, and says them once', async () => {
    const { of } = await trace([], () => run('true'));
    const self = of('process').filter(({ pid }) => pid === process.pid);
    expect(self).toHaveLength(1);
    expect(self[0]).toMatchObject({ ppid: process.ppid, comm: 'node' in process.versions ? self[0]!.comm : '' });
    const keys = of('process').map(({ pid, started }) => `${pid} ${started}`);
    expect(new Set(keys).size).toBe(keys.length);
    expect(of('process').some(({ pid }) => pid === 1)).toBe(true);
  });
});
