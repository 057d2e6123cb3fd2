import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, cpuMs } from './peers/cost.ts';
import { startPair } from './workload.ts';

const seconds = 60;
/** Of them those with the fewest execs: a machine that others use is never at rest. */
const calmest = 10;

interface Second {
  readonly execs: number;
  readonly execsnoop: number;
  readonly node: number;
  readonly bpftrace: number;
}

/** What execsnoop.bt and nstrace take at the same time while nothing is asked of them, in hundredths of a core. */
export const compareRest = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    const [theirs, ours] = await startPair(folder);
    const look = (): Second => ({
      execs: readFileSync(theirs!.file, 'latin1').split('\n').length,
      execsnoop: cpuMs(theirs!.child.pid!),
      node: cpuMs(ours!.child.pid!),
      bpftrace: childrenOf(ours!.child.pid!).reduce((sum, pid) => sum + cpuMs(pid), 0),
    });
    await sleep(3000);
    const looked: Second[] = [];
    for (let before = look(), second = 0; second < seconds; second += 1) {
      await sleep(1000);
      const now = look();
      looked.push(difference(now, before));
      before = now;
    }
    print('all', looked);
    print(`the calmest ${calmest}`, looked.sort((a, b) => a.execs - b.execs).slice(0, calmest));
    for (const { child } of [theirs!, ours!]) {
      child.kill('SIGINT');
      await child;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const difference = (now: Second, before: Second): Second => ({
  execs: now.execs - before.execs,
  execsnoop: now.execsnoop - before.execsnoop,
  node: now.node - before.node,
  bpftrace: now.bpftrace - before.bpftrace,
});

const print = (which: string, looked: readonly Second[]): void => {
  const mean = (of: keyof Second): number => looked.reduce((sum, second) => sum + second[of], 0) / looked.length;
  // 10 ms of a second are a hundredth.
  const part = (of: keyof Second): string => (mean(of) / 10).toFixed(2);
  console.log(
    `rest: ${which} of ${seconds} s, ${mean('execs').toFixed(1)} execs a second by others: ` +
      `bpftrace ${part('bpftrace')} %, Node ${part('node')} % of a core; execsnoop.bt ${part('execsnoop')} %`,
  );
};
