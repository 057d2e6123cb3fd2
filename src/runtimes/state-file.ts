import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';

/** Runtime state is some 10 KB; a spec with all of its seccomp rules is under 100 KB. */
const maxBytes = 1024 * 1024;
const maxEntries = 10_000;

/** Ids name folders: nothing else may come out of them (facts of runc, libcontainer/factory_linux.go). */
const validId = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,1023}$/;

export const isValidId = (id: string): boolean => validId.test(id);

/** A JSON file of a runtime: a plain file, not reached through a link at its end, of bounded size. */
export const readStateFile = (path: string): Record<string, unknown> | undefined => {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile() || stats.size > maxBytes) {
        return undefined;
      }
      const buffer = Buffer.alloc(maxBytes);
      let length = 0;
      for (let read = 1; read > 0 && length < buffer.length; length += read) {
        read = readSync(descriptor, buffer, length, buffer.length - length, null);
      }
      const value: unknown = JSON.parse(buffer.toString('utf8', 0, length));
      return isObject(value) ? value : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
};

/** Names of the folders in a state folder that could be containers. */
export const listIds = (folder: string): string[] => {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder).filter(isValidId).slice(0, maxEntries) : [];
  } catch {
    return [];
  }
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
