import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

const root = process.cwd();
const crowd = 20_000;
const rounds = 3;

const commands = [
  { name: 'lsns', command: ['lsns'] },
  { name: 'nstrace ns', command: [`${root}/bin/nstrace`, 'ns'] },
  { name: 'nstrace ps', command: [`${root}/bin/nstrace`, 'ps'] },
] as const;

/** What looks at a machine with 20,000 processes, one after the other, several times: medians, and ratios to lsns. */
export const compareNow = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    const program = join(folder, 'crowd');
    await execa('gcc', ['-O2', '-static', '-o', program, `${root}/test/e2e/tools/crowd.c`]);
    await withCrowd(program, async () => {
      const seconds = new Map(commands.map(({ name }) => [name, [] as number[]]));
      for (let round = 0; round < rounds; round += 1) {
        for (const { name, command } of commands) {
          seconds.get(name)!.push(await timed(folder, command));
        }
      }
      print(new Map([...seconds].map(([name, values]) => [name, median(values)])));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** The crowd ends when its input ends: with this process at the latest. */
const withCrowd = async (program: string, work: () => Promise<void>): Promise<void> => {
  const child = execa(program, [String(crowd)], { stdin: 'pipe', reject: false, buffer: false });
  try {
    const count = await new Promise<number>((resolve) => {
      child.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
      child.once('exit', () => resolve(0));
    });
    if (count !== crowd) {
      throw new Error(`only ${count} of ${crowd} processes could be started: see pid_max, threads-max and ulimit -u`);
    }
    await work();
  } finally {
    child.stdin.end();
    await child;
  }
};

/** In seconds, with the output in a file, and as long as that of a whole machine is. */
const timed = async (folder: string, [file, ...args]: readonly string[]): Promise<number> => {
  const output = openSync(join(folder, 'output'), 'w');
  try {
    const began = performance.now();
    await execa(file!, args, { stdin: 'ignore', stdout: output as unknown as 'inherit', stderr: 'ignore' });
    return (performance.now() - began) / 1000;
  } finally {
    closeSync(output);
  }
};

const print = (medians: ReadonlyMap<string, number>): void => {
  const base = medians.get('lsns')!;
  console.log(`\n${crowd} processes more; medians of ${rounds}`);
  console.log(`${'command'.padEnd(14)} ${'seconds'.padStart(8)} ${'to lsns'.padStart(8)}`);
  for (const [name, seconds] of medians) {
    console.log(`${name.padEnd(14)} ${seconds.toFixed(2).padStart(8)} ${(seconds / base).toFixed(2).padStart(8)}`);
  }
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
