import { chmod, mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { run } from '../support/run.ts';
import { type Bundle, makeBundle } from '../support/runc.ts';
import { Terminal } from '../support/terminal.ts';
import { bpftraceOption, parseRecord, program, traced } from '../support/trace.ts';

/** Without digits, which a baseline would leave out. */
const id = `nstrace-test-ask-${[...String(process.pid)].map((digit) => 'qrstuvwxyz'[Number(digit)]).join('')}`;
let folder = '';
let bundle: Bundle;
const recording = (name: string): string => join(folder, `${name}.ndjson`);
const only = ['-c', id];

/** A recording of `runc run ID sh -c SCRIPT`. */
const record = async (name: string, script: string, options: readonly string[] = []) => {
  await bundle.write(['sh', '-c', script]);
  const runc = ['runc', 'run', '--bundle', bundle.folder, id];
  return run(program, 'record', '--as', 'root', '-o', recording(name), ...options, ...bpftraceOption, '--', ...runc);
};

beforeAll(async () => {
  folder = await makeFolder();
  bundle = await makeBundle();
});
afterAll(async () => {
  await execa('runc', ['delete', '-f', id], { reject: false });
  await bundle.remove();
  await removeFolder(folder);
});

const counts = (records: readonly NstraceRecord[], wanted: (record: NstraceRecord) => boolean): number =>
  records.filter(wanted).length;

describe('query', () => {
  traced('agrees with replay and timeline about one recording', async () => {
    await record('first', '/bin/true; /bin/true; /bin/nothing-there; /bin/sleep 0.1');
    const file = recording('first');
    const replayed = await run(program, 'replay', file, '-o', 'json', '-e', 'all', '-x', '--speed', 'max');
    const records = replayed.stdout.trimEnd().split('\n').map(parseRecord);
    const questions = {
      execs: counts(records, (r) => r.type === 'exec' && r.ret === 0),
      exits: counts(records, (r) => r.type === 'exit'),
      forks: counts(records, (r) => r.type === 'fork'),
      namespaces: counts(records, (r) => r.type === 'namespace'),
      cgroups: counts(records, (r) => r.type === 'cgroup'),
      joins: counts(records, (r) => r.type === 'container' && r.op === 'joined'),
      records: records.length,
    };
    for (const [view, count] of Object.entries(questions)) {
      const { stdout } = await run(program, 'query', file, `SELECT count(*) AS n FROM ${view}`, '-o', 'json');
      expect(JSON.parse(stdout), view).toEqual({ n: count });
    }
    const lives = await run(program, 'query', file, 'FROM containers', '-o', 'json', ...only);
    const life = JSON.parse(lives.stdout);
    const timeline = JSON.parse((await run(program, 'timeline', file, '-o', 'json', ...only)).stdout);
    expect(life).toMatchObject({ container_name: id, runtime: 'runc', code: 0, startup_ns: timeline.startup_ns });
    const execs = await run(
      program,
      'query',
      file,
      `SELECT count(*) FROM execs WHERE container_name = '${id}'`,
      '-o',
      'csv',
    );
    expect(Number(execs.stdout.split('\r\n')[1])).toBe(
      counts(records, (r) => r.type === 'exec' && r.ret === 0 && r.container?.name === id),
    );
    await run(program, 'export', file, '--to', 'parquet', '-o', join(folder, 'parquet'));
    const parquet = await run(
      program,
      'query',
      join(folder, 'parquet'),
      'SELECT count(*) AS n FROM execs',
      '-o',
      'json',
    );
    expect(JSON.parse(parquet.stdout)).toEqual({ n: questions.execs });
  });

  it('has a prompt that keeps what was asked, for its user only', async () => {
    const state = join(folder, 'state');
    const env = { XDG_STATE_HOME: state, SUDO_UID: '', HOME: folder };
    const terminal = new Terminal(['query', recording('first')], { env, columns: 100 });
    await terminal.until(/nstrace>$/m);
    terminal.press('SELECT count(*) AS many\r');
    await terminal.until(/\.\.\.>$/m);
    terminal.press('FROM execs;\r');
    await terminal.until(/MANY\n +\d+\n.*1 row/);
    terminal.press('SELECT nonsense;\r');
    await terminal.until(/Binder Error/);
    terminal.press('\x04');
    expect((await terminal.exited).exitCode).toBe(0);
    const history = join(state, 'nstrace/query_history');
    expect((await stat(history)).mode & 0o777).toBe(0o600);
    expect(await readFile(history, 'utf8')).toBe('SELECT count(*) AS many\\nFROM execs;\nSELECT nonsense;\n');
    await terminal.close();
    const again = new Terminal(['query', recording('first')], { env, columns: 100 });
    await again.until(/nstrace>$/m);
    again.press('\x1b[A');
    await again.until(/nstrace> SELECT nonsense;/);
    again.press('\x03');
    await again.until(/nstrace>$/m);
    again.press('\x04');
    expect((await again.exited).exitCode).toBe(0);
    await again.close();
  });
});

describe('diff and baseline', () => {
  traced('find what is new in a container, and say how to allow it', async () => {
    const [first, second, baseline] = [recording('first'), recording('second'), join(folder, 'a.baseline')];
    expect((await run(program, 'baseline', first, '-o', baseline, ...only)).exitCode).toBe(0);
    expect((await stat(baseline)).mode & 0o777).toBe(0o600);
    const script = '/bin/true; /bin/true; /bin/nothing-there; /bin/sleep 0.1';
    const judging = ['--baseline', baseline, '--fail-on', 'new', ...only];
    const same = await record('same', script, judging);
    expect([same.stderr, same.exitCode]).toEqual([expect.not.stringContaining('not in'), 0]);
    const none = await run(program, 'diff', first, recording('same'), ...only);
    expect([none.stdout, none.exitCode]).toEqual([expect.any(String), 0]);

    const other = await record('second', `${script}; /bin/ls /bin; /bin/ls /bin`, judging);
    expect(other.exitCode).toBe(1);
    const reported = other.stderr.split('\n').filter((line) => line.includes(`not in ${baseline}: `));
    expect(reported.map((line) => line.split(': ')[2])).toContain(`${id} exec /bin/ls /bin => *`);
    expect(new Set(reported).size).toBe(reported.length);

    const diff = await run(program, 'diff', first, second, ...only, '-o', 'json');
    expect(diff.exitCode).toBe(1);
    const findings = diff.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(findings).toContainEqual(
      expect.objectContaining({
        type: 'finding',
        change: 'new',
        what: 'program',
        exe: '/bin/ls',
        shape: ['/bin'],
        runs: 2,
      }),
    );

    expect((await run(program, 'baseline', second, '-o', baseline, '--add', ...only)).exitCode).toBe(0);
    expect((await run(program, 'diff', '--baseline', baseline, second, ...only)).exitCode).toBe(0);
  });

  it('end with 2 where they cannot judge', async () => {
    await writeFile(join(folder, 'wrong'), 'web frobs /bin/ls\n');
    const none = recording('none');
    expect((await run(program, 'diff', none, none)).exitCode).toBe(2);
    expect((await run(program, 'diff', recording('first'))).exitCode).toBe(2);
    const wrong = await run(program, 'diff', '--baseline', join(folder, 'wrong'), recording('first'));
    expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('wrong: line 1: ')]);
    expect((await run(program, 'record', '--fail-on', 'new')).exitCode).toBe(2);
  });

  traced('run as docs/ci.md has them', async () => {
    const guide = await readFile(join(import.meta.dirname, '../../../docs/ci.md'), 'utf8');
    const script = /```sh\n([\s\S]*?)```/.exec(guide)![1]!;
    const place = await makeFolder();
    const executable = async (name: string, text: string): Promise<void> => {
      await writeFile(join(place, name), text);
      await chmod(join(place, name), 0o755);
    };
    try {
      await mkdir(join(place, 'ci'));
      await mkdir(join(place, 'bin'));
      await symlink(program, join(place, 'bin/nstrace'));
      await executable('ci/check-image.sh', script);
      const image = async (words: string): Promise<void> => {
        await bundle.write(['sh', '-c', words]);
        await executable('ci/run-image.sh', `#!/bin/sh\nexec runc run --bundle ${bundle.folder} ${id}\n`);
      };
      const env = { PATH: `${join(place, 'bin')}:${process.env.PATH}` };
      const check = () => execa('ci/check-image.sh', { cwd: place, env, reject: false, stdin: 'ignore' });
      await image('/bin/true; /bin/sleep 0.1');
      const made = await check();
      expect([made.exitCode, made.stdout]).toEqual([0, expect.stringContaining('review ci/image.baseline')]);
      expect(await readFile(join(place, 'ci/image.baseline'), 'utf8')).toContain(`${id} exec /bin/sleep 0.1 => 0`);
      const passed = await check();
      expect(passed.stderr).not.toContain(`not in ci/image.baseline: ${id}`);
      // Others may run containers of theirs on this machine.
      expect(passed.exitCode).toBe(passed.stderr.includes('not in ci/image.baseline') ? 1 : 0);
      await image('/bin/true; /bin/sleep 0.1; /bin/ls /');
      const failed = await check();
      expect([failed.exitCode, failed.stderr]).toEqual([1, expect.stringContaining(`${id} exec /bin/ls / => *`)]);
    } finally {
      await removeFolder(place);
    }
  });
});
