import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

interface Tracer {
  readonly name: string;
  readonly command: readonly string[];
  /** What its output holds once it traces; without it, it is given 3 s. */
  readonly ready?: RegExp;
  /** So many workloads before the one that is measured: a compiler at run time, as Node's, has its say in the first seconds. */
  readonly warmUp?: number;
  /** How a traced run of the workload's program looks in its output. */
  readonly seen: RegExp;
}

const root = process.cwd();

export const tracers: readonly Tracer[] = [
  { name: 'execsnoop.bt', command: ['bpftrace', '/usr/sbin/execsnoop.bt'], seen: /bench-noop/g },
  { name: 'execsnoop (libbpf)', command: ['/usr/sbin/execsnoop'], seen: /bench-noop/g },
  { name: 'extrace', command: ['extrace', '-f'], seen: /bench-noop/g },
  { name: 'forkstat', command: ['forkstat', '-e', 'exec', '-l'], seen: /bench-noop/g },
  {
    name: 'nstrace record (all events)',
    command: [`${root}/bin/nstrace`, 'record', '-o', '-'],
    ready: /"type":"header"/,
    warmUp: 10,
    seen: /"type":"exec"[^\n]*bench-noop",/g,
  },
];

interface Run {
  readonly rate: number;
  readonly cpuPerThousand: number;
  readonly lost: number;
}

const spawns = 2000;
const rounds = 3;

/** The same workload untraced and under each tracer in turn, several times: medians of what is seen. */
export const comparePeers = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    await compile(folder, 'spawn', 'spawn');
    await compile(folder, 'noop', 'bench-noop');
    await compile(folder, 'noop', 'warm-up');
    for (const atOnce of [1, availableParallelism()]) {
      await compare(folder, atOnce);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const compile = async (folder: string, source: string, name: string): Promise<void> => {
  await execa('gcc', ['-O2', '-static', '-o', join(folder, name), `${root}/test/e2e/tools/${source}.c`]);
};

const compare = async (folder: string, atOnce: number): Promise<void> => {
  const untraced: number[] = [];
  const runs = new Map(tracers.map((tracer) => [tracer, [] as Run[]]));
  for (let round = 0; round < rounds; round += 1) {
    untraced.push(await workload(folder, atOnce));
    for (const tracer of tracers) {
      runs.get(tracer)!.push(await traced(folder, tracer, atOnce));
    }
  }
  const base = median(untraced);
  console.log(
    `\n${atOnce} spawner(s), ${spawns} posix_spawns each, untraced ${base.toFixed(0)} a second; medians of ${rounds}`,
  );
  console.log(
    `${'tracer'.padEnd(30)} ${'exec rate'.padStart(10)} ${'CPU s/1000'.padStart(11)} ${'not seen'.padStart(9)}`,
  );
  for (const [{ name }, results] of runs) {
    const rate = median(results.map((result) => result.rate)) / base;
    const cpu = median(results.map((result) => result.cpuPerThousand));
    const lost = median(results.map((result) => result.lost));
    console.log(
      `${name.padEnd(30)} ${rate.toFixed(2).padStart(10)} ${cpu.toFixed(3).padStart(11)} ${`${(lost * 100).toFixed(1)} %`.padStart(9)}`,
    );
  }
};

/** Spawns a second, all spawners together. */
export const workload = async (folder: string, atOnce: number): Promise<number> => {
  const one = () => execa(join(folder, 'spawn'), [String(spawns), join(folder, 'bench-noop'), '--alpha', 'beta']);
  const outputs = await Promise.all(Array.from({ length: atOnce }, one));
  return outputs.reduce((sum, { stdout }) => sum + Number(stdout), 0);
};

const traced = async (folder: string, tracer: Tracer, atOnce: number): Promise<Run> => {
  const file = join(folder, 'output');
  const output = openSync(file, 'w');
  const child = execa(tracer.command[0]!, tracer.command.slice(1), {
    stdio: ['ignore', output, 'ignore'] as unknown as ['ignore', 'inherit', 'ignore'],
    reject: false,
  });
  await untilReady(tracer, file);
  for (let round = 0; round < (tracer.warmUp ?? 1); round += 1) {
    await execa(join(folder, 'spawn'), [String(spawns), join(folder, 'warm-up'), '--alpha', 'beta']);
  }
  const before = cpuSeconds(child.pid!);
  const rate = await workload(folder, atOnce);
  await sleep(500);
  const cpu = cpuSeconds(child.pid!) - before;
  child.kill('SIGINT');
  await child;
  const expected = spawns * atOnce;
  const seen = readFileSync(file, 'utf8').match(tracer.seen)?.length ?? 0;
  return { rate, cpuPerThousand: (cpu / expected) * 1000, lost: Math.max(0, 1 - seen / expected) };
};

export const untilReady = async ({ ready }: Tracer, file: string): Promise<void> => {
  if (ready === undefined) {
    await sleep(3000);
    return;
  }
  while (!ready.test(readFileSync(file, 'utf8'))) {
    await sleep(20);
  }
  await sleep(500);
};

/** CPU time of a process and of its children that live, in seconds. */
export const cpuSeconds = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
  const own = (Number(fields[11]) + Number(fields[12])) / 100;
  return children.reduce((sum, child) => sum + cpuSeconds(Number(child)), own);
};

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
