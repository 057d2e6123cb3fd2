import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import manifest from '../package.json' with { type: 'json' };
import { systemError } from './errors.ts';

/**
 * An optional package, loaded only when it is used: beside nstrace, or where `npm install --global` of this Node puts it.
 *
 * @param what what needs it, for the message
 * @throws NstraceError (3) if it is not installed, or not safe to load
 */
export const loadLibrary = async <Module>(name: string, what: string): Promise<Module> => {
  const path = findLibrary(name);
  if (path === undefined) {
    const range = (manifest.peerDependencies as Record<string, string>)[name];
    throw systemError(
      `${what} needs ${name}, which is not installed`,
      `sudo npm install --global '${name}${range === undefined ? '' : `@${range}`}'`,
    );
  }
  try {
    // Not import(): for its names Node would read a library that is CommonJS twice.
    return createRequire(path)(path) as Module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_REQUIRE_ESM') {
      return (await import(pathToFileURL(path).href)) as Module;
    }
    throw error;
  }
};

const findLibrary = (name: string): string | undefined => {
  for (const folder of [import.meta.dirname, ...globalFolders()]) {
    try {
      const path = createRequire(resolve(folder, 'nstrace.js')).resolve(name);
      requireSafe(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') {
        throw error;
      }
    }
  }
  return undefined;
};

/** npm's global folder is beside the Node that runs; Debian's npm has it in /usr/local. */
const globalFolders = (): string[] => [
  resolve(dirname(process.execPath), '../lib/node_modules'),
  '/usr/local/lib/node_modules',
];

/** Code that runs as this user must belong to this user, to root, or to who owns the Node that runs anyhow. */
const requireSafe = (path: string): void => {
  const { uid, mode } = statSync(path);
  const trusted = [0, process.geteuid?.(), statSync(process.execPath).uid];
  if (!trusted.includes(uid) || (mode & 0o002) !== 0) {
    throw systemError(`${path} is not safe to load: another user can write it`, 'install it as root: sudo npm install');
  }
};
