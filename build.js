// Bundles src into dist: one file starts in half the time that a tree of modules needs. With --tools, what only developers
// run goes to build/: the schemas, the manual page, the picture and the benchmarks.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import sources from './bin/sources.js';

const tools = process.argv.includes('--tools');
const outdir = tools ? 'build' : 'dist';

/** For --version; empty outside of a git checkout. */
const commit = () => {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] };
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], options).trim();
  } catch {
    return '';
  }
};

// Names of chunks change with what is in them: old ones would stay, and be packed. build/ has results of test runs too.
for (const name of existsSync(outdir) ? readdirSync(outdir) : []) {
  if (!tools || name.endsWith('.js')) {
    rmSync(join(outdir, name), { recursive: true });
  }
}

await build({
  entryPoints: tools
    ? {
        schema: 'tools/schema.ts',
        man: 'tools/man.ts',
        picture: 'tools/picture.ts',
        bench: 'bench/main.ts',
        peers: 'bench/peers/main.ts',
        soak: 'test/soak/main.ts',
      }
    : { nstrace: 'src/cli/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  chunkNames: 'chunk-[hash]',
  // React's development build leaks.
  define: { 'process.env.NODE_ENV': '"production"', builtFrom: JSON.stringify(commit()) },
  // Some dependencies are CommonJS and ask for require.
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module';\nconst require = bundledRequire(import.meta.url);",
  },
  // Ink's connection to React's developer tools, which is not there in production.
  alias: { 'react-devtools-core': './src/tui/terminal/no-devtools.ts' },
  // Optional: large, and loaded only where it is installed (src/library.ts).
  external: ['@duckdb/node-api'],
  legalComments: 'none',
  logLevel: 'warning',
});

if (!tools) {
  // The report's page: one script and one style, put into each report.
  await build({
    entryPoints: { page: 'src/report/page/main.ts' },
    outdir: 'dist/report',
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: ['chrome110', 'firefox115', 'safari16.4'],
    minify: true,
    // What the filter language takes from Node, for a page.
    alias: { 'node:os': './src/report/page/no-os.ts', 'node:fs': './src/report/page/no-fs.ts' },
    legalComments: 'none',
    logLevel: 'warning',
  });
  await build({
    entryPoints: { page: 'src/report/page/style.css' },
    outdir: 'dist/report',
    minify: true,
    target: ['chrome110', 'firefox115', 'safari16.4'],
    logLevel: 'warning',
  });
  writeFileSync('dist/sources', sources.digestOf(import.meta.dirname));
}
