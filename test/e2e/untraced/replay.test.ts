import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { describe, expect, it, vi } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import * as records from '../../fixtures/records.ts';
import { at, lifeOf } from '../../fixtures/story.ts';
import { ownFolder } from '../support/own-folder.ts';
import { run } from '../support/run.ts';
import { parseRecord, program } from '../support/trace.ts';

/** Reading recordings needs neither root nor bpftrace. */
const folder = ownFolder();

/** `lines` as a recording numbers them. */
const numbered = (...lines: NstraceRecord[]): string =>
  lines.map((line, index) => `${JSON.stringify({ ...line, seq: index + 1 })}\n`).join('');

const session = (): string =>
  numbered(
    records.header(),
    records.exec({ args: ['ls', '-l'] }),
    records.exec({ ...records.inContainer, args: ['sh', '-c', 'evil \u001b[31m'] }),
    records.failedExec({ args: ['nowhere'] }),
    records.exit({ ...records.inContainer, code: 3 }),
    records.footer({ complete: true }),
  );

const write = async (name: string, content: string | Buffer): Promise<string> => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

describe('replay', () => {
  it('shows lines as live does', async () => {
    const file = await write('whole.ndjson', session());
    const { stdout, stderr, exitCode } = await run(program, 'replay', file);
    expect(stdout.split('\n').map((line) => line.replace(/ +/g, ' '))).toEqual([
      'CONTAINER PIDNS PID NSPID PPID RET ARGS',
      'host 4026531836 500 - 400 0 ls -l',
      'xyxy12 4026532572 10123 1 400 0 sh -c evil \\x1b[31m',
    ]);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });

  it('takes the options for filters and for lines', async () => {
    const file = await write('options.ndjson', session());
    const options = ['-x', '-q', '-c', 'xyxy12', '-e', 'exec,exit', '--no-header', '--columns', 'nspids,args'];
    const { stdout } = await run(program, 'replay', file, ...options);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^10123,1 +exec sh -c \$'evil \\e\[31m'$/),
      expect.stringMatching(/^10123,1 +exit ls code 3 after/),
    ]);
    expect(
      (await run(program, 'replay', file, '-x', '-n', 'ls', '--max-events', '1', '--no-header')).stdout,
    ).not.toContain('\n');
  });

  it('shows that many events, or so much of its time, also as timelines', async () => {
    const file = await write('part.ndjson', numbered(records.header(at(0)), ...lifeOf(), records.footer(at(5000))));
    const kept = async (...options: string[]) =>
      JSON.parse((await run(program, 'timeline', file, '-o', 'json', ...options)).stdout) as { entries: unknown[] };
    const whole = (await kept()).entries.length;
    expect(whole).toBeGreaterThan(6);
    expect((await kept('--max-events', '6')).entries.length).toBeLessThan(whole);
    expect((await kept('--duration', '30ms')).entries.length).toBeLessThan(whole);
  });

  it('keeps recordings apart that stand one behind the other, and makes one of parts', async () => {
    const other = session().replaceAll(`"${records.header().recording}"`, '"another"');
    const file = await write('two.ndjson', session() + other);
    const { stdout } = await run(program, 'replay', file, '-e', 'all', '-x', '-o', 'json');
    await write('again.ndjson', `${stdout}\n`);
    const types = stdout.split('\n').map((line) => parseRecord(line).type);
    expect(types.filter((type) => type === 'header' || type === 'footer')).toEqual([
      ...['header', 'footer', 'header', 'footer'],
    ]);
    expect((await run(program, 'check', join(folder, 'again.ndjson'))).exitCode).toBe(0);
    const part = (number: number): string =>
      session().replace('"seq":1,', `"seq":1,"part":${number},`).replace('"reason":"interrupt"', '"reason":"rotated"');
    await write('parts.000001.ndjson', part(1));
    await write('parts.000002.ndjson', part(2));
    const parts = await run(program, 'replay', join(folder, 'parts.ndjson'), '-e', 'all', '-o', 'json');
    expect(parts.stdout.split('\n').filter((line) => line.includes('"type":"header"'))).toHaveLength(1);
  });

  it('passes on what is missing in a file as lost, since numbers are given anew', async () => {
    const lines = session().split('\n');
    const file = await write('hole.ndjson', [...lines.slice(0, 2), ...lines.slice(3)].join('\n'));
    const { stdout } = await run(program, 'replay', file, '-e', 'all', '-x', '-o', 'json');
    const passed = stdout.split('\n').map(parseRecord);
    expect(passed).toContainEqual(expect.objectContaining({ type: 'lost', exact: false, stage: 'disk' }));
    expect(passed.at(-1)).toMatchObject({ type: 'footer', complete: false });
  });

  it('gives records as they were with -o json, and they can be read again', async () => {
    const file = await write('json.ndjson', session());
    const { stdout } = await run(program, 'replay', file, '-e', 'all', '-x', '-o', 'json');
    const read = stdout.split('\n').map(parseRecord);
    expect(read.map(({ type }) => type)).toEqual(['header', 'exec', 'exec', 'exec', 'exit', 'footer']);
    const again = await execa(program, ['replay', '-', '--strict'], { input: `${stdout}\n` });
    expect(again.stdout).toContain('ls -l');
    expect(again.stderr).toBe('');
  });

  it('reads packed recordings, from a file and from standard input', async () => {
    const packed = gzipSync(session());
    const file = await write('packed.ndjson.gz', packed);
    expect((await run(program, 'replay', file)).stdout).toContain('ls -l');
    expect((await execa(program, ['replay', '-'], { input: packed })).stdout).toContain('ls -l');
    expect((await execa(program, ['replay', '-'], { input: session() })).stdout).toContain('ls -l');
  });

  it('shows what is whole of a damaged recording and says what is not; --strict makes it status 4', async () => {
    const lines = session().split('\n');
    lines[2] = lines[2]!.slice(0, 40);
    const file = await write('damaged.ndjson', lines.slice(0, -2).join('\n'));
    const { stdout, stderr, exitCode } = await run(program, 'replay', file);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('ls -l');
    expect(stderr).toContain('line 3: it is not JSON');
    expect(stderr).toContain('it is incomplete: it was cut off after record 5');
    const strict = await run(program, 'replay', file, '--strict');
    expect(strict.exitCode).toBe(4);
    expect(strict.stderr).toContain('is damaged in');
    expect((await run(program, 'timeline', file, '--strict')).exitCode).toBe(4);
  });

  it('gives a name that was learned late to earlier records too', async () => {
    const id = 'f'.repeat(64);
    const container = { id, name: id, runtime: 'docker' };
    const file = await write(
      'late.ndjson',
      numbered(
        records.header(),
        records.exec({ ...records.inContainer, container, args: ['early'] }),
        records.container({ op: 'named', container: { ...container, name: 'web' } }),
        records.footer(),
      ),
    );
    expect((await run(program, 'replay', file)).stdout).toMatch(/^web .* early$/m);
    expect((await run(program, 'replay', file, '-c', 'web')).stdout).toMatch(/^web .* early$/m);
  });

  it('follows a recording that is still being written, to its footer', async () => {
    const lines = session().split('\n').slice(0, -1);
    const file = await write('growing.ndjson', `${lines[0]}\n`);
    const child = execa(program, ['replay', '-f', file], { reject: false, stdin: 'ignore' });
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
    });
    await expect.poll(() => shown).toContain('CONTAINER');
    await appendFile(file, `${lines[1]}\n${lines[2]?.slice(0, 20)}`);
    await expect.poll(() => shown).toContain('ls -l');
    await appendFile(file, `${lines[2]?.slice(20)}\n`);
    await expect.poll(() => shown).toContain('evil');
    await appendFile(
      file,
      lines
        .slice(3)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const { exitCode, stderr } = await child;
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
  });

  it('keeps the pace at which it happened, and stops at once', async () => {
    const slow = numbered(
      records.header(),
      records.exec({ args: ['soon'] }),
      records.exec({ args: ['much', 'later'], mono: '3600001000000000' }),
    );
    const file = await write('slow.ndjson', slow);
    const child = execa(program, ['replay', '--speed', '1', file], { reject: false, stdin: 'ignore' });
    let shown = '';
    child.stdout.on('data', (chunk) => {
      shown += chunk;
    });
    await expect.poll(() => shown).toContain('soon');
    await sleep(200);
    child.kill('SIGINT');
    expect((await child).exitCode).toBe(0);
    expect(shown).not.toContain('later');
    expect((await run(program, 'replay', '--speed', 'max', file)).stdout).toContain('much later');
    expect((await run(program, 'replay', '--duration', '1m', file)).stdout).not.toContain('later');
  });

  it.each([
    [['replay'], 2, /it needs a recording/],
    [['replay', '/no/such/file'], 1, /cannot open \/no\/such\/file: there is no such file/],
    [['replay', '/tmp'], 1, /it is a folder/],
    [['replay', '/dev/null'], 0, /it is empty/],
    [['replay', '/dev/zero'], 1, /\/dev\/zero is no recording of nstrace/],
    [['replay', '-f', '/dev/zero'], 1, /\/dev\/zero is no recording of nstrace/],
    [['timeline', '/dev/zero'], 1, /\/dev\/zero is no recording of nstrace/],
    [['check', '/dev/zero'], 2, /\/dev\/zero is no recording of nstrace/],
    [['query', '/dev/zero', 'SELECT 1'], 1, /\/dev\/zero is no recording of nstrace/],
    [['diff', '--baseline', '/dev/zero', '/dev/null'], 2, /it is no baseline: it has more than 16 MiB/],
    [['replay', 'package.json'], 1, /package\.json is no recording of nstrace/],
    [['replay', 'package.json', '--strict'], 4, /package\.json is no recording of nstrace/],
    [['timeline', 'README.md'], 1, /README\.md is no recording of nstrace/],
    [['replay', '/dev/null', '--speed', 'fast'], 2, /it is not a speed/],
    [['timeline', '/no/such/file'], 1, /there is no such file/],
    [['timeline', '--strict'], 2, /are for recordings/],
    [['frobnicate'], 2, /the commands are live, record, replay, timeline, .*check, .*completion, help$/m],
  ])('%j ends with %i and says why', async (args, status, message) => {
    const { exitCode, stderr } = await run(program, ...args);
    expect(stderr).toMatch(message);
    expect(exitCode).toBe(status);
  });

  it.each([['replay'], ['check'], ['diff', 'test/fixtures/recordings/0.1.0-runc.ndjson'], ['query']])(
    'reads a file with a hole up to the hole: %j',
    async (...words) => {
      const whole = await readFile('test/fixtures/recordings/0.1.0-runc.ndjson');
      const file = await write('hole', whole);
      await truncate(file, whole.length + 70 * 1024 * 1024);
      const sql = words[0] === 'query' ? ['SELECT count(*) AS "all" FROM records', '-o', 'csv'] : [];
      const { stdout, stderr } = await run(program, ...words, file, ...sql);
      expect(stdout + stderr).toContain(
        `no line ends in the 64 MiB after byte ${whole.length}, and the rest was not read`,
      );
      expect(stdout).toMatch(
        { replay: /sleep 3/, check: /records +87/, diff: /no difference/, query: /^87$/m }[words[0]!]!,
      );
    },
  );

  it('says of what is no recording only that, not what each line of it lacks', async () => {
    const file = await write('binary', Buffer.from('\x7fELF\x02\x01 \n\n\x00\xff and more', 'latin1'));
    expect(await run(program, 'replay', file)).toMatchObject({
      exitCode: 1,
      stderr: `nstrace: ${file} is no recording of nstrace\nnstrace:   \`nstrace record -o FILE\` makes one`,
    });
    const half = await write('half.ndjson', session().slice(0, 50));
    expect(await run(program, 'replay', half)).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/incomplete/),
    });
  });

  it('ends quietly with 0 when its reader goes away', async () => {
    const many = numbered(records.header(), ...Array.from({ length: 20_000 }, () => records.exec()), records.footer());
    const file = await write('many.ndjson', many);
    const { stdout, stderr } = await run(
      'bash',
      '-c',
      `"${program}" replay "${file}" | head -1; echo "\${PIPESTATUS[0]}"`,
    );
    expect(stdout).toMatch(/^CONTAINER .*\n0$/);
    expect(stderr).toBe('');
  });
});

describe('a host that a recording does not have', () => {
  it.each(['replay', 'timeline', 'export --to csv', 'report -o -'])('is a status of 1: %s', async (command) => {
    const file = await write('hosts.ndjson', session());
    const { name } = records.header().host;
    const words = command.split(' ');
    expect(await run(program, ...words, file, '--host', 'typo')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining(`there was no host typo\nnstrace:   hosts: ${name}`),
    });
    expect((await run(program, ...words, file, '--host', `${name.slice(0, -1)}?`)).exitCode).toBe(0);
    expect(await run(program, ...words, file, '--host', '')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it is empty'),
    });
  });
});

describe('what a recording does not have', () => {
  it('is a status of 1, and said with what was lost', async () => {
    const file = await write('none.ndjson', session());
    const lossy = await write('lossy.ndjson', numbered(records.header(), records.lost({ count: 7 }), records.footer()));
    for (const command of ['replay', 'timeline']) {
      expect(await run(program, command, file, '-c', 'nosuch')).toMatchObject({
        exitCode: 1,
        stderr: 'nstrace: there was no container nosuch',
      });
      expect(await run(program, command, lossy, '-c', 'nosuch')).toMatchObject({
        exitCode: 1,
        stderr: 'nstrace: there was no container nosuch; 7 events were lost',
      });
    }
    expect((await run(program, 'timeline', lossy)).stderr).toBe('nstrace: there was no container; 7 events were lost');
  });
});

describe('timeline of several recordings', () => {
  const host = (name: string, from: number): string =>
    numbered(
      records.header({ ...at(from), recording: name, host: { name, boot_id: name, kernel: '6', arch: 'x64' } }),
      ...lifeOf({ from }),
      records.footer(at(from + 5000)),
    );

  it('merges them by time, and keeps those of each host apart', async () => {
    const files = [await write('b.host.ndjson', host('b', 500)), await write('a.host.ndjson', host('a', 0))];
    const { stdout, exitCode } = await run(program, 'timeline', ...files, '-o', 'json');
    const lives = stdout.split('\n').map((line) => JSON.parse(line));
    expect(lives.map(({ host, recording, code }) => [host, recording, code])).toEqual([
      ['a', 'a', 5],
      ['b', 'b', 5],
    ]);
    expect(lives[0].entries).toHaveLength(lives[1].entries.length);
    expect(exitCode).toBe(0);
    const text = (await run(program, 'timeline', join(folder, '*.host.ndjson'))).stdout;
    expect(text.split('\n')[0]).toMatch(/^HOST CONTAINER +BEGAN +RAN +STARTUP ENDED$/);
    expect((await run(program, 'timeline', '-f', ...files)).exitCode).toBe(2);
  });
});

describe('a pipe in which nothing comes', () => {
  it.each(['replay', 'timeline'])('does not keep %s from ending', async (command) => {
    const pipe = join(folder, `${command}.pipe`);
    await execa('mkfifo', [pipe]);
    for (const file of [pipe, '-']) {
      const child = execa(program, [command, file], { reject: false, stdin: 'pipe', buffer: false });
      // It takes signals itself when it has a handler for SIGHUP, the lowest bit.
      await vi.waitFor(
        async () => expect(await readFile(`/proc/${child.pid}/status`, 'utf8')).toMatch(/^SigCgt:.*[13579bdf]$/m),
        60_000,
      );
      await sleep(500);
      expect(child.exitCode).toBe(null);
      child.kill('SIGINT');
      expect((await child).exitCode).toBe(0);
    }
    expect((await run(program, command, pipe, '--duration', '500ms')).exitCode).toBe(0);
  });
});

describe('check', () => {
  it('is a judge: 0 complete, 1 incomplete, 4 damaged, 2 not to be judged', async () => {
    const events = { header: 1, exec: 3, exit: 1 };
    const good = await write(
      'check.ndjson',
      session().replace('"events":{"header":1}', `"events":${JSON.stringify(events)}`),
    );
    expect(await run(program, 'check', good)).toMatchObject({
      exitCode: 0,
      stderr: '',
      stdout: expect.stringMatching(/check\.ndjson: complete\n {2}of +box, recording b7c1d0a2\n/),
    });
    const lossy = await write('lossy-check.ndjson', numbered(records.header(), records.footer({ complete: false })));
    expect((await run(program, 'check', lossy, good)).exitCode).toBe(1);
    const cut = await write('cut-check.ndjson', session().slice(0, -300));
    const { exitCode, stdout } = await run(program, 'check', cut, good, '-o', 'json');
    expect(exitCode).toBe(4);
    expect(stdout.split('\n').map((line) => JSON.parse(line).verdict)).toEqual(['damaged', 'complete']);
    expect((await run(program, 'check', 'package.json', cut)).exitCode).toBe(2);
    expect((await run(program, 'check', '/no/such/file')).exitCode).toBe(2);
    expect((await run(program, 'check')).exitCode).toBe(2);
  });

  it('judges each of several that stand one behind the other, and repairs one only', async () => {
    const other = session().replaceAll(`"${records.header().recording}"`, '"another"').split('\n');
    const whole = numbered(
      records.header(),
      records.exec(),
      records.footer({ complete: true, events: { header: 1, exec: 1 } }),
    );
    const file = await write('several.ndjson', whole + [...other.slice(0, 2), ...other.slice(3)].join('\n'));
    const { stdout, exitCode } = await run(program, 'check', '-o', 'json', file);
    expect(stdout.split('\n').map((line) => JSON.parse(line))).toMatchObject([
      { recording: records.header().recording, verdict: 'complete', damage: [] },
      { recording: 'another', verdict: 'damaged', damage: [{ what: '1 record is missing before it' }] },
    ]);
    expect(exitCode).toBe(4);
    const target = join(folder, 'of-several.ndjson');
    const repaired = await run(program, 'check', '--repair', '-o', target, file);
    expect(repaired).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--repair takes one recording') });
    // The name is free for another try.
    const cut = await write('cut-again.ndjson', other.slice(0, 3).join('\n'));
    expect((await run(program, 'check', '--repair', '-o', target, cut)).exitCode).toBe(0);
  });

  it('writes what is good of a damaged one, never over another file', async () => {
    const cut = await write('broken.ndjson', session().slice(0, -300));
    const target = join(folder, 'repaired.ndjson');
    expect((await run(program, 'check', '--repair', '-o', target, cut)).exitCode).toBe(0);
    expect((await run(program, 'check', target)).exitCode).toBe(1);
    expect((await run(program, 'replay', target, '--strict')).exitCode).toBe(0);
    expect(await run(program, 'check', '--repair', '-o', target, cut)).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('it exists'),
    });
    expect((await run(program, 'check', '--repair', cut)).exitCode).toBe(2);
    expect((await run(program, 'check', '--repair', '-o', '-', cut)).exitCode).toBe(2);
    expect((await run(program, 'query', cut, 'SELECT 1', '--write', '-')).exitCode).toBe(2);
  });
});

describe('a standard output that is full', () => {
  it.each([
    '--help',
    'help record',
    'ps --help',
    '--version',
    'completion bash',
    'query --list',
    'ps',
    'ns',
    'why 1',
    'inspect 1',
    'doctor --bpftrace /nowhere/bpftrace',
  ])('is said, with status 1: %s', async (line) => {
    const words = line.split(' ');
    const { exitCode, stderr } = await execa('sh', ['-c', '"$0" "$@" > /dev/full', program, ...words], {
      reject: false,
    });
    expect(stderr).toMatch(/writing standard output failed: ENOSPC/);
    expect(exitCode).toBe(1);
  });

  it('leaves a judge without a judgement', async () => {
    const shell = '"$0" check test/fixtures/recordings/0.1.0-runc.ndjson > /dev/full';
    const { exitCode, stderr } = await execa('sh', ['-c', shell, program], { reject: false });
    expect(stderr).toMatch(/writing standard output failed: ENOSPC/);
    expect(exitCode).toBe(2);
  });
});

/** Opens all files that may be open when the launcher is about to load the program: how many that needs is Node's own. */
const opensAll = `const url = require('node:url');
const { openSync } = require('node:fs');
const { pathToFileURL } = url;
url.pathToFileURL = (path) => {
  try { for (;;) openSync('/dev/null'); } catch { return pathToFileURL(path); }
};
`;

describe('a limit of open files that leaves none to start with', () => {
  it('is said, with what to do', async () => {
    const preload = await write('opens-all.cjs', opensAll);
    const command = 'ulimit -n 200; exec "$0" --require "$1" "$2" ps';
    const { exitCode, stderr } = await run('sh', '-c', command, process.execPath, preload, program);
    expect(stderr).toBe(
      'nstrace: it may not open as many files as it needs\nnstrace:   raise the limit: ulimit -n 1024',
    );
    expect(exitCode).toBe(3);
  });
});
