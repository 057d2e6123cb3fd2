import { readFileSync } from 'node:fs';
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { bpftraceOf, isRunning } from '../support/bpftrace.ts';
import { callAsNamesake } from '../support/namesake.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { Terminal } from '../support/terminal.ts';
import { bpftraceOption, parseRecord, program, tool, trace, traced, tracedOutsideChroot } from '../support/trace.ts';

const folder = ownFolder();

/** Waits until something holds, at most 120 s. */
const until = async (holds: () => Promise<boolean> | boolean): Promise<void> => {
  for (let tries = 0; tries < 2400 && !(await holds()); tries += 1) {
    await sleep(50);
  }
};

const record = (file: string, ...options: string[]) => {
  const child = execa(program, ['record', '-o', file, ...bpftraceOption, ...options], {
    reject: false,
    stdin: 'ignore',
  });
  const begun = until(async () => (await stat(file).catch(() => undefined))?.size !== undefined && hasHeader(file));
  return { child, begun };
};

const hasHeader = (file: string): boolean => readFileSync(file, 'utf8').startsWith('{"type":"header"');

describe('bpftrace', () => {
  traced('ends with nstrace, also when that is killed while it reads nothing', async () => {
    const { child, begun } = record(join(folder, 'killed.ndjson'));
    await begun;
    const bpftrace = bpftraceOf(child.pid!);
    process.kill(child.pid!, 'SIGSTOP');
    await run(tool('spawn'), '1500', tool('noop'), 'x'.repeat(500));
    process.kill(child.pid!, 'SIGKILL');
    await child;
    await until(() => !isRunning(bpftrace));
    expect(isRunning(bpftrace)).toBe(false);
  });
});

describe('a recording', () => {
  traced('that is removed meanwhile is not said to be there', async () => {
    const file = join(folder, 'removed.ndjson');
    const { child, begun } = record(file);
    await begun;
    await rm(file);
    await run(tool('noop'), 'after');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/is gone: it was removed while it was written/);
  });

  traced('that may not grow ends with a reason', async () => {
    const file = join(folder, 'limited.ndjson');
    const command = `ulimit -f 400; exec ${program} record -o ${file} ${bpftraceOption.join(' ')} -- ${tool('spawn')} 3000 ${tool('noop')}`;
    const { exitCode, stderr } = await execa('bash', ['-c', command], { reject: false, stdin: 'ignore' });
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/writing .* failed: EFBIG/);
  });
});

describe('a terminal that goes away', () => {
  /** The kernel hangs up, and so does whoever had the terminal: two signals, and each write fails from then on. */
  const hangUp = async (terminal: Terminal): Promise<void> => {
    (terminal.pty as unknown as { destroy(): void }).destroy();
    await until(() => !isRunning(terminal.pty.pid));
    expect(isRunning(terminal.pty.pid)).toBe(false);
  };

  const recordsIn = (file: string): NstraceRecord[] =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => parseRecord(line));

  const expectWhole = (file: string): void => {
    const records = recordsIn(file);
    expect(records[0]!.type).toBe('header');
    expect(records.at(-1)).toMatchObject({ type: 'footer', reason: 'hangup', complete: true, lost: 0 });
    expect(records.some((record) => record.type === 'exec' && record.args[1] === 'seen')).toBe(true);
  };

  traced('leaves a whole recording of record', async () => {
    const file = join(folder, 'hangup.ndjson');
    const terminal = new Terminal(['record', '-o', file, ...bpftraceOption]);
    await until(async () => (await stat(file).catch(() => undefined)) !== undefined && hasHeader(file));
    await run(tool('noop'), 'seen');
    await hangUp(terminal);
    expectWhole(file);
  });

  traced("leaves a whole recording of the view's own", async () => {
    const cwd = join(folder, 'view');
    await mkdir(cwd);
    const terminal = new Terminal(['live', ...bpftraceOption], { cwd, columns: 120 });
    await terminal.until(/tracing/);
    await terminal.pressUntil('r', /nstrace-.*ndjson/);
    await run(tool('noop'), 'seen');
    await sleep(500);
    await hangUp(terminal);
    const [name] = await readdir(cwd);
    expectWhole(join(cwd, name!));
  });
});

describe('the probes', () => {
  traced('go on when a process with the pid of nstrace, in another pid namespace, calls what stops them', async () => {
    const { of, footer } = await trace([], async ({ pid }) => {
      expect(await callAsNamesake(pid)).toBe(pid);
      await run(tool('spawn'), '50', tool('noop'), 'after');
    });
    expect(of('exec').filter(({ args }) => args[1] === 'after')).toHaveLength(50);
    expect(footer).toMatchObject({ complete: true, lost: 0 });
  });
});

describe('signals', () => {
  traced('of one kind are one wish, as many as come: ten of TERM, from above and from beside', async () => {
    const { footer, exitCode } = await trace([], async ({ pid }) => {
      await run(tool('noop'), 'before');
      for (let count = 0; count < 10; count += 1) {
        process.kill(pid, 'SIGTERM');
      }
      await sleep(100);
      for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
        // It may have ended already.
        if (isRunning(pid)) {
          process.kill(pid, signal);
        }
      }
      await until(() => !isRunning(pid));
    });
    expect(exitCode).toBe(0);
    expect(footer).toMatchObject({ reason: 'terminated', complete: true, lost: 0 });
  });
});

describe('tracing', () => {
  traced('is refused in a pid namespace of its own, whatever /proc is mounted', async () => {
    for (const proc of [[], ['--mount-proc']]) {
      const { exitCode, stderr } = await run('unshare', '-pf', ...proc, program, 'record', '-o', '-', '--', 'true');
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/pid namespace of its own/);
    }
  });

  traced('works where /run is read-only', async () => {
    const command = `mount -t tmpfs -o ro none /run && exec ${program} record -o - ${bpftraceOption.join(' ')} -- true`;
    const { exitCode, stdout } = await run('unshare', '-m', 'sh', '-c', command);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('"complete":true');
  });
});

describe('a user who mounts one thing upon another', () => {
  tracedOutsideChroot(
    'holds nobody up: the kernel walks through all of them for each line that it shows of them',
    async () => {
      const place = join(folder, 'mounted');
      await mkdir(place, { mode: 0o777 });
      const { of, footer } = await trace([], async ({ until: untilRecord }) => {
        const { exitCode, stderr } = await run(tool('mounts'), '12000', place, tool('noop'), 'deep');
        expect([exitCode, stderr]).toEqual([0, '']);
        await run(tool('noop'), 'beside');
        await untilRecord((record) => record.type === 'exec' && record.args[1] === 'beside');
      });
      expect(of('exec').filter(({ args }) => args[1] === 'deep')).toHaveLength(40);
      expect(footer).toMatchObject({ complete: true, lost: 0 });
    },
  );
});

describe('a user whose files lie on a FUSE that does not answer', () => {
  traced('holds nobody up who traces, or looks at what runs', async () => {
    const place = join(folder, 'silent');
    await mkdir(place);
    const { of, footer } = await trace([], async ({ until: untilRecord }) => {
      const silent = execa(tool('silent'), [place, tool('noop')], { reject: false, buffer: { stdout: false } });
      try {
        let said = '';
        for await (const piece of silent.stdout!) {
          said = String(piece);
          break;
        }
        expect(Number(said)).toBeGreaterThan(0);
        await run(tool('noop'), 'beside');
        await untilRecord((record) => record.type === 'exec' && record.args[1] === 'beside');
        const { exitCode, stdout } = await execa(program, ['inspect', said.trim()], { reject: false, timeout: 60_000 });
        expect([exitCode, stdout]).toEqual([0, expect.stringContaining('silent')]);
      } finally {
        silent.stdin!.end();
        await silent;
      }
    });
    expect(of('exec').filter(({ args }) => args[1] === 'silent')).toHaveLength(1);
    expect(footer).toMatchObject({ complete: true, lost: 0 });
  });
});

describe('what the caller of sudo sets', () => {
  traced('reaches no bpftrace: neither variables, nor programs in PATH and in the current folder', async () => {
    const place = join(folder, 'fake');
    const marker = join(folder, 'was-run');
    await mkdir(place);
    for (const name of ['bpftrace', 'readlink', 'stat', 'mount', 'sh']) {
      await writeFile(join(place, name), `#!/bin/sh\necho ${name} >>${marker}\n`, { mode: 0o755 });
    }
    const evil = [
      'BPFTRACE_BTF',
      'BPFTRACE_VMLINUX',
      'BPFTRACE_STRLEN',
      'BPFTRACE_MAX_PROBES',
      'BPFTRACE_PERF_RB_PAGES',
    ];
    const env = Object.fromEntries([...evil, 'NODE_PATH', 'SECRET'].map((name) => [name, '/no/such']));
    const file = join(folder, 'environment.ndjson');
    const child = execa(program, ['record', '-o', file, ...bpftraceOption], {
      ...{ reject: false, stdin: 'ignore', cwd: place },
      env: { ...env, PATH: `${place}:.:${process.env.PATH}`, SUDO_UID: '65534' },
    });
    await until(async () => (await stat(file).catch(() => undefined)) !== undefined && hasHeader(file));
    const text = readFileSync(`/proc/${bpftraceOf(child.pid!)}/environ`, 'latin1');
    const names = text.split('\0').map((entry) => entry.split('=')[0]);
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(0);
    expect(text).not.toContain('/no/such');
    expect(names).not.toContain('SECRET');
    expect(names).not.toContain('NODE_PATH');
    expect(text).toMatch(/(?:^|\0)PATH=\/usr\/sbin:\/usr\/bin:\/sbin:\/bin\0/);
    await expect(stat(marker)).rejects.toThrow();
  });
});

describe('/proc mounted with hidepid', () => {
  /** As a user without rights, in a mount namespace of the test's own, where the user reaches nstrace in whatever folder it is. */
  const hidden = (level: string, ...args: string[]) => {
    const mounts = `mount -t proc -o hidepid=${level} proc /proc && mount --bind "$0" /mnt && cd /`;
    const as = 'setpriv --reuid 65534 --regid 65534 --clear-groups';
    return run(
      'unshare',
      '-m',
      'sh',
      '-c',
      `${mounts} && exec ${as} /mnt/bin/nstrace "$@"`,
      dirname(dirname(program)),
      ...args,
    );
  };

  it.each(['1', '2', '4'])('(%s) is said by ps, ns, inspect and why', async (level) => {
    const said = /processes of other users are hidden from you/;
    for (const command of ['ps', 'ns']) {
      const { exitCode, stderr } = await hidden(level, command);
      expect(stderr).toMatch(said);
      expect(exitCode).toBe(0);
    }
    for (const command of ['inspect', 'why']) {
      const { exitCode, stderr } = await hidden(level, command, '1');
      expect(stderr).toMatch(said);
      expect(stderr).not.toMatch(/there is no process/);
      expect(exitCode).toBe(1);
    }
  });

  it('says nothing where nothing is hidden', async () => {
    expect((await hidden('0', 'ps')).stderr).not.toMatch(/hidepid/);
  });
});
