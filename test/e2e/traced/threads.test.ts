import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { run } from '../support/run.ts';
import { tool, trace, traced } from '../support/trace.ts';

const isZombie = (pid: number): boolean => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

const inodeOf = (link: string): number => Number(/\[(\d+)\]/.exec(readlinkSync(link))?.[1]);

/** A cgroup in which 16 MB are all there is: of v1 where that has the memory controller. */
const smallMemory = async (name: string): Promise<string> => {
  const isV1 = existsSync('/sys/fs/cgroup/memory');
  const folder = `/sys/fs/cgroup/${isV1 ? 'memory/' : ''}${name}`;
  await mkdir(folder);
  await writeFile(`${folder}/${isV1 ? 'memory.limit_in_bytes' : 'memory.max'}`, '16M');
  return folder;
};

describe('a process whose first thread has ended', () => {
  traced('before tracing began, has the namespaces of those that live', async () => {
    const child = execa('unshare', ['-mpf', '--kill-child', tool('threads'), 'linger', '0'], { reject: false });
    const threads = async (): Promise<number> => {
      for (let tries = 0; tries < 3000; tries += 1) {
        const { stdout } = await run('pgrep', '-P', String(child.pid), '-x', 'threads');
        const pid = Number(stdout);
        if (pid > 0 && readdirSync(`/proc/${pid}/task`).length === 2 && isZombie(pid)) {
          return pid;
        }
        await sleep(20);
      }
      throw new Error('its first thread never ended');
    };
    try {
      const pid = await threads();
      const tid = readdirSync(`/proc/${pid}/task`)
        .map(Number)
        .find((id) => id !== pid)!;
      const ns = `/proc/${pid}/task/${tid}/ns`;
      const own = { pid: inodeOf(`${ns}/pid`), mnt: inodeOf(`${ns}/mnt`), net: inodeOf(`${ns}/net`) };
      const { of } = await trace([], async ({ until }) => {
        await until((record) => record.type === 'process' && record.pid === pid);
        process.kill(pid, 'SIGKILL');
        await until((record) => record.type === 'exit' && record.pid === pid);
      });
      const known = of('process').find((record) => record.pid === pid);
      expect(known?.ns).toMatchObject(own);
      expect(own.mnt).not.toBe(inodeOf('/proc/self/ns/mnt'));
      expect(known?.container?.id).toBe(`pid:[${own.pid}]`);
      expect(of('exit').filter((record) => record.pid === pid)).toMatchObject([
        { signal: 'SIGKILL', ns: own, container: known?.container, comm: 'threads' },
      ]);
    } finally {
      child.kill('SIGKILL');
      await child;
    }
  });

  traced('is killed for want of memory, though another thread was chosen', async () => {
    const cgroup = await smallMemory(`nstrace-hog-${process.pid}`);
    let pid = 0;
    try {
      const { of } = await trace([], async () => {
        const script = `echo $$ >${cgroup}/cgroup.procs; exec ${tool('threads')} hog 64`;
        pid = (await run('sh', '-c', script)).pid;
      });
      expect(of('exit').filter((record) => record.pid === pid)).toMatchObject([{ signal: 'SIGKILL', oom: true }]);
    } finally {
      await rmdir(cgroup);
    }
  });
});

describe('a thread that is not the first', () => {
  traced('and makes namespaces, then forks or executes, makes a container as the first one does', async () => {
    let [forks, becomes] = [0, 0];
    const { of } = await trace([], async () => {
      forks = (await run(tool('threads'), 'unshare', tool('noop'))).pid;
      becomes = (await run(tool('threads'), 'become', tool('noop'))).pid;
    });
    const child = of('exec').find(({ ppid, exe }) => ppid === forks && exe === tool('noop'))!;
    const self = of('exec').find(({ pid, exe }) => pid === becomes && exe === tool('noop'))!;
    for (const exec of [child, self]) {
      expect(exec.ns.mnt).not.toBe(inodeOf('/proc/self/ns/mnt'));
      expect(exec.container?.id).toBe(`mnt:[${exec.ns.mnt}]`);
    }
    const { tid } = of('namespace').find(({ pid, op }) => pid === forks && op === 'unshare')!;
    expect(tid).toBeGreaterThan(0);
    expect(tid).not.toBe(forks);
  });
});
