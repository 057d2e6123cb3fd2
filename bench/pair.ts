import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuSeconds } from './peers/cost.ts';
import { compile, median, startPair, workload } from './workload.ts';

/** Node settles in the first 20,000 execs or so. */
const warmUps = 20;
const rounds = 8;

/**
 * execsnoop.bt and nstrace at the same time, on the same workload: what the machine does meanwhile is the same for both, so that the
 * ratio of their CPU time holds also where the machine does not keep its pace.
 */
export const comparePair = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    await compile(folder, 'spawn', 'spawn');
    await compile(folder, 'noop', 'bench-noop');
    for (const atOnce of [1, availableParallelism()]) {
      await compare(folder, atOnce);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const compare = async (folder: string, atOnce: number): Promise<void> => {
  const children = await startPair(folder);
  const costs = () => children.map(({ child }) => cpuSeconds(child.pid!));
  for (let round = 0; round < warmUps; round += 1) {
    await workload(folder, atOnce);
  }
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const before = costs();
    await workload(folder, atOnce);
    await sleep(500);
    const [theirs, ours] = costs().map((cost, index) => cost - before[index]!);
    ratios.push(ours! / theirs!);
  }
  for (const { child } of children) {
    child.kill('SIGINT');
    await child;
  }
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  console.log(
    `pair: ${atOnce} spawner(s): CPU of nstrace ${median(ratios).toFixed(2)} times that of execsnoop.bt beside it (${least.toFixed(2)} to ${most.toFixed(2)})`,
  );
};
