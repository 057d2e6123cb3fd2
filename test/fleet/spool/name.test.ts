import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Cursor } from '../../../src/fleet/spool/cursor.ts';
import { spoolPath } from '../../../src/fleet/spool/name.ts';
import { listParts } from '../../../src/fleet/spool/parts.ts';
import { SpoolReader } from '../../../src/fleet/spool/reader.ts';
import { execs, footer, header, TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

const at = (time: string): string => basename(spoolPath(spool.folder, new Date(time)), '.ndjson');

it('is the time', () => {
  expect(at('2026-01-02T03:04:05.678Z')).toBe('nstrace-20260102T030405.678Z');
});

it('comes behind the parts that are there, where the clock was set back', () => {
  spool.part(7, [header()], 'nstrace-20260102T030405.999Z');
  expect(at('2026-01-02T03:04:05.678Z')).toBe('nstrace-20260102T030406.000Z');
  expect(at('1970-01-01T00:00:09.000Z')).toBe('nstrace-20260102T030406.000Z');
  expect(at('2027-01-02T03:04:05.678Z')).toBe('nstrace-20270102T030405.678Z');
  spool.part(1, [header()], 'other-99990102T030405.999Z');
  expect(at('2027-01-02T03:04:05.678Z')).toBe('nstrace-20270102T030405.678Z');
});

it('comes behind a part that is gone, at which a cursor still stands', () => {
  new Cursor(spool.folder, 'nats').move({ part: 'nstrace-20260102T030405.999Z.000003.ndjson', offset: 9, seq: 9 });
  writeFileSync(join(spool.folder, 'otlp.cursor.json'), '{');
  expect(at('2020-01-01T00:00:00.000Z')).toBe('nstrace-20260102T030406.000Z');
});

it('is one that is shipped after all that was shipped', () => {
  const cursor = new Cursor(spool.folder, 'nats');
  const reader = new SpoolReader({ folder: spool.folder, cursor, outgoing: (line) => line });
  const ship = (): number => {
    let records = 0;
    for (let read = reader.next(); read !== undefined; read = reader.next()) {
      records += read.batch?.records ?? 0;
      cursor.move({ part: cursor.position.part, offset: read.offset, seq: read.seq });
    }
    return records;
  };
  for (const time of ['2026-01-02T03:04:05.678Z', '2020-01-02T03:04:05.678Z', '2021-01-02T03:04:05.678Z']) {
    spool.part(1, [header(), ...execs(3), footer()], at(time));
    expect(ship()).toBe(5);
  }
  expect(listParts(spool.folder)).toHaveLength(3);
  reader.close();
});
