import { chmod, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { makeFolder, removeFolder } from '../support/folder.ts';
import { bpftraceOption, parseRecord, program, tool, traced } from '../support/trace.ts';

let folder: string;
let spool: string;
beforeEach(async () => {
  folder = await makeFolder();
  spool = join(folder, 'spool');
});
afterEach(() => removeFolder(folder));

const startAgent = (...options: string[]) => {
  const child = execa(
    program,
    ['agent', '--spool', spool, '--to', 'stdout', '--metrics', 'off', ...bpftraceOption, ...options],
    { reject: false, buffer: { stdout: false, stderr: true }, stdin: 'ignore' },
  );
  const records: NstraceRecord[] = [];
  createInterface({ input: child.stdout! }).on('line', (line) => records.push(parseRecord(line)));
  const until = (found: (record: NstraceRecord) => boolean) =>
    expect.poll(() => records.some(found), { interval: 50 }).toBe(true);
  return { child, records, until };
};

const ran = (word: string) => (record: NstraceRecord) => record.type === 'exec' && record.args[1] === word;

describe('nstrace agent', () => {
  traced('ends where the disk is full, and says so', async () => {
    await mkdir(spool);
    const full = 'mount -t tmpfs -o size=64k none "$0" && exec "$@"';
    const options = ['agent', '--spool', spool, '--to', 'stdout', '--metrics', 'off', ...bpftraceOption];
    const child = execa('unshare', ['-m', 'sh', '-c', full, spool, program, ...options], {
      ...{ reject: false, buffer: { stdout: false, stderr: true }, stdin: 'ignore' },
    });
    // More than there is room for, however little else runs.
    createInterface({ input: child.stdout! }).once(
      'line',
      () => void execa(tool('spawn'), ['300', tool('noop')], { reject: false }),
    );
    const { exitCode, stderr } = await child;
    expect(stderr).toContain(`writing the spool ${spool} failed: ENOSPC`);
    expect(exitCode).toBe(1);
  });

  traced('ships what it traces, every record once, also over a kill', async () => {
    const first = startAgent();
    await first.until(({ type }) => type === 'header');
    await execa(tool('noop'), ['agent-one']);
    await first.until(ran('agent-one'));
    first.child.kill('SIGKILL');
    await first.child;

    const second = startAgent();
    await second.until(({ type, seq }) => type === 'header' && seq === 1);
    await execa(tool('noop'), ['agent-two', '--password=hunter2']);
    await second.until(ran('agent-two'));
    second.child.kill('SIGTERM');
    expect((await second.child).exitCode).toBe(0);
    await second.until(({ type }) => type === 'footer');

    const all = [...first.records, ...second.records];
    const ids: string[] = [];
    let recording = '';
    for (const record of all) {
      recording = record.type === 'header' ? record.recording : recording;
      ids.push(`${recording} ${record.seq}`);
    }
    // What was written before the kill and not yet acknowledged may come again, and has the same number then.
    expect(second.records.at(-1)).toMatchObject({ type: 'footer', reason: 'terminated' });
    const [one, two] = all.filter((record) => record.type === 'header');
    expect(one).toMatchObject({ part: 1 });
    expect(two?.type === 'header' && one?.type === 'header' && two.recording !== one.recording).toBe(true);
    expect(new Set(ids).size).toBeGreaterThan(3);
    const masked = all.find(ran('agent-two'));
    expect(JSON.stringify(masked)).not.toContain('hunter2');
    // What is shipped is not kept.
    expect((await readdir(spool)).filter((name) => name.endsWith('.ndjson')).length).toBeLessThanOrEqual(1);
  });

  traced('says what it does, and has its spool for itself', async () => {
    const { child, until } = startAgent('--limit', '1/s');
    await until(({ type }) => type === 'header');
    expect((await stat(spool)).mode & 0o777).toBe(0o700);
    const { stdout, exitCode } = await execa(program, ['agent', 'status', '--spool', spool]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('state       tracing');
    expect(stdout).toContain('stdout      standard output');
    const other = await execa(program, ['agent', '--spool', spool, '--to', 'stdout', '--metrics', 'off'], {
      reject: false,
    });
    expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('another agent ships from') });
    await Promise.all(Array.from({ length: 5 }, () => execa(tool('noop'), ['agent-limited'])));
    await until((record) => record.type === 'lost' && record.stage === 'limit' && record.count > 0);
    child.kill('SIGTERM');
    expect((await child).exitCode).toBe(0);
    const gone = await execa(program, ['agent', 'status', '--spool', spool], { reject: false });
    expect(gone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('no agent runs with the spool') });
  });

  it.each([
    [[], 'agent needs to know where to ship to'],
    [['--to', 'nats://user:secret@h:4222'], 'can be read by every user'],
    [['--to', 'ftp://h'], 'no place to ship to'],
    [['--to', 'stdout', '--metrics', 'here'], 'is not an address'],
    [['--to', 'stdout', '--limit', 'much'], 'it is not a rate'],
    [['--to', 'nats://a:1', '--to', 'nats://a:1'], 'several servers of one NATS'],
  ])('refuses %j as wrong usage', async (options, message) => {
    const { exitCode, stderr } = await execa(program, ['agent', '--spool', spool, ...options], { reject: false });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });

  it('takes no spool that is somebody else’s', async () => {
    if (process.geteuid?.() !== 0) {
      return;
    }
    await execa('install', ['-d', '-o', '1234', spool]);
    const { exitCode, stderr } = await execa(program, ['agent', '--spool', spool, '--to', 'stdout'], { reject: false });
    expect(stderr).toContain('is not a folder of your own');
    expect(exitCode).toBe(3);
    await chmod(spool, 0o700);
    await rm(spool, { recursive: true });
  });
});
