import { expect, it } from 'vitest';
import { loadLibrary } from '../src/library.ts';

it('says how an optional package is installed', async () => {
  await expect(loadLibrary('@nstrace/no-such-package', 'query')).rejects.toMatchObject({
    status: 3,
    message: 'query needs @nstrace/no-such-package, which is not installed',
    advice: "sudo npm install --global '@nstrace/no-such-package'",
  });
});

it('finds one that is there', async () => {
  const duckdb = await loadLibrary<typeof import('@duckdb/node-api')>('@duckdb/node-api', 'query');
  expect(duckdb.DuckDBInstance).toBeDefined();
});
