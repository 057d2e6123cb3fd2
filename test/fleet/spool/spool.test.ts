import { readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Shipper } from '../../../src/fleet/sinks/shipper.ts';
import { RetryLater, type Sink } from '../../../src/fleet/sinks/sink.ts';
import { Cursor } from '../../../src/fleet/spool/cursor.ts';
import { partBytes, SpoolLimit } from '../../../src/fleet/spool/spool.ts';
import { lost } from '../../fixtures/records.ts';
import { execs, footer, header, TestSpool } from '../support/spool.ts';

let spool: TestSpool;
beforeEach(() => {
  spool = new TestSpool();
});
afterEach(() => spool.remove());

/** Takes nothing until it is open; then it takes what is sent again, too. */
class Gate implements Sink {
  readonly name = 'gate';
  readonly target = 'gate';
  readonly seqs: number[] = [];
  open = false;

  async send({ text }: { text: string }): Promise<number> {
    if (!this.open) {
      throw new RetryLater('closed', 1);
    }
    for (const line of text.trim().split('\n')) {
      this.seqs.push(JSON.parse(line).seq);
    }
    return 0;
  }

  async close(): Promise<void> {}
}

const start = (sink: Sink) => {
  const cursor = new Cursor(spool.folder, sink.name);
  const shipper = new Shipper({ folder: spool.folder, sink, cursor, outgoing: (line) => line, onNotice: () => {} });
  return { shipper, running: shipper.run() };
};

const names = (): string[] => readdirSync(spool.folder).filter((name) => !name.startsWith('gate'));

describe('the limit of a spool', () => {
  it('removes parts that every sink has, and reports no loss', async () => {
    spool.part(1, [header(), ...execs(3), footer()]);
    spool.part(2, execs(3));
    const sink = new Gate();
    sink.open = true;
    const { shipper, running } = start(sink);
    await shipper.finish(running, 60_000);
    expect(new SpoolLimit(spool.folder, 1e9, [shipper]).trim()).toEqual([]);
    expect(names()).toEqual(['a.000002.ndjson']);
  });

  it('keeps what a sink does not have, below the limit', async () => {
    spool.part(1, [header(), ...execs(3), footer()]);
    spool.part(2, execs(3));
    const { shipper, running } = start(new Gate());
    expect(new SpoolLimit(spool.folder, 1e9, [shipper]).trim()).toEqual([]);
    expect(names()).toHaveLength(2);
    shipper.abort();
    await running;
  });

  it('drops the oldest above it: what arrives and what is reported make all', async () => {
    // The first batch ends within part 1; parts 1 and 2 are dropped while it is on its way.
    spool.part(1, [header(), ...execs(2500), footer()]);
    spool.part(2, [...execs(100), footer()]);
    spool.part(3, execs(10));
    const sink = new Gate();
    const { shipper, running } = start(sink);
    await expect.poll(() => shipper.shipped.retries).toBeGreaterThan(0);
    const limit = new SpoolLimit(spool.folder, 1000, [shipper]);
    const lost = limit.trim();
    expect(lost.map(({ count, stage, exact }) => ({ count, stage, exact }))).toEqual([
      { count: 1501, stage: 'spool', exact: true },
      { count: 100, stage: 'spool', exact: true },
    ]);
    limit.forget(limit.doomed());
    expect(names()).toEqual(['a.000003.ndjson']);
    sink.open = true;
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual([
      ...Array.from({ length: 1000 }, (_, index) => index + 1),
      ...Array.from({ length: 10 }, (_, index) => 2604 + index),
    ]);
  });

  it('sends what was on its way from a dropped part after a new start, too', async () => {
    const path = spool.part(1, [header(), ...execs(2), footer()]);
    spool.part(2, execs(1));
    const killed = start(new Gate());
    await expect.poll(() => killed.shipper.shipped.retries).toBeGreaterThan(0);
    const limit = new SpoolLimit(spool.folder, 1, [killed.shipper]);
    expect(limit.trim()).toEqual([]);
    killed.shipper.abort();
    await killed.running;
    rmSync(path, { force: true });
    const sink = new Gate();
    sink.open = true;
    const { shipper, running } = start(sink);
    await shipper.finish(running, 60_000);
    expect(sink.seqs).toEqual([1, 2, 3, 4, 5]);
  });

  it('counts what a dropped part says to be lost', async () => {
    spool.part(1, [header(), ...execs(5), lost({ count: 40, exact: true, stage: 'spool' }), footer()]);
    spool.part(2, execs(1));
    const { shipper, running } = start(new Gate());
    shipper.abort();
    await running;
    expect(new SpoolLimit(spool.folder, 1, [shipper]).trim()).toMatchObject([{ count: 45, exact: true }]);
  });

  it('does not report again what is on record', async () => {
    spool.part(1, [header(), ...execs(5), footer()]);
    const path = spool.part(2, execs(1));
    const { shipper, running } = start(new Gate());
    shipper.abort();
    await running;
    spool.append(path, new SpoolLimit(spool.folder, 1, [shipper]).trim());
    expect(new SpoolLimit(spool.folder, 1, []).recover()).toEqual([]);
  });

  it('reports what an agent dropped that was killed before it could say so', async () => {
    spool.part(1, [header(), ...execs(5), footer()]);
    spool.part(2, execs(1));
    const { shipper, running } = start(new Gate());
    shipper.abort();
    await running;
    new SpoolLimit(spool.folder, 1, [shipper]).trim();
    const later = new SpoolLimit(spool.folder, 1, []);
    expect(later.recover()).toMatchObject([{ count: 5, stage: 'spool' }]);
    later.forget(later.doomed());
    expect(later.recover()).toEqual([]);
  });
});

describe('partBytes', () => {
  it('makes parts that are small beside the whole, and not too small', () => {
    expect([1e9, 1e6, 1e12].map(partBytes)).toEqual([31_250_000, 65_536, 67_108_864]);
  });
});
