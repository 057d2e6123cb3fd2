import { existsSync, statSync } from 'node:fs';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { bpftraceOf, isRunning } from '../support/bpftrace.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { bpftraceOption, parseRecord, program, tool, traced } from '../support/trace.ts';

const folder = ownFolder();

/** Starts nstrace and resolves when it has printed `mark`. */
const start = async (
  args: readonly string[],
  mark: RegExp,
  env: Record<string, string> = {},
  more: readonly string[] = bpftraceOption,
) => {
  const child = execa(program, [...args, ...more], { reject: false, stdin: 'ignore', env });
  const output = { text: '' };
  const note = (chunk: Buffer): void => {
    output.text += chunk.toString();
  };
  child.stdout!.on('data', note);
  child.stderr!.on('data', note);
  for (let tries = 0; tries < 3000 && !mark.test(output.text); tries += 1) {
    await sleep(20);
  }
  expect(output.text).toMatch(mark);
  return { child, output };
};

const read = (text: string) => text.trimEnd().split('\n').map(parseRecord);

describe('live', () => {
  traced('prints one line an exec under a header, status on stderr only', async () => {
    const { child } = await start(['live'], /CONTAINER +PIDNS +PID +NSPID +PPID +RET ARGS/);
    await run(tool('noop'), 'shown', 'a\x1b[31mb', '\u202e');
    await run('sh', '-c', 'exec /no/such/program');
    await sleep(300);
    child.kill('SIGINT');
    const { stdout, exitCode } = await child;
    const lines = String(stdout).split('\n');
    expect(exitCode).toBe(0);
    expect(lines.filter((line) => /^CONTAINER/.test(line))).toHaveLength(1);
    const line = lines.find((text) => text.includes('shown'));
    expect(line).toMatch(/^host +\d+ +\d+ +- +\d+ +0 \S+noop shown a\\x1b\[31mb \\u\{202e\}$/);
    expect(lines.some((text) => text.includes('/no/such/program') && / -2 /.test(text))).toBe(false);
  });

  traced('takes the options of execsnoop', async () => {
    const options = ['-x', '-T', '-t', '-U', '-q', '-n', '^(noop|sh)$', '--max-args', '3', '-e', 'exec,exit'];
    const { child, output } = await start(['live', ...options], /TIME +TIME\(s\) +UID CONTAINER/);
    await run(tool('noop'), 'one two', "it's", 'three', 'four');
    await run('sh', '-c', 'exec /no/such/program');
    await run('true');
    await sleep(300);
    child.kill('SIGINT');
    await child;
    const line = output.text.split('\n').find((text) => text.includes('one two'));
    expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{6} +\d+\.\d{3} +0 host .* 0 exec \S+noop 'one two' 'it'\\''s' \.\.\.$/);
    expect(output.text).toMatch(/ -2 exec \/no\/such\/program/);
    expect(output.text).toMatch(/exit noop code 0 after/);
    expect(output.text).not.toMatch(/exec true/);
  });

  traced('ends quietly with 0 when its reader goes away', async () => {
    const { stdout, stderr } = await run(
      'bash',
      '-c',
      // It notices when it has a line to write.
      `(for i in {1..500}; do [ -e "$0" ] && break; sleep 0.2; /bin/true; done) & "${program}" live ${bpftraceOption.join(' ')} | head -1; echo "\${PIPESTATUS[0]}"; touch "$0"; wait`,
      join(folder, 'reader-gone'),
    );
    expect(stdout).toMatch(/^CONTAINER .*ARGS\n0$/);
    expect(stderr).toBe('');
  });

  traced('stops by itself after a time, or after that many events', async () => {
    const timed = await run(program, 'live', '--duration', '500ms', ...bpftraceOption);
    expect(timed.exitCode).toBe(0);
    const shell = `"${program}" live ${bpftraceOption.join(' ')} >/dev/full`;
    const full = await run('sh', '-c', shell);
    expect(full).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('writing standard output failed') });
    const { child } = await start(['live', '--json', '--max-events', '2'], /"type":"header"/);
    await run(tool('spawn'), '5', tool('noop'));
    const { stdout, exitCode } = await child;
    const records = read(String(stdout));
    expect(exitCode).toBe(0);
    expect(records.filter(({ type }) => type === 'exec')).toHaveLength(2);
    expect(records.at(-1)).toMatchObject({ type: 'footer', reason: 'max-events' });
  });
});

describe('record', () => {
  traced('writes a file of its owner only, never over another or through a link', async () => {
    const file = join(folder, 'session.ndjson');
    const { child } = await start(['record', '-o', file], /recording to/);
    await run(tool('noop'), 'kept');
    child.kill('SIGINT');
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/\d+ records in .*complete/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const records = read(await readFile(file, 'utf8'));
    expect(records[0]).toMatchObject({ type: 'header', schema: 'nstrace/1', seq: 1 });
    expect(records.at(-1)).toMatchObject({ type: 'footer', reason: 'interrupt', complete: true });
    const again = await run(program, 'record', '-o', file, '--duration', '1', ...bpftraceOption);
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.stderr).toMatch(/it exists/);
    const link = join(folder, 'link.ndjson');
    await symlink(file, link);
    const through = await run(program, 'record', '--force', '-o', link, '--duration', '1', ...bpftraceOption);
    expect(through.stderr).toMatch(/symbolic link/);
    expect(read(await readFile(file, 'utf8'))).toHaveLength(records.length);
  });

  traced('of a command ends with it and what it started, with its status', async () => {
    const file = join(folder, 'command.ndjson.gz');
    const script = `${tool('noop')} child; (sleep 1; ${tool('noop')} late) & exit 7`;
    const { exitCode } = await run(program, 'record', '-o', file, ...bpftraceOption, '--', 'sh', '-c', script);
    expect(exitCode).toBe(7);
    const records = read(gunzipSync(await readFile(file)).toString());
    const args = records.flatMap((record) => (record.type === 'exec' ? [record.args[1]] : []));
    expect(args).toEqual(expect.arrayContaining(['child', 'late']));
    expect(records.at(-1)).toMatchObject({ type: 'footer', reason: 'command-ended' });
    const killed = await run(program, 'record', '-o', '-', ...bpftraceOption, '--', 'sh', '-c', 'kill -TERM $$');
    expect(killed.exitCode).toBe(143);
    const missing = await run(program, 'record', '-o', '-', ...bpftraceOption, '--', '/no/such/program');
    expect(missing).toMatchObject({ exitCode: 127 });
    expect(missing.stderr).toMatch(/cannot run \/no\/such\/program/);
  });

  traced('runs the command as who called sudo, unless asked otherwise', async () => {
    const env = { SUDO_UID: '65534', SUDO_GID: '65534' };
    const record = async (...options: string[]) => {
      const args = ['record', '-o', '-', ...bpftraceOption, ...options, '--', 'sh', '-c', '(id -u; id -G) >&2'];
      const { stderr } = await execa(program, args, { env, reject: false, stdin: 'ignore' });
      const [uid, groups] = String(stderr).split('\n');
      return { uid, groups };
    };
    expect(await record()).toEqual({ uid: '65534', groups: '65534' });
    expect((await record('--as', 'root')).uid).toBe('0');
  });

  traced(
    'leaves to the command its umask and environment, and gives it the groups and home of the caller',
    async () => {
      const name = `nstrace-test-${process.pid}`;
      await run('useradd', '--create-home', '--home-dir', join(folder, 'home'), '--groups', 'adm,audio', name);
      try {
        const [uid, gid] = [(await run('id', '-u', name)).stdout, (await run('id', '-g', name)).stdout];
        const words = ['--', 'sh', '-c', 'umask >&2; echo "$HOME $USER $NODE_ENV" >&2; id -nG >&2'];
        const { stderr } = await execa(program, ['record', '-o', '-', ...bpftraceOption, ...words], {
          env: { SUDO_UID: uid, SUDO_GID: gid },
          extendEnv: true,
          reject: false,
          stdin: 'ignore',
          buffer: { stdout: false },
        });
        const umask = (await run('sh', '-c', 'umask')).stdout;
        const environment = process.env.NODE_ENV ?? '';
        expect(String(stderr)).toBe(
          [umask, `${join(folder, 'home')} ${name} ${environment}`, `${name} adm audio`].join('\n'),
        );
      } finally {
        await run('userdel', '--remove', name);
      }
    },
  );

  traced('passes signals on to the command, waits for it, and ends with its status', async () => {
    const file = join(folder, 'signal.ndjson');
    const script = 'trap "echo stopping; exit 9" TERM; echo runs; while :; do sleep 0.1; done';
    const { child, output } = await start(
      ['record', '-o', file, ...bpftraceOption, '--', 'sh', '-c', script],
      /runs/,
      {},
      [],
    );
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(9);
    expect(output.text).toContain('stopping');
    expect(read(await readFile(file, 'utf8')).at(-1)).toMatchObject({ type: 'footer', complete: true });
  });

  traced('never says that a command succeeded which did not run, and leaves no empty file behind', async () => {
    const file = join(folder, 'early.ndjson');
    const [bpftrace, begun] = [join(folder, 'bpftrace-slow'), join(folder, 'bpftrace-begun')];
    const real = bpftraceOption[1] ?? '/usr/bin/bpftrace';
    await writeFile(bpftrace, `#!/bin/sh\n[ "$1" = --version ] && exec ${real} "$@"\n: >${begun}\nexec sleep 600\n`, {
      mode: 0o755,
    });
    const words = ['record', '-o', file, '--bpftrace', bpftrace, '--', 'echo', 'ran'];
    const { child, output } = await start(words, /^/, {}, []);
    await expect.poll(() => existsSync(begun)).toBe(true);
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(143);
    expect(output.text).not.toContain('ran');
    expect(output.text).toContain('nothing was recorded');
    await expect(readFile(file)).rejects.toThrow(/ENOENT/);
  });

  traced('ends the command when the time is over, and says so', async () => {
    const words = [
      'record',
      '-o',
      join(folder, 'over.ndjson'),
      ...bpftraceOption,
      '--duration',
      '500ms',
      '--',
      'sleep',
      '60',
    ];
    const { exitCode, stderr } = await run(program, ...words);
    expect(exitCode).toBe(0);
    expect(stderr).toContain('so does the command');
  });

  traced('with --force keeps what was there until there is something else', async () => {
    const file = join(folder, 'kept.ndjson');
    // One that others can read is another matter: it is replaced at once, so that nobody has it open.
    await writeFile(file, 'kept\n', { mode: 0o600 });
    const failed = await run(program, 'record', '--force', '-o', file, '--bpftrace', '/bin/false');
    expect(failed.exitCode).toBe(3);
    expect(await readFile(file, 'utf8')).toBe('kept\n');
    await run(program, 'record', '--force', '-o', file, ...bpftraceOption, '--', 'true');
    expect(read(await readFile(file, 'utf8')).at(-1)).toMatchObject({ type: 'footer' });
  });

  traced('says when the disk is full, and leaves whole lines behind', async () => {
    const disk = join(folder, 'disk');
    await run('mkdir', disk);
    await run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk);
    try {
      const file = join(disk, 'full.ndjson');
      const { child } = await start(['record', '-o', file], /recording to/);
      await run(tool('spawn'), '400', tool('noop'));
      const { exitCode, stderr } = await child;
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/writing .*full\.ndjson failed: .*no space/i);
      const text = await readFile(file, 'utf8');
      expect(text.endsWith('\n')).toBe(true);
      expect(read(text).length).toBeGreaterThan(10);
    } finally {
      await run('umount', disk);
    }
  });

  traced('gives up a reader that stalls, and says what it did not take', async () => {
    const fifo = join(folder, 'fifo');
    await run('mkfifo', fifo);
    const shell = `exec 3<>"${fifo}"; "${program}" record -o - ${bpftraceOption.join(' ')} >&3 2>"${folder}/stalled" & pid=$!; until grep -q 'recording to' "${folder}/stalled"; do sleep 0.1; done; "${tool('spawn')}" 500 "${tool('noop')}" >&2; kill -TERM $pid; wait $pid; echo "status $?"`;
    const { stdout } = await run('bash', '-c', shell);
    expect(stdout).toMatch(/status 0/);
    expect(await readFile(join(folder, 'stalled'), 'utf8')).toMatch(/\d+ bytes were not written/);
  });
});

describe('signals', () => {
  traced('TERM and HUP end a recording whole', async () => {
    for (const [signal, reason] of [
      ['SIGTERM', 'terminated'],
      ['SIGHUP', 'hangup'],
    ] as const) {
      const file = join(folder, `${signal}.ndjson`);
      const { child } = await start(['record', '-o', file], /recording to/);
      child.kill(signal);
      expect((await child).exitCode).toBe(0);
      expect(read(await readFile(file, 'utf8')).at(-1)).toMatchObject({ type: 'footer', reason });
    }
  });

  traced('a second Ctrl-C leaves at once with 130, and no bpftrace stays behind', async () => {
    const { child } = await start(['live'], /CONTAINER/);
    const bpftrace = bpftraceOf(child.pid!);
    // So that there is something to wait for.
    process.kill(bpftrace, 'SIGSTOP');
    // Where it does not come to itself in between, two are one for the kernel.
    const impatient = setInterval(() => child.kill('SIGINT'), 100);
    const { exitCode } = await child;
    clearInterval(impatient);
    expect(exitCode).toBe(130);
    await expect.poll(() => isRunning(bpftrace)).toBe(false);
  });
});

describe('doctor', () => {
  traced('is content where tracing works', async () => {
    const { stdout, exitCode } = await run(program, 'doctor', ...bpftraceOption);
    expect(stdout).toMatch(/ok +probes +all attached in/);
    expect(exitCode).toBe(0);
  });

  traced('and live say what is missing, with status 3', async () => {
    // Not root, but able to read the clone wherever it is.
    const reader = ['--inh-caps=+dac_read_search,+dac_override', '--ambient-caps=+dac_read_search,+dac_override'];
    const asNobody = async (...args: string[]) =>
      run('setpriv', '--reuid=65534', '--clear-groups', ...reader, process.execPath, program, ...args);
    const doctor = await asNobody('doctor');
    expect(doctor).toMatchObject({ exitCode: 3 });
    expect(doctor.stdout).toMatch(/MISSING rights +not root\n +→ run `sudo nstrace doctor`/);
    const live = await asNobody('live');
    expect(live).toMatchObject({ exitCode: 3, stdout: '' });
    expect(live.stderr).toMatch(/tracing needs root\n.*sudo/);
    const fake = join(folder, 'bpftrace-of-nobody');
    await writeFile(fake, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
    await run('chown', '65534', fake);
    const untrusted = await run(program, 'live', '--bpftrace', fake);
    expect(untrusted).toMatchObject({ exitCode: 3 });
    expect(untrusted.stderr).toMatch(/not safe to run as root/);
    const absent = await run(program, 'live', '--bpftrace', '/no/such/bpftrace');
    expect(absent.stderr).toMatch(/bpftrace is not installed/);
  });
});
