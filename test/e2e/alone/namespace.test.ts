import { readlinkSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { run } from '../support/run.ts';
import { tool, trace, traced } from '../support/trace.ts';

const inodeOf = (pid: number | 'self', type: string): number =>
  Number(/\[(\d+)\]/.exec(readlinkSync(`/proc/${pid}/ns/${type}`))![1]);

describe('namespaces', () => {
  traced('made by unshare are reported with their inodes', async () => {
    let inside: string[] = [];
    let unshare = 0;
    const { of } = await trace([], async () => {
      const { stdout, pid } = await run('unshare', '-mnui', 'sh', '-c', 'readlink /proc/self/ns/mnt /proc/self/ns/net');
      inside = stdout.split('\n');
      unshare = pid;
    });
    const record = of('namespace').find(({ pid, op }) => pid === unshare && op === 'unshare');
    expect(Object.keys(record?.created ?? {}).sort()).toEqual(['ipc', 'mnt', 'net', 'uts']);
    expect(inside).toEqual([`mnt:[${record?.created?.mnt}]`, `net:[${record?.created?.net}]`]);
    expect(record?.ns.net).toBe(record?.created?.net);
    expect(record?.container).not.toBeNull();
  });

  if (process.arch === 'x64') {
    traced(
      'made by the calls of 32-bit programs, which have no tracepoint, are reported with the next exec',
      async () => {
        const { of, footer } = await trace([], () => run(tool('int80'), tool('noop'), 'unseen'));
        const exec = of('exec').find(({ args }) => args[1] === 'unseen');
        const made = of('namespace').filter(({ pid }) => pid === exec?.pid);
        expect(made).toMatchObject([{ op: 'unshare', created: { uts: exec?.ns.uts, net: exec?.ns.net } }]);
        expect(Object.keys(made[0]!.created!).sort()).toEqual(['net', 'uts']);
        expect(footer.complete).toBe(true);
      },
    );
  }

  traced('joined by setns are reported one by one', async () => {
    const holder = execa('unshare', ['-nu', 'sleep', '600'], { reject: false });
    try {
      await expect.poll(() => inodeOf(holder.pid!, 'net')).not.toBe(inodeOf('self', 'net'));
      const target = { net: inodeOf(holder.pid!, 'net'), uts: inodeOf(holder.pid!, 'uts') };
      let nsenter = 0;
      const { of } = await trace([], async () => {
        nsenter = (await run('nsenter', '-t', String(holder.pid), '-n', '-u', 'true')).pid;
      });
      const joined = of('namespace').filter(({ op, pid }) => op === 'setns' && pid === nsenter);
      expect(Object.assign({}, ...joined.map((record) => record.joined))).toEqual(target);
    } finally {
      holder.kill('SIGKILL');
      await holder;
    }
  });

  traced('made by clone are reported of the child', async () => {
    const { of } = await trace([], () => run(tool('newns'), tool('noop'), 'cloned'));
    const exec = of('exec').find(({ args }) => args[1] === 'cloned');
    const fork = of('fork').find(({ pid }) => pid === exec?.pid);
    const made = of('namespace').find(({ pid, op }) => pid === exec?.pid && op === 'clone');
    expect(fork?.flags.sort()).toEqual(['CLONE_NEWNET', 'CLONE_NEWPID', 'CLONE_NEWUTS']);
    expect(made?.created).toEqual({ pid: exec?.ns.pid, net: exec?.ns.net, uts: exec?.ns.uts });
    expect(exec).toMatchObject({ nspid: [exec?.pid, 1], origin: 'init' });
    expect(exec?.container).toMatchObject({ id: `pid:[${exec?.ns.pid}]`, name: `newns pid:[${exec?.ns.pid}]` });
  });

  traced('of pids are nested: every pid of a process is reported, and it agrees with /proc', async () => {
    // Eight levels stand in a line, and the innermost pid.
    const deep = 9;
    const words = Array.from({ length: deep }, () => ['unshare', '-pf', '--mount-proc']).flat();
    const { of } = await trace([], () => run(words[0]!, ...words.slice(1), 'sh', '-c', 'exec true deepest'));
    const exec = of('exec').find(({ args }) => args[1] === 'deepest');
    expect(exec?.nspid).toHaveLength(deep + 1);
    expect(exec?.nspid[0]).toBe(exec?.pid);
    expect(exec?.nspid.at(-1)).toBe(1);
    expect(exec?.nspid_truncated).toBeUndefined();
    const status = of('exit').find(({ pid }) => pid === exec?.pid);
    expect(status?.nspid).toEqual(exec?.nspid);
  });

  traced('of pids deeper than what is read are said to be cut', async () => {
    const words = Array.from({ length: 12 }, () => ['unshare', '-pf']).flat();
    const { of } = await trace([], () => run(words[0]!, ...words.slice(1), 'true', 'abyss'));
    const exec = of('exec').find(({ args }) => args[1] === 'abyss');
    expect(exec).toMatchObject({ nspid_truncated: true });
    expect(exec?.nspid.at(-1)).toBe(1);
  });
});
