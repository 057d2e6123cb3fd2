import { readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { expect } from 'vitest';
import { bpftraceOf, isRunning } from '../e2e/support/bpftrace.ts';
import { ownFolder } from '../e2e/support/own-folder.ts';
import { run } from '../e2e/support/run.ts';
import { bpftraceOption, parseRecord, program, tool, trace } from '../e2e/support/trace.ts';
import {
  accounts,
  expectAccounts,
  fault,
  livesOf,
  outOfOrder,
  spawn,
  spawnTwice,
  until,
  whileStarved,
} from './support.ts';

const folder = ownFolder();

/** A recording into a file, and when tracing has begun. */
const record = async (file: string) => {
  const child = execa(program, ['record', '-o', file, ...bpftraceOption], {
    reject: false,
    stdin: 'ignore',
  });
  await until(async () => (await stat(file).catch(() => undefined)) !== undefined && readFileSync(file).includes('\n'));
  return { child };
};

const execsIn = (file: string, mark: string): number =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => parseRecord(line))
    .filter((found) => found.type === 'exec' && found.args[1] === mark).length;

fault('nstrace stopped (SIGSTOP) for 5 s, with 1,000 execs on two CPUs', 'everything arrives, in order', async () => {
  const found = await trace([], async ({ pid }) => {
    process.kill(pid, 'SIGSTOP');
    await spawnTwice(500, 'unread');
    await sleep(5000);
    process.kill(pid, 'SIGCONT');
  });
  expectAccounts(found);
  const { execs, exits } = livesOf(found, 'unread');
  expect({ execs, exits, order: outOfOrder(found.records) }).toEqual({ execs: 1000, exits: 1000, order: 0 });
  return `${execs} execs, ${exits} exits, 0 out of order, ${accounts(found)}`;
});

fault(
  'nstrace and bpftrace starved: the lowest priority for both, four processes take all CPUs, 1,000 execs',
  'everything arrives, late, in order, or is counted',
  async () => {
    const found = await trace([], async ({ pid }) => {
      await execa('chrt', ['-a', '-i', '-p', '0', String(pid)]);
      await execa('chrt', ['-a', '-i', '-p', '0', String(bpftraceOf(pid))]);
      await whileStarved(async () => {
        await spawnTwice(500, 'starved');
        await sleep(1000);
      });
    });
    expectAccounts(found);
    const { execs, exits } = livesOf(found, 'starved');
    expect(execs === 1000 || found.footer.lost > 0).toBe(true);
    return `${execs} execs, ${exits} exits, ${outOfOrder(found.records)} out of order, ${accounts(found)}`;
  },
);

fault(
  'nstrace killed (SIGKILL) while it read nothing and the buffers filled',
  'bpftrace ends with it; the recording is read up to its last whole line, and `check` says that it was cut off (4)',
  async () => {
    const file = join(folder, 'killed.ndjson');
    const { child } = await record(file);
    const bpftrace = bpftraceOf(child.pid!);
    await spawn(200, 'written');
    await sleep(1500);
    process.kill(child.pid!, 'SIGSTOP');
    await spawn(1500, 'unread', 'x'.repeat(500));
    const killed = performance.now();
    process.kill(child.pid!, 'SIGKILL');
    await child;
    expect(await until(() => !isRunning(bpftrace))).toBe(true);
    const seconds = ((performance.now() - killed) / 1000).toFixed(1);
    const { exitCode } = await run(program, 'check', file);
    expect(exitCode).toBe(4);
    const execs = execsIn(file, 'written');
    expect(execs).toBe(200);
    return `bpftrace gone ${seconds} s later, ${execs} of 200 execs before it in the recording, \`check\` ends with ${exitCode}`;
  },
);

fault(
  'the disk full: a file system of 600 KB, 3,000 execs',
  'the recording ends by itself with the reason and status 1, and is read up to its last whole line',
  async () => {
    const mount = join(folder, 'small');
    const command = [
      `mkdir ${mount} && mount -t tmpfs -o size=600k none ${mount}`,
      `${program} record -o ${mount}/full.ndjson ${bpftraceOption.join(' ')} -- ${tool('spawn')} 3000 ${tool('noop')} full; echo $?`,
      `cp ${mount}/full.ndjson ${folder}/full.ndjson`,
    ].join('\n');
    const { stdout, stderr } = await run('unshare', '-m', 'sh', '-c', command);
    expect(stdout.split('\n').at(-1)).toBe('1');
    expect(stderr).toMatch(/ENOSPC|no space/i);
    const { exitCode, stdout: said } = await run(program, 'check', join(folder, 'full.ndjson'));
    expect(exitCode).toBe(4);
    const execs = execsIn(join(folder, 'full.ndjson'), 'full');
    return `status 1, “${/writing.*/.exec(stderr)?.[0]?.replace(mount, '…')}”; ${execs} execs in what is left, \`check\` says ${/damage +(.*)/.exec(said)?.[1]}`;
  },
);

fault(
  'the reader of `record -o -` stalled for 8 s, 2,000 execs with 4 KB of arguments',
  'what waits stands in memory, at most 64 MiB; everything arrives',
  async () => {
    const long = 'x'.repeat(4000);
    const pipe = join(folder, 'pipe.ndjson');
    const command = `"$0" record -o - ${bpftraceOption.join(' ')} | (head -c 65536; sleep 8; cat) > ${pipe}`;
    const child = execa('sh', ['-c', command, program], { reject: false, stdin: 'ignore' });
    await until(async () => ((await stat(pipe).catch(() => undefined))?.size ?? 0) > 0);
    await spawn(2000, 'stalled', long);
    const { stdout } = await run('pgrep', '-P', String(child.pid), '-f', 'record');
    process.kill(Number(stdout.split('\n')[0]), 'SIGINT');
    await child;
    const records = readFileSync(pipe, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => parseRecord(line));
    const footer = records.at(-1)!;
    const execs = records.filter((found) => found.type === 'exec' && found.args[1] === 'stalled').length;
    expect(footer.type === 'footer' && (execs === 2000 || footer.lost > 0)).toBe(true);
    return `${execs} execs, lost ${footer.type === 'footer' && footer.lost}, complete: ${footer.type === 'footer' && footer.complete}`;
  },
);

fault(
  'four nstrace at once; one of them is killed (SIGKILL), one is stopped by Ctrl-C while the others trace',
  'each sees all; none disturbs another',
  async () => {
    const files = ['a', 'b', 'c', 'd'].map((name) => join(folder, `${name}.ndjson`));
    const started = await Promise.all(files.map((file) => record(file)));
    const children = started.map(({ child }) => child);
    await spawn(200, 'all');
    await sleep(1500);
    children[0]!.kill('SIGKILL');
    children[1]!.kill('SIGINT');
    await Promise.all(children.slice(0, 2));
    await spawn(200, 'rest');
    for (const child of children.slice(2)) {
      child.kill('SIGINT');
    }
    await Promise.all(children);
    const seen = files.map((file) => `${execsIn(file, 'all')} + ${execsIn(file, 'rest')}`);
    expect(seen).toEqual(['200 + 0', '200 + 0', '200 + 200', '200 + 200']);
    const checks = await Promise.all(files.slice(1).map((file) => run(program, 'check', file)));
    expect(checks.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    return `execs before and after: ${seen.join(', ')}; the three that ended by themselves are complete`;
  },
);
