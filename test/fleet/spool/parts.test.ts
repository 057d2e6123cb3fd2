import { appendFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listParts, PartReader, timeAt } from '../../../src/fleet/spool/parts.ts';
import { TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

const write = (name: string, text: string): string => {
  const path = join(spool.folder, name);
  writeFileSync(path, text);
  return path;
};

describe('the parts of a spool', () => {
  it('are listed from the oldest on, without what is no part', () => {
    write('b.000002.ndjson', 'xy\n');
    write('b.000010.ndjson', '');
    write('a.000003.ndjson', '');
    write('nats.cursor.json', '');
    write('a.ndjson', '');
    mkdirSync(join(spool.folder, 'c.000001.ndjson'));
    symlinkSync('/nowhere', join(spool.folder, 'd.000001.ndjson'));
    expect(listParts(spool.folder).map(({ name, bytes }) => [name, bytes])).toEqual([
      ['a.000003.ndjson', 0],
      ['b.000002.ndjson', 3],
      ['b.000010.ndjson', 0],
    ]);
  });

  it('say when a record happened whose line is whole', () => {
    const line = '{"time":"2026-01-02T03:04:05.500000000Z"}\n';
    const path = write('a.000001.ndjson', `${line}{"time":"2026-`);
    const part = { name: 'a', path, bytes: 0 };
    expect(timeAt(part, 0)).toBe(Date.UTC(2026, 0, 2, 3, 4, 5, 500));
    expect(timeAt(part, line.length)).toBeUndefined();
    expect(timeAt({ ...part, path: `${path}.gone` }, 0)).toBeUndefined();
  });
});

describe('a reader of a part', () => {
  it('gives whole lines only, and what is appended as soon as its line is whole', () => {
    const path = write('a.000001.ndjson', 'one\ntw');
    const reader = new PartReader({ name: 'a', path });
    expect([reader.next(), reader.next()]).toEqual(['one', undefined]);
    appendFileSync(path, 'o');
    expect(reader.next()).toBeUndefined();
    appendFileSync(path, '\n\nthree\n');
    expect([reader.next(), reader.next(), reader.next(), reader.next()]).toEqual(['two', '', 'three', undefined]);
    expect(reader.offset).toBe('one\ntwo\n\nthree\n'.length);
    reader.close();
  });

  it('reads again from a place that it was at', () => {
    const path = write('a.000001.ndjson', 'one\ntwo\n');
    const reader = new PartReader({ name: 'a', path }, 4);
    expect(reader.next()).toBe('two');
    reader.rewind(0);
    expect([reader.next(), reader.next()]).toEqual(['one', 'two']);
    reader.close();
  });

  it('reads lines of any length, and bytes of several to a letter across blocks', () => {
    const long = 'ä'.repeat(400_000);
    const path = write('a.000001.ndjson', `x\n${long}\n${long}y\nz\n`);
    const reader = new PartReader({ name: 'a', path });
    expect(reader.next()).toBe('x');
    expect(reader.next() === long).toBe(true);
    expect(reader.next() === `${long}y`).toBe(true);
    expect([reader.next(), reader.next()]).toEqual(['z', undefined]);
    reader.close();
  });

  it('follows no link', () => {
    write('a.000001.ndjson', 'one\n');
    const link = join(spool.folder, 'b.000001.ndjson');
    symlinkSync('a.000001.ndjson', link);
    expect(() => new PartReader({ name: 'b', path: link })).toThrow('ELOOP');
  });
});
