import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { removeFolder } from './folder.ts';

/** A folder for the tests of a file, there from the first of them to the last. */
export const ownFolder = (): string => {
  const folder = join(tmpdir(), `nstrace-test-${randomBytes(4).toString('hex')}`);
  beforeAll(() => mkdir(folder, { mode: 0o700 }));
  afterAll(() => removeFolder(folder));
  return folder;
};
