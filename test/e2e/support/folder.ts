import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A folder of the test's own, to be removed by it. */
export const makeFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'nstrace-test-'));

/** Engines leave mounts behind, and helpers that still write for a moment. */
export const removeFolder = async (folder: string): Promise<void> => {
  await unmountBelow(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
};

const unmountBelow = async (folder: string): Promise<void> => {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  const places = lines.map((line) => line.split(' ')[4] ?? '').filter((place) => place.startsWith(`${folder}/`));
  for (const place of places.reverse()) {
    await execa('umount', ['-l', place], { reject: false });
  }
};
