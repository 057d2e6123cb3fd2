import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';

interface Tracer {
  readonly command: readonly string[];
  /** What its output holds once it traces; without it, it is given 3 s. */
  readonly ready?: RegExp;
}

const root = process.cwd();

/** The two that are compared side by side; bench/peers has them all. */
export const pair: readonly [theirs: Tracer, ours: Tracer] = [
  { command: ['bpftrace', '/usr/sbin/execsnoop.bt'] },
  { command: [`${root}/bin/nstrace`, 'record', '-o', '-'], ready: /"type":"header"/ },
];

const spawns = 2000;

export const compile = async (folder: string, source: string, name: string): Promise<void> => {
  await execa('gcc', ['-O2', '-static', '-o', join(folder, name), `${root}/test/e2e/tools/${source}.c`]);
};

/** Spawns a second, all spawners together. */
export const workload = async (folder: string, atOnce: number): Promise<number> => {
  const one = () => execa(join(folder, 'spawn'), [String(spawns), join(folder, 'bench-noop'), '--alpha', 'beta']);
  const outputs = await Promise.all(Array.from({ length: atOnce }, one));
  return outputs.reduce((sum, { stdout }) => sum + Number(stdout), 0);
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

/** Starts both, each with its output in a file. */
export const startPair = (folder: string) =>
  Promise.all(
    pair.map(async (tracer, index) => {
      const file = join(folder, `output-${index}`);
      const output = openSync(file, 'w');
      const child = execa(tracer.command[0]!, tracer.command.slice(1), {
        stdio: ['ignore', output, 'ignore'] as unknown as ['ignore', 'inherit', 'ignore'],
        reject: false,
      });
      closeSync(output);
      await untilReady(tracer, file);
      // Wrapped: an async function would wait for its end.
      return { child, file };
    }),
  );

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
