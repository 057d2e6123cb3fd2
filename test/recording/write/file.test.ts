import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRecording } from '../../../src/recording/write/file.ts';
import { FileSink } from '../../../src/recording/write/sinks/file.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-file-`);
  path = `${folder}/a.ndjson`;
});
afterEach(() => rmSync(folder, { recursive: true }));

const noError = (error: Error): never => {
  throw error;
};

const write = async (options: Parameters<typeof openRecording>[1]): Promise<void> => {
  const sink = new FileSink(openRecording(path, options), noError);
  sink.put('new\n');
  await sink.end();
};

const isRoot = process.geteuid?.() === 0;

describe('openRecording', () => {
  const open = (force = false): number => openRecording(path, { force });

  it.each([0o000, 0o022, 0o777])('makes a file that only its owner may read, with the umask %o', async (mask) => {
    // A worker thread may not set its umask; the mode must then hold for the one it has.
    const before = (() => {
      try {
        return process.umask(mask);
      } catch {
        return undefined;
      }
    })();
    try {
      await new FileSink(open(), noError).end();
    } finally {
      if (before !== undefined) {
        process.umask(before);
      }
    }
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  it('refuses a file that exists, and leaves it as it is', () => {
    writeFileSync(path, 'old');
    expect(() => open()).toThrow(/it exists/);
    expect(readFileSync(path, 'utf8')).toBe('old');
  });

  it('writes over a file with --force, which is then private', async () => {
    writeFileSync(path, 'old and longer');
    chmodSync(path, 0o644);
    const sink = new FileSink(open(true), noError);
    sink.put('new\n');
    await sink.end();
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(statSync(path).mode & 0o7777).toBe(0o600);
  });

  it.each([true, false])('follows no symbolic link, with force %s', (force) => {
    writeFileSync(`${folder}/target`, 'old');
    symlinkSync(`${folder}/target`, path);
    expect(() => open(force)).toThrow(force ? /symbolic link/ : /it exists/);
    expect(readFileSync(`${folder}/target`, 'utf8')).toBe('old');
  });

  it.each([true, false])('makes no file through a dangling link, with force %s', (force) => {
    symlinkSync(`${folder}/target`, path);
    expect(() => open(force)).toThrow();
    expect(existsSync(`${folder}/target`)).toBe(false);
  });

  it('refuses what is not a file', () => {
    expect(() => openRecording('/dev/full', { force: true })).toThrow(/not a file/);
    mkdirSync(path);
    expect(() => open(true)).toThrow(/cannot open/);
  });

  it('says if the folder is missing', () => {
    expect(() => openRecording(`${folder}/none/a.ndjson`, { force: false })).toThrow(/folder does not exist/);
  });

  it.skipIf(!isRoot)('replaces the file of another user, who keeps the old one at most', async () => {
    writeFileSync(path, 'old');
    chownSync(path, 65534, 65534);
    const before = openSync(path, 'r');
    await write({ force: true });
    expect(statSync(path)).toMatchObject({ uid: 0, mode: 0o100600 });
    expect(readFileSync(path, 'utf8')).toBe('new\n');
    expect(readFileSync(before, 'utf8')).toBe('old');
    closeSync(before);
  });

  it('replaces a file that others may read, or that has another name', async () => {
    writeFileSync(path, 'old');
    linkSync(path, `${folder}/b`);
    await write({ force: true });
    expect(readFileSync(`${folder}/b`, 'utf8')).toBe('old');
    expect(readFileSync(path, 'utf8')).toBe('new\n');
  });

  it.skipIf(!isRoot)('gives it to an owner, and lets a group read it', async () => {
    await write({ force: false, owner: 65534 });
    expect(statSync(path)).toMatchObject({ uid: 65534, gid: 0, mode: 0o100600 });
    rmSync(path);
    await write({ force: false, group: 65534 });
    expect(statSync(path)).toMatchObject({ uid: 0, gid: 65534, mode: 0o100640 });
    await write({ force: true });
    expect(statSync(path)).toMatchObject({ uid: 0, gid: 0, mode: 0o100600 });
  });
});
