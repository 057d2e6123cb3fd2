import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isValidId, listIds, readStateFile } from '../../src/runtimes/state-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-state-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('isValidId', () => {
  it.each(['xyxy12', 'a', 'f'.repeat(64), 'web_1.2+3-4', '_x'])('takes %s', (id) => {
    expect(isValidId(id)).toBe(true);
  });

  it.each(['', '.', '..', '../x', 'a/b', '/a', 'a b', 'a\n', 'a\0', '-a', 'é', 'x'.repeat(1025)])(
    'does not take %j',
    (id) => {
      expect(isValidId(id)).toBe(false);
    },
  );
});

describe('readStateFile', () => {
  const read = (content: string) => {
    writeFileSync(`${folder}/state.json`, content);
    return readStateFile(`${folder}/state.json`);
  };

  it('reads an object', () => {
    expect(read('{"id":"é","n":1}')).toEqual({ id: 'é', n: 1 });
  });

  it.each(['', '{"id":', '[]', 'null', '"text"', '5'])('reads nothing from %j', (content) => {
    expect(read(content)).toBeUndefined();
  });

  it('reads nothing that is too long to be a state', () => {
    expect(read(`{"a":"${'x'.repeat(5 * 1024 * 1024)}"}`)).toBeUndefined();
  });

  it('follows no link', () => {
    read('{}');
    symlinkSync('state.json', `${folder}/link`);
    expect(readStateFile(`${folder}/link`)).toBeUndefined();
  });

  it('neither waits at a pipe nor reads a device or a folder', () => {
    execFileSync('mkfifo', [`${folder}/pipe`]);
    expect(readStateFile(`${folder}/pipe`)).toBeUndefined();
    expect(readStateFile('/dev/zero')).toBeUndefined();
    expect(readStateFile(folder)).toBeUndefined();
  });

  it('reads nothing where nothing is', () => {
    expect(readStateFile(`${folder}/none`)).toBeUndefined();
  });
});

describe('listIds', () => {
  it('lists what could be containers', () => {
    for (const name of ['xyxy12', 'web_1', '.hidden', 'a b']) {
      mkdirSync(`${folder}/${name}`);
    }
    expect(listIds(folder).toSorted()).toEqual(['web_1', 'xyxy12']);
  });

  it('lists nothing where nothing is, and nothing through a link', () => {
    mkdirSync(`${folder}/real/xyxy12`, { recursive: true });
    symlinkSync('real', `${folder}/link`);
    expect(listIds(`${folder}/none`)).toEqual([]);
    expect(listIds(`${folder}/link`)).toEqual([]);
  });
});
