import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { Limited } from '../../src/doctor/check.ts';
import { checkNames } from '../../src/doctor/names.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) {
    rmSync(folder, { recursive: true });
  }
});

/** A root folder with these folders in it. */
const root = (...paths: string[]): string => {
  const folder = mkdtempSync(`${tmpdir()}/nstrace-doctor-`);
  folders.push(folder);
  for (const path of paths) {
    mkdirSync(`${folder}${path}`, { recursive: true });
  }
  return folder;
};

const refusal = (look: () => string): Limited => {
  try {
    look();
  } catch (error) {
    return error as Limited;
  }
  throw new Error('nothing was missing');
};

describe('where names of containers come from', () => {
  it('is the files of the runtimes that are there', () => {
    const host = root('/run/runc', '/var/lib/docker', '/run/docker');
    expect(checkNames(host, host)).toBe('from files of runc, docker');
    expect(checkNames(host, undefined)).toBe('from files of runc, docker');
    const empty = root('/run');
    expect(checkNames(empty, empty)).toBe('no runtime keeps files here');
  });

  it('is missing where /run is not the host’s, whatever is below it', () => {
    const found = refusal(() => checkNames(root('/run/runc'), root('/run/runc', '/run/docker')));
    expect(found).toBeInstanceOf(Limited);
    expect(found.message).toBe('/run of the host is not visible here');
    expect(found.advice).toContain('-v /run:/run:ro');
    expect(found.advice).not.toContain('/run/docker');
  });

  it('is missing where Docker’s own folder is not visible: names and images are there', () => {
    const host = root('/run', '/var/lib/docker');
    const own = root();
    const found = refusal(() => checkNames(own, host));
    expect(found.message).toBe('/run and /var/lib/docker of the host are not visible here');
    expect(found.advice).toContain('-v /var/lib/docker:/var/lib/docker:ro');
  });
});
