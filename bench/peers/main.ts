import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, measure, prepare } from './measure.ts';
import { measurePrograms, type ProgramCost } from './programs.ts';
import { peersText, programsText } from './tables.ts';
import { isThere, type Tracer, tracers } from './tracers.ts';

/**
 * npm run bench:peers -- [NAME...] [--programs] [--write]: measures these tracers, or all, between runs without one, and prints
 * everything that was measured so far. With --programs also what each BPF program costs, with --write into docs/comparison.md.
 */
const words = process.argv.slice(2);
const names = words.filter((word) => !word.startsWith('--'));
const results = join(process.cwd(), 'node_modules/.cache/nstrace-peers');
const page = join(process.cwd(), 'docs/comparison.md');
const begin = '<!-- made by npm run bench:peers -->';

const keep = (name: string, value: unknown): void => {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name.replaceAll(/\W+/g, '-')}.json`), JSON.stringify(value));
};

const kept = <Value>(wanted: (name: string) => boolean): Value[] =>
  readdirSync(results)
    .filter(wanted)
    .map((name) => JSON.parse(readFileSync(join(results, name), 'utf8')) as Value);

const measureOne = async (tracer: Tracer): Promise<void> => {
  if (words.includes('--programs')) {
    const [short, long] = [await measurePrograms(folder, tracer, 2), await measurePrograms(folder, tracer, 4)];
    keep(`programs ${tracer.name}`, { tracer: tracer.name, short, long });
  } else {
    keep(tracer.name, await measure(folder, tracer));
  }
};

const folder = mkdtempSync(join(tmpdir(), 'nstrace-peers-'));
try {
  await prepare(folder);
  for (const tracer of tracers(folder)) {
    if (names.length > 0 && !names.includes(tracer.name)) {
      continue;
    }
    if (!isThere(tracer)) {
      console.log(`${tracer.name}: not there (${tracer.needs.join(', ')})`);
      continue;
    }
    console.log(`${tracer.name} ...`);
    try {
      await measureOne(tracer);
    } catch (error) {
      console.log(String(error));
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const order = tracers('').map(({ name }) => name);
const measured = kept<Measured>((name) => !name.startsWith('programs')).sort(
  (a, b) => order.indexOf(a.tracer) - order.indexOf(b.tracer),
);
const programs = kept<{ tracer: string; short: ProgramCost[]; long: ProgramCost[] }>((name) =>
  name.startsWith('programs'),
);
const text = `${peersText(measured)}\n${programsText(programs)}`;
console.log(`\n${text}`);
if (words.includes('--write')) {
  const [head] = readFileSync(page, 'utf8').split(begin);
  writeFileSync(page, `${head}${begin}\n\n${text}`);
}
