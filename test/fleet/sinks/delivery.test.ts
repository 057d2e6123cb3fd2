import { describe, expect, it } from 'vitest';
import { Delivery } from '../../../src/fleet/sinks/delivery.ts';
import { RetryLater, type Sink } from '../../../src/fleet/sinks/sink.ts';
import type { Batch } from '../../../src/fleet/spool/batch.ts';

const batch: Batch = { recording: 'r', firstSeq: 1, lastSeq: 3, records: 3, text: 'a\nb\nc\n', header: 'h' };
const never = new AbortController().signal;

/** A sink that does one thing a try; after these it stores everything. */
const deliver = (...tries: (() => number)[]) => {
  const notices: string[] = [];
  let calls = 0;
  const sink: Sink = {
    ...{ name: 'test', target: 'there' },
    send: async () => {
      calls += 1;
      return tries.shift()?.() ?? 0;
    },
    close: async () => {},
  };
  return { delivery: new Delivery(sink, (text) => notices.push(text)), notices, calls: () => calls };
};

const later = (): never => {
  throw new RetryLater('not now', 1);
};

describe('a delivery', () => {
  it('counts what was stored', async () => {
    const { delivery, notices } = deliver();
    expect(await delivery.send(batch, never)).toBe(true);
    expect(await delivery.send(batch, never)).toBe(true);
    expect(delivery.shipped).toEqual({
      ...{ batches: 2, records: 6, bytes: 12, retries: 0, refused: 0 },
      trouble: undefined,
    });
    expect(notices).toEqual([]);
  });

  it('tries again until the batch is stored, and reports the trouble once and its end once', async () => {
    const { delivery, notices, calls } = deliver(later, later, later);
    expect(await delivery.send(batch, never)).toBe(true);
    expect(calls()).toBe(4);
    expect(delivery.shipped).toMatchObject({ batches: 1, records: 3, retries: 3, trouble: undefined });
    expect(notices).toEqual([
      'test: not now; it is tried again until it works, and the spool grows meanwhile',
      'test: it takes records again',
    ]);
  });

  it('says what the trouble is while it lasts', async () => {
    const troubles: (string | undefined)[] = [];
    const { delivery } = deliver(later, () => {
      troubles.push(delivery.shipped.trouble);
      return later();
    });
    await delivery.send(batch, never);
    expect(troubles).toEqual(['not now']);
  });

  it('counts apart what the other side refused for good, and does not send that again', async () => {
    const { delivery, notices, calls } = deliver(() => 2);
    expect(await delivery.send(batch, never)).toBe(true);
    expect(calls()).toBe(1);
    expect(delivery.shipped).toMatchObject({ batches: 1, records: 1, refused: 2 });
    expect(notices).toEqual(['test: it refused 2 of 3 records for good']);
  });

  it('that is aborted before the batch was stored does not count it', async () => {
    const aborter = new AbortController();
    const { delivery, calls } = deliver(() => {
      aborter.abort();
      throw new RetryLater('not now', 3_600_000);
    });
    expect(await delivery.send(batch, aborter.signal)).toBe(false);
    expect(calls()).toBe(1);
    expect(delivery.shipped).toMatchObject({ batches: 0, records: 0, bytes: 0 });
  });

  it('that is aborted already sends nothing', async () => {
    const { delivery, calls } = deliver();
    expect(await delivery.send(batch, AbortSignal.abort())).toBe(false);
    expect(calls()).toBe(0);
  });

  it('passes on an error that is no matter of the other side', async () => {
    const { delivery } = deliver(() => {
      throw new TypeError('a defect');
    });
    await expect(delivery.send(batch, never)).rejects.toThrow('a defect');
  });
});
