import { closeSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/** No file of /proc that nstrace reads is longer, but a hostile argv can be 2 MB. */
const maxBytes = 2 * 1024 * 1024 + 4096;
const firstBytes = 16 * 1024;

let buffer = Buffer.alloc(firstBytes);

/** Where the kernel shows its processes; tests put another folder here. */
export const procRoot = '/proc';

/**
 * A file of /proc, or undefined if the process is gone or may not be read.
 *
 * The buffer is reused: copy what is to be kept.
 */
export const readProc = (path: string): Buffer | undefined => {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    let length = 0;
    for (;;) {
      const read = readSync(descriptor, buffer, length, buffer.length - length, null);
      length += read;
      if (read === 0 || length >= maxBytes) {
        return buffer.subarray(0, length);
      }
      if (length === buffer.length) {
        buffer = Buffer.concat([buffer], buffer.length * 4);
      }
    }
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
};

export const readProcText = (path: string): string | undefined => readProc(path)?.toString('latin1');

/** The same with names that people gave: they are UTF-8. */
export const readProcUtf8 = (path: string): string | undefined => readProc(path)?.toString('utf8');

/** Names in a folder of /proc; none if it is gone. */
export const readProcFolder = (path: string): string[] => {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
};

export const readProcLink = (path: string): Buffer | undefined => {
  try {
    return readlinkSync(path, { encoding: 'buffer' });
  } catch {
    return undefined;
  }
};

/** Whether processes of other users are hidden (proc(5), hidepid): there always is a process 1. */
export const hidesOthers = (root = procRoot): boolean => readProcText(`${root}/1/stat`) === undefined;
