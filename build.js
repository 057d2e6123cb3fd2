// Bundles src into dist: one file starts in half the time that a tree of modules needs.
import { build } from 'esbuild';

await build({
  entryPoints: { nstrace: 'src/cli/main.ts', schema: 'src/recording/publish.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  chunkNames: 'chunk-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  banner: {
    js: "import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);",
  },
  legalComments: 'none',
  logLevel: 'warning',
});
