// npm pack runs this before and, with --restore, after it: dist is a bundle, so the packed package.json names nothing that
// npm would have to install beside it.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const manifest = join(import.meta.dirname, '..', 'package.json');
const kept = join(import.meta.dirname, '..', 'build', 'package.json.kept');

// Also where an earlier run was cut off.
if (existsSync(kept)) {
  renameSync(kept, manifest);
}
if (!process.argv.includes('--restore')) {
  const text = readFileSync(manifest, 'utf8');
  mkdirSync(join(kept, '..'), { recursive: true });
  writeFileSync(kept, text);
  const { dependencies, devDependencies, scripts, ...packed } = JSON.parse(text);
  writeFileSync(manifest, `${JSON.stringify(packed, undefined, 2)}\n`);
}
