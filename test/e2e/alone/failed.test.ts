import { describe, expect } from 'vitest';
import { run } from '../support/run.ts';
import { tool, trace, traced } from '../support/trace.ts';

describe('failed execs', () => {
  traced('are left out unless asked for', async () => {
    const { of } = await trace([], () => run('sh', '-c', 'exec /no/such/program'));
    expect(of('exec').filter(({ ret }) => ret !== 0)).toEqual([]);
  });

  traced('have errno, path and arguments', async () => {
    const { of } = await trace(['-x'], () => run('sh', '-c', 'exec /no/such/program "a b" ""'));
    expect(of('exec').find(({ exe }) => exe === '/no/such/program')).toMatchObject({
      ret: -2,
      errno: 'ENOENT',
      args: ['/no/such/program', 'a b', ''],
      comm: 'sh',
    });
  });

  traced('in a flood are folded and counted, and push nothing out', async () => {
    let attempts = 0;
    let spawner = 0;
    const { of, footer } = await trace(['-x'], async () => {
      const [failing, spawning] = await Promise.all([run(tool('fail'), '2'), run(tool('spawn'), '200', tool('noop'))]);
      attempts = Number(failing.stdout);
      spawner = spawning.pid;
    });
    const failed = of('exec').filter(({ exe }) => exe === '/no/such/program');
    const counted = failed.reduce((sum, { folded }) => sum + (folded ?? 1), 0);
    expect(counted).toBe(attempts);
    expect(failed.length).toBeLessThan(attempts / 10);
    expect(of('exec').filter(({ ppid, exe }) => ppid === spawner && exe === tool('noop'))).toHaveLength(200);
    expect(footer.lost).toBe(0);
  });
});
