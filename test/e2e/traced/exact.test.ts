import { chmod, copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect } from 'vitest';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { program, type Tracing, tool, trace, traced } from '../support/trace.ts';

const folder = ownFolder();
beforeAll(async () => {
  await chmod(folder, 0o755);
});

describe('a failed exec', () => {
  traced('that the kernel had begun with has its path, its arguments and the new name', async () => {
    const path = join(folder, 'unmappable');
    await run(tool('begun'), path);
    let pid = 0;
    const { of } = await trace(['-x'], async () => {
      pid = (await run('sh', '-c', 'exec "$0" alpha "" "beta gamma"', path)).pid;
    });
    expect(of('exec').find(({ exe, ret }) => exe === path && ret < 0)).toMatchObject({
      pid,
      comm: 'unmappable',
      args: [path, 'alpha', '', 'beta gamma'],
      args_truncated: false,
    });
    expect(of('exit').find((exit) => exit.pid === pid)).toMatchObject({ comm: 'unmappable', signal: 'SIGSEGV' });
  });

  traced('of posix_spawn has a fork, and its pids', async () => {
    const inside = { pid: 0 };
    const { of } = await trace(['-x'], async () => {
      await run('unshare', '-pf', 'sh', '-c', `${tool('asks')} spawn /no/such/spawned; true`);
      inside.pid = 1;
    });
    const failed = of('exec').find(({ exe }) => exe === '/no/such/spawned')!;
    expect(failed.nspid).toHaveLength(2);
    expect(failed.nspid[1]).toBeGreaterThan(1);
    expect(failed.nspid[1]).toBeLessThan(20);
    const fork = of('fork').find(({ pid }) => pid === failed.pid);
    expect(fork).toMatchObject({ ppid: failed.ppid, nspid: failed.nspid });
    expect(of('exit').find(({ pid }) => pid === failed.pid)).toMatchObject({ nspid: failed.nspid });
  });

  traced('of execveat is one, and a question is none', async () => {
    const there = join(folder, 'is-there');
    await copyFile(tool('noop'), there);
    const { of } = await trace(['-x'], async () => {
      await run(tool('asks'), 'at', '/no/such/at');
      await run(tool('asks'), 'check', '/no/such/check');
      await run(tool('asks'), 'check', there);
    });
    expect(of('exec').filter(({ exe }) => exe === '/no/such/at')).toMatchObject([
      { ret: -2, args: ['/no/such/at', 'alpha'] },
    ]);
    expect(of('exec').filter(({ exe }) => exe === '/no/such/check' || exe === there)).toEqual([]);
  });

  traced('with an argument that was not in memory says that it is not all', async () => {
    const { of } = await trace(['-x'], () => run(tool('asks'), 'far', '/no/such/far'));
    const failed = of('exec').find(({ exe }) => exe === '/no/such/far')!;
    expect(failed.args[1] === '' ? failed.args_truncated : true).toBe(true);
    expect(failed.args[1] === '' || failed.args[1]!.startsWith('\x7fELF')).toBe(true);
  });
});

describe('an end', () => {
  traced('has the name that the process had at that moment', async () => {
    const { of } = await trace([], () => run(tool('asks'), 'comm', 'kid0'));
    expect(of('exit').find(({ exe }) => exe === tool('asks'))).toMatchObject({ comm: 'kid0', code: 3 });
  });
});

/** Has one shell run each step, and waits for its record before the next: the name of a directory is looked up when an event comes. */
const oneByOne = async (
  { until }: Tracing,
  steps: readonly string[],
  after = async (_: number): Promise<void> => {},
) => {
  const child = execa('sh', ['-s'], { reject: false });
  for (const [index, step] of steps.entries()) {
    child.stdin.write(`${step}\n`);
    await until((record) => record.type === 'exec' && record.args[1] === step.split(' ').at(-1));
    await after(index);
  }
  child.stdin.end();
  await child;
};

describe('who runs something, and where', () => {
  traced('is reported by its rights, its terminal and its directory', async () => {
    const setuid = join(folder, 'setuid');
    await copyFile(tool('noop'), setuid);
    await chmod(setuid, 0o4755);
    await mkdir(join(folder, 'deep/er'), { recursive: true });
    const { of } = await trace([], async (tracing) => {
      await run('su', 'nobody', '-s', '/bin/sh', '-c', `${setuid} as-nobody`);
      await oneByOne(tracing, [`cd ${folder}/deep/er; ${tool('noop')} here`, `cd /; ${tool('noop')} root`]);
      await run('script', '-qec', `${tool('noop')} on-a-terminal; sleep 0.2`, '/dev/null');
    });
    const by = (word: string) => of('exec').find(({ args }) => args[1] === word);
    const gained = by('as-nobody');
    expect(gained).toMatchObject({ euid: 0 });
    expect(gained?.uid).not.toBe(0);
    expect(gained?.caps_gained).toContain('CAP_NET_RAW');
    expect(by('here')).toMatchObject({ cwd: join(folder, 'deep/er') });
    expect(by('here')).not.toHaveProperty('euid');
    expect(by('here')).not.toHaveProperty('caps_gained');
    expect(by('root')).toMatchObject({ cwd: '/' });
    expect(by('on-a-terminal')?.tty).toMatch(/^pts\/\d+$/);
    expect(by('here')).not.toHaveProperty('tty');
  });

  traced('never has the old name of a directory', async () => {
    const before = join(folder, 'before');
    await mkdir(before);
    const steps = [`cd ${before}; ${tool('noop')} first`, `${tool('noop')} second`, `${tool('noop')} third`];
    const { of } = await trace([], (tracing) =>
      oneByOne(tracing, steps, async (index) => {
        if (index === 0) {
          await rename(before, join(folder, 'after'));
        }
      }),
    );
    const cwd = (word: string) => of('exec').find(({ args }) => args[1] === word)?.cwd;
    expect(cwd('first')).toBe(before);
    expect([undefined, join(folder, 'after')]).toContain(cwd('second'));
    expect(cwd('third')).toBe(join(folder, 'after'));
  });
});

describe('in a time namespace of its own', () => {
  traced('nstrace says why it does not trace, and doctor the same', async () => {
    const inside = ['-T', '--boottime', '100000', '--fork', program];
    const refused = await run('unshare', ...inside, 'record', '-o', join(folder, 'never'), '--', 'true');
    expect(refused).toMatchObject({ exitCode: 3 });
    expect(refused.stderr).toContain('time namespace');
    const doctor = await run('unshare', ...inside, 'doctor', '--json');
    expect(doctor.exitCode).toBe(3);
    const findings = JSON.parse(doctor.stdout) as { name: string; ok: boolean; advice?: string }[];
    const found = findings.find(({ name }) => name === 'time namespace');
    expect(found?.ok).toBe(false);
    expect(found?.advice).toContain('nsenter -t 1 -T');
  });
});
