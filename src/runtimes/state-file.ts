import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { openLocalFile } from '../procfs/local-file.ts';
import { OthersFiles } from './others-files.ts';

/** Runtime state is some 10 KB, a spec with all of its seccomp rules under 100 KB, podman's list 1 KB a container. */
const maxBytes = 4 * 1024 * 1024;
const maxEntries = 10_000;

/** Ids name folders: nothing else may come out of them (facts of runc, libcontainer/factory_linux.go). */
const validId = /^[A-Za-z0-9_][A-Za-z0-9_.+-]{0,1023}$/;

export const isValidId = (id: string): boolean => validId.test(id);

/** The ids that engines make. */
export const hex64 = /^[0-9a-f]{64}$/;

/**
 * A JSON file of a runtime: a plain file of this machine, not reached through a link at its end, of bounded size, that belongs to root
 * or to `owner`.
 */
export const readStateFile = (path: string, options?: { owner?: number }): Record<string, unknown> | undefined => {
  const value = readJson(path, options);
  return isObject(value) ? value : undefined;
};

/** The same for a file that holds a list. */
export const readStateList = (path: string, options?: { owner?: number }): unknown[] => {
  const value = readJson(path, options);
  return Array.isArray(value) ? value : [];
};

const readJson = (path: string, { owner = 0 }: { owner?: number } = {}): unknown => {
  try {
    const descriptor = isRoots(path)
      ? openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      : openLocalFile(path);
    try {
      const stats = fstatSync(descriptor);
      if (!stats.isFile() || stats.size > maxBytes || (stats.uid !== 0 && stats.uid !== owner)) {
        return undefined;
      }
      const parse = (): unknown => JSON.parse(readText(descriptor, stats.size + 1));
      return stats.uid === 0 ? parse() : others.read(path, stats, parse);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
};

/** Usual folders of state, in which root alone makes anything: hundreds of files, to which no walk is needed. */
const isRoots = (path: string): boolean =>
  /^\/(?:var\/)?run\/(?:runc|crun|docker|containerd\/runc)\//.test(path) && !path.includes('/../');

const others = new OthersFiles();

const readText = (descriptor: number, maxLength: number): string => {
  const buffer = Buffer.alloc(maxLength);
  let length = 0;
  for (let read = 1; read > 0 && length < buffer.length; length += read) {
    read = readSync(descriptor, buffer, length, buffer.length - length, null);
  }
  return buffer.toString('utf8', 0, length);
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
