import { mkdirSync, mkdtempSync, rmdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, describe, expect, it } from 'vitest';
import { readDirectory } from '../../src/procfs/directory.ts';

const folder = mkdtempSync(`${tmpdir()}/nstrace-directory-`);
afterAll(() => rmSync(folder, { recursive: true }));

const all = () => true;

describe('a directory that a link of /proc leads to', () => {
  it('has inode, mount and path', () => {
    mkdirSync(`${folder}/it`);
    symlinkSync(`${folder}/it`, `${folder}/link`);
    const found = readDirectory(`${folder}/link`, all)!;
    expect(found).toEqual(readDirectory(`${folder}/it`, all));
    expect(found.path.toString()).toBe(`${folder}/it`);
    expect(found.inode).toBe(statSync(`${folder}/it`).ino);
    expect(found.mount).toBe(readDirectory(folder, all)!.mount);
    expect(readDirectory('/proc/self', all)!.mount).not.toBe(found.mount);
  });

  it('is asked nothing on a mount that is not wanted', () => {
    const asked: number[] = [];
    expect(readDirectory(folder, (mount) => asked.push(mount) === 0)).toBeUndefined();
    expect(asked).toEqual([readDirectory(folder, all)!.mount]);
  });

  it('is none where there is no directory', () => {
    writeFileSync(`${folder}/file`, '');
    mkdirSync(`${folder}/gone`);
    rmdirSync(`${folder}/gone`);
    expect(readDirectory(`${folder}/file`, all)).toBeUndefined();
    expect(readDirectory(`${folder}/gone`, all)).toBeUndefined();
  });
});
