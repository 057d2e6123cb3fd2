import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildBeside } from './beside.ts';
import { type Cost, costOf, plainCost } from './cost.ts';
import { writeRecording } from './recording.ts';
import { measureSeek } from './seek.ts';
import { median } from './workload.ts';

const records = 300_000;
const rounds = 3;

const commands = [
  ['replay -e all -o json', ['replay', '--speed', 'max', '-e', 'all', '-o', 'json']],
  ['replay, as lines', ['replay', '--speed', 'max']],
  ['timeline', ['timeline']],
] as const;

/**
 * How fast recordings are read, as CPU time, beside JSON.parse and JSON.stringify over the same lines, and beside an older
 * version that is built for it.
 */
export const compareReading = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    const file = join(folder, 'bench.ndjson');
    writeRecording(file, records);
    const beside = await buildBeside(folder);
    for (const [name, args] of commands) {
      const ours: Cost[] = [];
      const others: Cost[] = [];
      const plain: Cost[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // One after the other, so that a machine that changes its pace does so for all.
        ours.push(await costOf(resolve('bin/nstrace'), [...args, file]));
        if (beside !== undefined) {
          others.push(await costOf(beside, [...args, file]));
        }
        plain.push(await plainCost(file));
      }
      print(name, ours, others, plain);
    }
    await measureSeek(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const print = (name: string, ours: readonly Cost[], others: readonly Cost[], plain: readonly Cost[]): void => {
  const parts = [
    `${Math.round(records / median(ours.map(({ seconds }) => seconds)) / 1000)},000 records a second of CPU time`,
    `${ratio(ours, plain)} times the time of parse and stringify`,
    `${Math.max(...ours.map(({ megabytes }) => megabytes))} MB`,
  ];
  if (others.length > 0) {
    parts.push(`${ratio(others, ours)} times as fast as the other version`);
    parts.push(`which took ${Math.max(...others.map(({ megabytes }) => megabytes))} MB`);
  }
  console.log(`read: ${name}: ${parts.join(', ')}`);
};

/** The median of what costs of the same rounds are to each other. */
export const ratio = (of: readonly Cost[], to: readonly Cost[]): string =>
  median(of.map(({ seconds }, index) => seconds / to[index]!.seconds)).toFixed(2);
