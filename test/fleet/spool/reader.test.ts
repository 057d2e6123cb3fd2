import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { maxBatchRecords } from '../../../src/fleet/spool/batch.ts';
import { Cursor } from '../../../src/fleet/spool/cursor.ts';
import { SpoolReader } from '../../../src/fleet/spool/reader.ts';
import { execs, footer, header, TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

const open = (outgoing: (line: string) => string | undefined = (line) => line) => {
  const cursor = new Cursor(spool.folder, 'test');
  const reader = new SpoolReader({ folder: spool.folder, cursor, outgoing });
  /** Reads a batch, and takes it as stored. */
  const take = () => {
    const read = reader.next();
    if (read !== undefined) {
      cursor.move({ ...cursor.position, offset: read.offset, seq: read.seq });
    }
    return read;
  };
  return { cursor, reader, take };
};

describe('a reader of a spool', () => {
  it('has nothing where no part is there, or no line is whole', () => {
    const { take } = open();
    expect(take()).toBeUndefined();
    spool.part(1, []);
    expect(take()).toBeUndefined();
  });

  it('gives batches of whole lines, with the header of their recording', () => {
    spool.part(1, [header({ recording: 'r1' }), ...execs(maxBatchRecords)]);
    const { take } = open();
    const first = take();
    expect(first).toMatchObject({ full: true, seq: maxBatchRecords });
    expect(first?.batch).toMatchObject({
      ...{ recording: 'r1', firstSeq: 1, lastSeq: maxBatchRecords, records: maxBatchRecords },
      header: expect.stringContaining('"type":"header"'),
    });
    const second = take();
    expect(second).toMatchObject({ full: false, batch: { firstSeq: maxBatchRecords + 1, records: 1 } });
    expect(take()).toBeUndefined();
  });

  it('goes on in the next part after a footer, and where a part was ended without one', () => {
    spool.part(1, [header(), ...execs(1), footer()], 'a');
    spool.part(1, [header(), ...execs(1)], 'b');
    spool.part(1, [header(), ...execs(1)], 'c');
    const { cursor, take } = open();
    expect([take()?.seq, cursor.position.part]).toEqual([3, 'a.000001.ndjson']);
    expect([take()?.seq, cursor.position.part]).toEqual([5, 'b.000001.ndjson']);
    // The recording of b is over: another one follows.
    expect([take()?.seq, cursor.position.part]).toEqual([7, 'c.000001.ndjson']);
  });

  it('waits for the footer of a part whose next one has begun', () => {
    const path = spool.part(1, [header(), ...execs(1)]);
    const { take } = open();
    expect(take()?.seq).toBe(2);
    spool.part(2, execs(1));
    expect(take()).toBeUndefined();
    spool.append(path, [footer()]);
    expect(take()?.batch?.text).toContain('"type":"footer"');
    expect(take()?.seq).toBe(3);
  });

  it('moves past lines that do not leave the host, without a batch', () => {
    spool.part(1, [header(), ...execs(2)]);
    const { take } = open((line) => (line.includes('"type":"exec"') ? undefined : line));
    expect(take()).toMatchObject({ seq: 3, batch: { records: 1 } });
    const none = open(() => undefined);
    none.cursor.move({ part: '', offset: 0, seq: 0 });
    expect(none.take()).toMatchObject({ seq: 3, batch: undefined });
  });

  it('cuts a batch again where it was cut before the agent ended', () => {
    spool.part(1, [header(), ...execs(1)]);
    const before = open();
    const read = before.reader.next()!;
    before.cursor.plan(read.offset);
    before.cursor.move({ part: 'a.000001.ndjson', offset: 0, seq: 0 });
    before.cursor.plan(read.offset);
    spool.append(`${spool.folder}/a.000001.ndjson`, execs(5));
    const after = open();
    expect(after.take()).toMatchObject({ offset: read.offset, full: true, batch: { lastSeq: 2 } });
    expect(after.take()).toMatchObject({ batch: { firstSeq: 3, lastSeq: 7 } });
  });

  it('goes on in the oldest part that is left where the spool dropped one', () => {
    const path = spool.part(1, [header(), ...execs(2)]);
    spool.part(2, [header(), ...execs(1), footer()]);
    const { reader, take } = open();
    take();
    reader.leave('a.000001.ndjson');
    rmSync(path);
    expect(take()).toMatchObject({ batch: { firstSeq: 4, lastSeq: 6 } });
  });

  it('knows whether it reads the part that is being written', () => {
    spool.part(1, [header(), footer()]);
    spool.part(2, [header(), ...execs(1)]);
    const { reader, take } = open();
    take();
    expect(reader.isLast).toBe(false);
    take();
    expect(reader.isLast).toBe(true);
  });
});
