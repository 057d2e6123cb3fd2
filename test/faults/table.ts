import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What was done to nstrace, what it promises then, and what was seen. */
export interface Row {
  /** The file of its test. */
  readonly part: string;
  readonly done: string;
  readonly promised: string;
  readonly seen: string;
}

const rows = join(import.meta.dirname, '../../node_modules/.cache/nstrace-faults.ndjson');
const page = join(import.meta.dirname, '../../docs/faults.md');
const begin = '<!-- made by npm run test:faults -->';

const parts = ['bpftrace', 'nstrace', 'load', 'host'];

export const addRow = (row: Row): void => appendFileSync(rows, `${JSON.stringify(row)}\n`);

export const forgetRows = (): void => {
  mkdirSync(dirname(rows), { recursive: true });
  rmSync(rows, { force: true });
};

/** Prints the table, and puts it into docs/faults.md if FAULTS_WRITE is set. */
export const showTable = (): void => {
  if (!existsSync(rows)) {
    return;
  }
  const found = readFileSync(rows, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  // vitest begins with the file that took longest before.
  found.sort((a, b) => parts.indexOf(a.part) - parts.indexOf(b.part));
  const cells = found.map(({ done, promised, seen }) => [done, promised, seen]);
  const lines = [['done', 'promised', 'seen'], ['--', '--', '--'], ...cells];
  const table = lines
    .map((cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`)
    .join('');
  process.stdout.write(`\n${table}\n`);
  if (process.env.FAULTS_WRITE !== undefined) {
    const head = readFileSync(page, 'utf8').split(begin)[0]!;
    writeFileSync(page, `${head}${begin}\n\n${table}`);
  }
};
