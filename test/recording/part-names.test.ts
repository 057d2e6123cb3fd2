import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { partPath, partsOf, removePart } from '../../src/recording/part-names.ts';

describe('partPath', () => {
  it.each([
    ['s.ndjson', 1, 's.000001.ndjson'],
    ['s.ndjson.gz', 12, 's.000012.ndjson.gz'],
    ['my.session.ndjson', 1, 'my.session.000001.ndjson'],
    ['/a.b/s', 1, '/a.b/s.000001'],
    ['./s.ndjson', 1_234_567, 's.1234567.ndjson'],
    ['.hidden', 1, '.hidden.000001'],
  ])('of %s, part %i: %s', (path, part, expected) => {
    expect(partPath(path, part)).toBe(expected);
  });
});

describe('partsOf', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'parts-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('finds parts by their numbers, compressed ones too, and no other files', () => {
    const parts = ['s.000002.ndjson', 's.000010.ndjson.gz', 's.1000000.ndjson'];
    for (const name of [...parts, 's.ndjson', 's.00001.ndjson', 'ss.000001.ndjson', 's.000001.txt', 's.x.ndjson']) {
      writeFileSync(join(folder, name), '');
    }
    expect(partsOf(join(folder, 's.ndjson'))).toEqual(parts.map((name) => join(folder, name)));
    expect(partsOf(join(folder, 'no', 's.ndjson'))).toEqual([]);
  });

  it('removes one, and says nothing of one that is gone', () => {
    const path = join(folder, 's.000001.ndjson');
    writeFileSync(path, '');
    removePart(path);
    removePart(path);
    expect(partsOf(join(folder, 's.ndjson'))).toEqual([]);
  });
});
