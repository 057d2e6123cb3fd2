import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cursor } from '../../../src/fleet/spool/cursor.ts';
import { TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

const open = (): Cursor => new Cursor(spool.folder, 'nats');
const file = (): string => join(spool.folder, 'nats.cursor.json');

describe('a cursor', () => {
  it('begins before all parts', () => {
    expect(open().position).toMatchObject({ part: '', offset: 0, seq: 0 });
  });

  it('is where it was when it is opened again, however long the names of parts were before', () => {
    const cursor = open();
    cursor.move({ part: `${'x'.repeat(900)}.000001.ndjson`, offset: 1, seq: 2 });
    expect(open().position.part).toHaveLength(914);
    cursor.move({ part: 'a.000002.ndjson', offset: 30, seq: 4 });
    cursor.plan(70);
    expect(open().position).toMatchObject({ part: 'a.000002.ndjson', offset: 30, seq: 4 });
    expect(open().until).toBe(70);
    expect(readFileSync(file(), 'utf8')).toMatch(/^\{.*\} *\n$/);
  });

  it.each(['', '{"part":"a', '{"part":1,"offset":0,"seq":0}', '{"part":"a","offset":-1,"seq":0}', '\0\0\0'])(
    'that holds %j begins again: what was stored is sent twice, and nothing is left out',
    (text) => {
      writeFileSync(file(), text);
      const cursor = open();
      expect(cursor.position.part).toBe('');
      cursor.move({ part: 'b', offset: 3, seq: 1 });
      expect(open().position).toMatchObject({ part: 'b', offset: 3 });
    },
  );

  it('keeps a batch until it moves', () => {
    const batch = { recording: 'r', firstSeq: 1, lastSeq: 1, records: 1, text: '{}\n', header: '' };
    const cursor = open();
    cursor.keep({ batch, offset: 3, seq: 1 });
    expect(open().takeKept()).toEqual({ batch, offset: 3, seq: 1 });
    cursor.move({ part: 'b', offset: 3, seq: 1 });
    expect(open().takeKept()).toBeUndefined();
  });
});
