import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { askFeatures } from '../src/probe/bpftrace/ask-features.ts';
import { buildScript } from '../src/probe/bpftrace/script.ts';
import { median } from './workload.ts';

const root = process.cwd();
const rounds = 11;

/**
 * From start to all probes attached: nstrace, Node's own start with it, against bpftrace alone with the same program, with the
 * structures that nstrace gives it and with all of the kernel's.
 */
export const compareStart = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'nstrace-bench-'));
  try {
    const program = join(folder, 'all.bt');
    const { features } = await askFeatures(['bpftrace']);
    writeFileSync(program, buildScript(features, { failed: false }, `${root}/probes`));
    const structures = join(folder, 'structures');
    writeFileSync(structures, features.structures ?? '');
    const alone: number[] = [];
    const reduced: number[] = [];
    const ours: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const command = ['bpftrace', '-B', 'full', program, ...features.parameters];
      alone.push(await until(command, /^H /m, features.environment));
      reduced.push(await until(command, /^H /m, { ...features.environment, BPFTRACE_BTF: structures }));
      ours.push(await until([`${root}/bin/nstrace`, 'record', '-o', '-'], /"type":"header"/, {}));
    }
    const ratios = ours.map((seconds, round) => seconds / alone[round]!);
    console.log(
      `start: ready after ${median(alone).toFixed(2)} s (bpftrace alone), ${median(reduced).toFixed(2)} s (the same with the ` +
        `structures of nstrace), ${median(ours).toFixed(2)} s (nstrace), ${median(ratios).toFixed(2)} times the first, ` +
        `medians of ${rounds} rounds`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const until = async (command: readonly string[], mark: RegExp, env: Record<string, string>): Promise<number> => {
  const began = performance.now();
  const child = execa(command[0]!, command.slice(1), { env, stdin: 'ignore', reject: false, buffer: false });
  let text = '';
  const seconds = await new Promise<number>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (mark.test(text)) {
        resolve((performance.now() - began) / 1000);
      }
    });
  });
  child.kill('SIGINT');
  await child;
  return seconds;
};
