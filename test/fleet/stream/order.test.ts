import { describe, expect, it } from 'vitest';
import { HostOrder, inOrder } from '../../../src/fleet/stream/order.ts';
import type { StreamBatch } from '../../../src/fleet/stream/stream.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { exec } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';

/** Execs of a host, at these ms. @param sentAt by the clock of the host, where it says that */
const come = (host: string, ms: readonly number[], sentAt?: number) => ({
  cluster: 'test',
  host,
  header: undefined,
  message: 1,
  records: ms.map((each) => ({ ...exec({ comm: `${host}${each}` }), ...at(each), recording: host, source_seq: each })),
  clock: sentAt === undefined ? undefined : { sentMs: Date.parse(at(sentAt).time), storedMs: 0, roundTripMs: 1 },
});

const names = (records: readonly NstraceRecord[]): string[] =>
  records.map((record) => (record.type === 'exec' ? record.comm : record.type));

describe('HostOrder', () => {
  it('gives records of several hosts by wall time, and those of one in their order', () => {
    const order = new HostOrder();
    order.take(come('a', [100, 300, 250]), 0);
    order.take(come('b', [50, 200, 400]), 500);
    expect(order.due(900)).toEqual([]);
    const given = order.due(1500);
    expect(names(given)).toEqual(['b50', 'a100', 'b200', 'a300', 'a250', 'b400']);
    expect(given.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(order.isEmpty).toBe(true);
  });

  it('does not wait for a host that sends seldom, but is not behind', () => {
    const order = new HostOrder();
    order.take(come('seldom', [100], 600), 600);
    order.take(come('busy', [900]), 1000);
    expect(names(order.due(2000))).toEqual(['seldom100', 'busy900']);
  });

  it('waits for one that still sends what is old, for some seconds', () => {
    const order = new HostOrder();
    order.take(come('behind', [100], 60_000), 0);
    expect(names(order.due(1000))).toEqual(['behind100']);
    order.take(come('busy', [900]), 1100);
    expect(order.due(3000)).toEqual([]);
    order.take(come('behind', [800, 1000], 62_000), 3500);
    expect(names(order.due(4500))).toEqual(['behind800', 'busy900', 'behind1000']);
    order.take(come('busy', [2000]), 5000);
    expect(order.due(8000)).toEqual([]);
    expect(names(order.due(10_000))).toEqual(['busy2000']);
  });

  it('holds at most N records', () => {
    const order = new HostOrder();
    for (let ms = 0; ms < 80; ms += 1) {
      order.take(
        come(
          'a',
          Array.from({ length: 1000 }, (_, index) => ms * 1000 + index),
        ),
        0,
      );
    }
    expect(order.due(0).length).toBe(80_000 - 65_536);
  });
});

describe('inOrder', () => {
  it('gives what still waits when the stream ends', async () => {
    async function* stream(): AsyncGenerator<StreamBatch> {
      yield come('a', [100, 300]);
      yield come('b', [200]);
    }
    const given: string[] = [];
    for await (const records of inOrder(stream, new AbortController().signal)) {
      given.push(...names(records));
    }
    expect(given).toEqual(['a100', 'b200', 'a300']);
  });

  it('ends the stream when its reader leaves', async () => {
    let ended = false;
    async function* stream(signal: AbortSignal): AsyncGenerator<StreamBatch> {
      try {
        yield come('a', [100]);
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      } finally {
        ended = true;
      }
    }
    for await (const records of inOrder(stream, new AbortController().signal)) {
      expect(names(records)).toEqual(['a100']);
      break;
    }
    expect(ended).toBe(true);
  });
});
