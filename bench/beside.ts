import { mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';

/** The version that this one is measured against, before recordings were read in batches. */
const commit = '8d3c82c';

/**
 * The program of an older version, built into the folder with the packages of this one; or what NSTRACE_BESIDE names.
 * Undefined, and said, where there is no such version to build: a copy without its history.
 */
export const buildBeside = async (folder: string): Promise<string | undefined> => {
  if (process.env.NSTRACE_BESIDE !== undefined) {
    return process.env.NSTRACE_BESIDE;
  }
  const target = join(folder, commit);
  try {
    mkdirSync(target);
    await execa('sh', ['-c', `git archive ${commit} | tar -x -C "$0"`, target]);
    symlinkSync(resolve('node_modules'), join(target, 'node_modules'));
    await execa(process.execPath, ['build.js'], { cwd: target });
    return join(target, 'bin/nstrace');
  } catch (error) {
    console.log(`read: version ${commit} cannot be built to compare with: ${(error as Error).message.split('\n')[0]}`);
    return undefined;
  }
};
