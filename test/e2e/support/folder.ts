import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of the test's own, to be removed by it. */
export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'nstrace-test-'));

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
