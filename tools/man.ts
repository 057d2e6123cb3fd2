import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../src/cli/program.ts';
import { manualPage } from './manual-page.ts';

/** Writes the manual page, or with --check says whether the published one is still true. */
const target = fileURLToPath(new URL('../docs/nstrace.8', import.meta.url));
const text = manualPage(buildProgram());

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  process.stderr.write('docs/nstrace.8 is not what the program says: run npm run man\n');
  process.exitCode = 1;
}
