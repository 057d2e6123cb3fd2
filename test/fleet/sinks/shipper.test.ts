import { appendFileSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Shipper } from '../../../src/fleet/sinks/shipper.ts';
import { RetryLater, type Sink } from '../../../src/fleet/sinks/sink.ts';
import type { Batch } from '../../../src/fleet/spool/batch.ts';
import { Cursor } from '../../../src/fleet/spool/cursor.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { execs, footer, header, TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

class TestSink implements Sink {
  readonly name = 'test';
  readonly target = 'test';
  readonly batches: Batch[] = [];
  /** What each try does, in order; after that all are stored. */
  tries: (() => number)[] = [];

  async send(batch: Batch): Promise<number> {
    const refused = this.tries.shift()?.() ?? 0;
    this.batches.push(batch);
    return refused;
  }

  async close(): Promise<void> {}

  get seqs(): number[] {
    return this.batches.flatMap(({ text }) =>
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).seq),
    );
  }
}

const later = (): never => {
  throw new RetryLater('not now', 1);
};

const ship = (sink: Sink, options: { outgoing?: (line: string) => string | undefined } = {}) => {
  const notices: string[] = [];
  const shipper = new Shipper({
    folder: spool.folder,
    sink,
    cursor: new Cursor(spool.folder, sink.name),
    outgoing: options.outgoing ?? ((line) => line),
    onNotice: (text) => notices.push(text),
  });
  return { shipper, notices, running: shipper.run() };
};

const recordingOf = (record: NstraceRecord) => (record.type === 'header' ? record.recording : '');
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('a shipper', () => {
  it('sends all parts in order, and goes on where it was after a new start', async () => {
    spool.part(1, [header(), ...execs(2499), footer()]);
    const path = spool.part(2, execs(10));
    const sink = new TestSink();
    const first = ship(sink);
    await first.shipper.finish(first.running, 60_000);
    expect(sink.seqs).toEqual(upTo(2511));

    spool.append(path, execs(5));
    const again = new TestSink();
    const second = ship(again);
    await second.shipper.finish(second.running, 60_000);
    expect(again.seqs).toEqual([2512, 2513, 2514, 2515, 2516]);
  });

  it('sends what is written while it runs', async () => {
    const path = spool.part(1, [header()]);
    const sink = new TestSink();
    const { shipper, running } = ship(sink);
    await expect.poll(() => sink.seqs).toEqual([1]);
    spool.append(path, execs(3));
    await expect.poll(() => sink.seqs).toEqual([1, 2, 3, 4]);
    // The next part begins before the last lines of this one are written.
    const ending = [spool.line(execs(1)[0]!), spool.line(footer())];
    spool.part(2, execs(2));
    await new Promise((resolve) => setTimeout(resolve, 300));
    appendFileSync(path, `${ending.join('\n')}\n`);
    await expect.poll(() => sink.seqs).toEqual(upTo(8));
    await shipper.finish(running, 60_000);
  });

  it('knows the recording of a part that was empty when it was opened', async () => {
    const path = spool.part(1, []);
    const sink = new TestSink();
    const { shipper, running } = ship(sink);
    await new Promise((resolve) => setTimeout(resolve, 300));
    spool.append(path, [header(), ...execs(1)]);
    await shipper.finish(running, 60_000);
    expect(sink.batches.map(({ recording }) => recording)).toEqual([recordingOf(header())]);
    expect(sink.batches[0]!.header).toContain('"type":"header"');
  });

  it('sends a batch again as it was, until it is stored', async () => {
    spool.part(1, [header(), ...execs(3)]);
    const sink = new TestSink();
    sink.tries = [later, later];
    const { shipper, running, notices } = ship(sink);
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual([1, 2, 3, 4]);
    expect(shipper.shipped).toMatchObject({ batches: 1, records: 4, retries: 2, trouble: undefined });
    expect(notices).toEqual([
      'test: not now; it is tried again until it works, and the spool grows meanwhile',
      'test: it takes records again',
    ]);
  });

  it('cuts a batch at the same place after it was killed while that was on its way', async () => {
    const path = spool.part(1, [header(), ...execs(3)]);
    const sink = new TestSink();
    sink.tries = Array.from({ length: 1000 }, () => later);
    const killed = ship(sink);
    await expect.poll(() => killed.shipper.shipped.retries).toBeGreaterThan(0);
    killed.shipper.abort();
    await killed.running;

    spool.append(path, execs(3));
    const again = new TestSink();
    const { shipper, running } = ship(again);
    await shipper.finish(running, 60_000);
    expect(again.batches.map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([
      [1, 4],
      [5, 7],
    ]);
  });

  it('goes on behind a line that an agent left half when it was killed', async () => {
    const path = spool.part(1, [header(), ...execs(2)]);
    appendFileSync(path, '{"type":"exec","seq":4,"ti');
    spool.part(1, execs(2), 'b');
    const sink = new TestSink();
    const { shipper, running } = ship(sink);
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual([1, 2, 3, 4, 5]);
  });

  it('goes on behind a part that ended without a footer when two follow', async () => {
    spool.part(1, [header(), ...execs(1)]);
    spool.part(2, [...execs(1), footer()]);
    spool.part(3, execs(1));
    const sink = new TestSink();
    const { shipper, running } = ship(sink);
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual(upTo(5));
  });

  it('goes on with the next part where its own was dropped', async () => {
    const path = spool.part(1, [header(), ...execs(2)]);
    const first = ship(new TestSink());
    await first.shipper.finish(first.running, 60_000);
    rmSync(path);
    spool.part(2, execs(2));
    const sink = new TestSink();
    const { shipper, running } = ship(sink);
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual([4, 5]);
  });

  it('counts what is refused for good, and goes on', async () => {
    spool.part(1, [header(), ...execs(3)]);
    const sink = new TestSink();
    sink.tries = [() => 3];
    const { shipper, running, notices } = ship(sink);
    await shipper.finish(running, 60_000);
    expect(shipper.shipped).toMatchObject({ records: 1, refused: 3 });
    expect(notices).toEqual(['test: it refused 3 of 4 records for good']);
  });

  it('leaves out what does not leave the host', async () => {
    spool.part(1, [header(), ...execs(2), footer()]);
    const sink = new TestSink();
    const outgoing = (line: string) => (line.includes('"exec"') ? undefined : line);
    const { shipper, running } = ship(sink, { outgoing });
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual([1, 4]);
  });

  it('fails with an error that is no matter of trying again', async () => {
    spool.part(1, [header()]);
    const sink = new TestSink();
    sink.tries = [
      () => {
        throw new Error('a fault');
      },
    ];
    await expect(ship(sink).running).rejects.toThrow('a fault');
  });
});
