import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { childrenOf, memoryMegabytes } from '../../bench/peers/cost.ts';
import { Expected } from './expected.ts';

/**
 * npm run test:soak -- [--minutes 30]: traces 2,000 events a second with containers that come and go, replays them at the same time,
 * and looks at the memory of all that runs. Ends with 1 if a count is not exact, an event is out of order, or memory grows.
 */
const at = process.argv.indexOf('--minutes');
const minutes = at < 0 ? 30 : Number(process.argv[at + 1]);
/** Each is a fork, an exec and an exit. */
const execsPerSecond = 600;
const livesPerSecond = 8;
/** Memory of a process that has seen all it will see grows by no more than this, from the second quarter to the last. */
const maxGrowth = 1.1;

const root = process.cwd();
const folder = mkdtempSync(join(tmpdir(), 'nstrace-soak-'));
const nstrace = join(root, 'bin/nstrace');
const compile = (source: string, name: string) => execa('gcc', ['-O2', '-static', '-o', join(folder, name), source]);

const trace = async (): Promise<boolean> => {
  await compile('bench/peers/pace.c', 'pace');
  await compile('test/e2e/tools/lives.c', 'lives');
  await compile('test/e2e/tools/noop.c', 'soak-noop');
  const program = join(folder, 'soak-noop');
  const expected = new Expected(program);
  const tracer = execa(nstrace, ['record', '-o', '-'], { buffer: false, stdin: 'ignore', reject: false });
  const replayer = execa(nstrace, ['replay', '-', '-e', 'all', '-o', 'json'], { buffer: false, reject: false });
  replayer.stderr.resume();
  let said = '';
  tracer.stderr.on('data', (data: Buffer) => {
    said = (said + data.toString()).slice(-4000);
  });
  const replayed = countLines(replayer.stdout);
  tracer.stdout.pipe(replayer.stdin);
  const read = (async () => {
    for await (const line of createInterface({ input: tracer.stdout })) {
      expected.take(line);
    }
  })();
  while (expected.records === 0) {
    await sleep(50);
  }
  const bpftrace = childrenOf(tracer.pid!)[0]!;
  const ended: string[] = [];
  const look = (name: string, pid: number): number => {
    try {
      return memoryMegabytes(pid);
    } catch {
      ended.push(`${name} ended by itself`);
      return Number.NaN;
    }
  };
  const memory = { nstrace: [] as number[], bpftrace: [] as number[], replay: [] as number[] };
  const looking = setInterval(() => {
    memory.nstrace.push(look('nstrace', tracer.pid!) - look('bpftrace', bpftrace));
    memory.bpftrace.push(look('bpftrace', bpftrace));
    memory.replay.push(look('replay', replayer.pid!));
    if (memory.nstrace.length % 6 === 0) {
      const [own, theirs, other] = Object.values(memory).map((list) => Math.round(list.at(-1)!));
      console.log(
        `${memory.nstrace.length / 6} min: ${expected.records} records, ${own} + ${theirs} MB, replay ${other} MB`,
      );
    }
  }, 10_000);
  const made = await work(program);
  await sleep(2000);
  clearInterval(looking);
  tracer.kill('SIGINT');
  await tracer;
  await read;
  await replayer;
  const problems = [...new Set(ended), ...expected.problems(made), ...growth(memory)];
  const rate = Math.round(expected.records / (minutes * 60));
  console.log(
    `${expected.records} records, ${rate} a second; ${await replayed} replayed; ${made.lives} containers, ${made.execs} execs`,
  );
  if ((await replayed) < expected.records) {
    problems.push(`${expected.records} records, and ${await replayed} replayed`);
  }
  for (const problem of problems) {
    console.log(`NOT AS PROMISED: ${problem}`);
  }
  console.log(problems.length === 0 ? 'counts exact, order kept, memory flat' : said);
  return problems.length === 0;
};

/** Runs what is traced, at an even pace. */
const work = async (program: string): Promise<{ execs: number; lives: number }> => {
  const execs = Math.round(execsPerSecond * minutes * 60);
  const env = { PROGRAM: program };
  const pacing = execa(join(folder, 'pace'), [String(execsPerSecond), String(execs), 'paced'], { env });
  let lives = 0;
  for (let second = 0; second < minutes * 60; second += 1) {
    const next = sleep(1000);
    await execa(join(folder, 'lives'), [String(livesPerSecond), program, 'life']);
    lives += livesPerSecond;
    await next;
  }
  await pacing;
  return { execs, lives };
};

const countLines = async (input: NodeJS.ReadableStream): Promise<number> => {
  let count = 0;
  for await (const chunk of input) {
    for (const byte of chunk as Buffer) {
      count += byte === 10 ? 1 : 0;
    }
  }
  return count;
};

const growth = (memory: Readonly<Record<string, readonly number[]>>): string[] =>
  Object.entries(memory).flatMap(([name, list]) => {
    const quarter = Math.floor(list.length / 4);
    const [early, late] = [list.slice(quarter, 2 * quarter), list.slice(3 * quarter)].map(median);
    console.log(`${name}: ${Math.round(early!)} MB in the second quarter, ${Math.round(late!)} MB in the last`);
    return quarter > 0 && late! > early! * maxGrowth ? [`${name} grew from ${early} to ${late} MB`] : [];
  });

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;

let ok = false;
try {
  ok = await trace();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = ok ? 0 : 1;
