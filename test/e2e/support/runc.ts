import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';
import { makeFolder, removeFolder } from './folder.ts';
import { type Ran, run } from './run.ts';

/** A runc bundle with the busybox root file system. */
export interface Bundle {
  readonly folder: string;
  /** Writes what it is to run. */
  write(args: readonly string[]): Promise<void>;
  /** `runc run ID`, to the container's end. */
  run(id: string, args: readonly string[]): Promise<Ran>;
  remove(): Promise<void>;
}

interface Spec {
  process: { terminal: boolean; args: string[]; env: string[]; rlimits?: unknown };
  root: { path: string; readonly: boolean };
}

export const makeBundle = async (change: (spec: Spec) => void = () => {}): Promise<Bundle> => {
  const folder = await makeFolder();
  const file = join(folder, 'config.json');
  const ids: string[] = [];
  await execa('runc', ['spec'], { cwd: folder });
  const write = async (args: readonly string[]): Promise<void> => {
    const spec = JSON.parse(await readFile(file, 'utf8')) as Spec;
    spec.process.terminal = false;
    spec.process.args = [...args];
    delete spec.process.rlimits;
    spec.root = { path: inject('rootfs'), readonly: true };
    change(spec);
    await writeFile(file, JSON.stringify(spec));
  };
  return {
    folder,
    write,
    run: async (id, args) => {
      ids.push(id);
      await write(args);
      return run('runc', 'run', '--bundle', folder, id);
    },
    remove: async () => {
      for (const id of ids) {
        await execa('runc', ['delete', '-f', id], { reject: false });
      }
      await removeFolder(folder);
    },
  };
};
