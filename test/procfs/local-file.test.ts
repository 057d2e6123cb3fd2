import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { openLocalFile } from '../../src/procfs/local-file.ts';

const folder = mkdtempSync(`${tmpdir()}/nstrace-local-`);
afterAll(() => rmSync(folder, { recursive: true }));

mkdirSync(`${folder}/deep/er`, { recursive: true });
writeFileSync(`${folder}/deep/er/file`, 'content');
symlinkSync('deep/./er', `${folder}/relative`);
symlinkSync(`${folder}/relative`, `${folder}/deep/absolute`);
symlinkSync('file', `${folder}/deep/er/last`);
symlinkSync('circle', `${folder}/circle`);

const read = (path: string): string => {
  const descriptor = openLocalFile(path);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
};

/** Descriptors come and go while they are listed. */
const linkOf = (number: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${number}`);
  } catch {
    return '';
  }
};

describe('a file by a path that somebody else chose', () => {
  it.each(['deep/er/file', 'relative/file', 'deep/absolute/file', 'deep//er/../absolute/../../relative/./file'])(
    'is found as the kernel finds it: %s',
    (path) => expect(read(`${folder}/${path}`)).toBe('content'),
  );

  it.each(['deep/er/last', 'circle/file', 'deep/none/file', 'deep/er/file/..'])('is refused: %s', (path) =>
    expect(() => read(`${folder}/${path}`)).toThrow(),
  );

  it('may be on another file system of this machine', () => {
    expect(read('/proc/self/status')).toContain('Name:');
  });

  it('never goes through a link whose text is no path', () => {
    expect(() => read(`/proc/self/fd/0/x`)).toThrow();
    expect(() => read(`/proc/self/ns/mnt/x`)).toThrow();
  });

  it('ends at a path without end', () => {
    expect(() => read(`${folder}${'/deep/..'.repeat(300)}/deep/er/file`)).toThrow('too many steps');
  });

  it('leaves no descriptor behind', () => {
    read(`${folder}/relative/file`);
    expect(() => read(`${folder}/circle/file`)).toThrow();
    expect(() => read(`${folder}/deep/er/last`)).toThrow();
    expect(readdirSync('/proc/self/fd').filter((number) => linkOf(number).startsWith(folder))).toEqual([]);
  });
});
