import { describe, expect, it } from 'vitest';
import { FairLog, Share } from '../../../src/tui/store/fair-log.ts';

interface Item {
  readonly id: number;
  readonly weight: number;
  dropped: boolean;
}

const itemOf = (id: number, weight = 1): Item => ({ id, weight, dropped: false });
const logOf = (capacity: number, maxWeight = Number.POSITIVE_INFINITY) =>
  new FairLog<Item>({ capacity, maxWeight, weigh: ({ weight }) => weight });
const keptOf = (log: FairLog<Item>): number[] => log.all.filter(({ dropped }) => !dropped).map(({ id }) => id);

describe('FairLog', () => {
  it('keeps all in order while there is room', () => {
    const log = logOf(10);
    const [a, b] = [new Share<Item>(), new Share<Item>()];
    for (let id = 0; id < 10; id += 1) {
      log.push(id % 2 === 0 ? a : b, itemOf(id));
    }
    expect(keptOf(log)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([a.length, b.length, log.count, log.dropped]).toEqual([5, 5, 10, 0]);
  });

  it('drops the oldest of the group that has most, and nothing of the quiet ones', () => {
    const log = logOf(100);
    const [noisy, quiet] = [new Share<Item>(), new Share<Item>()];
    for (let id = 0; id < 10; id += 1) {
      log.push(quiet, itemOf(id));
    }
    for (let id = 10; id < 10_000; id += 1) {
      log.push(noisy, itemOf(id));
    }
    expect(keptOf(log).slice(0, 10)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(log.count).toBeLessThanOrEqual(100);
    expect(log.count).toBeGreaterThan(80);
    expect(keptOf(log).at(-1)).toBe(9999);
    expect(log.all.length).toBeLessThanOrEqual(200);
  });

  it('drops by weight, but never the newest', () => {
    const log = logOf(100, 50);
    const [light, heavy] = [new Share<Item>(), new Share<Item>()];
    log.push(light, itemOf(0));
    log.push(heavy, itemOf(1, 40));
    log.push(heavy, itemOf(2, 40));
    expect(keptOf(log)).toEqual([0, 2]);
    log.push(light, itemOf(3, 1000));
    expect(keptOf(log)).toEqual([3]);
    log.push(heavy, itemOf(4, 1));
    expect(keptOf(log)).toEqual([4]);
  });

  it('shares the room of many equals equally', () => {
    const log = logOf(1000);
    const shares = Array.from({ length: 100 }, () => new Share<Item>());
    for (let id = 0; id < 20_000; id += 1) {
      log.push(shares[id % 100]!, itemOf(id));
    }
    const lengths = shares.map(({ length }) => length);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(4);
    expect(log.count).toBeGreaterThan(900);
  });

  it('takes those of a forgotten owner as of one', () => {
    const log = logOf(20);
    for (let id = 0; id < 40; id += 1) {
      const share = new Share<Item>();
      log.push(share, itemOf(id));
      log.abandon(share);
    }
    expect(log.count).toBeLessThanOrEqual(20);
    expect(keptOf(log).at(-1)).toBe(39);
    expect(keptOf(log)[0]).toBeGreaterThan(10);
  });

  it('says of each that it drops it', () => {
    const gone: number[] = [];
    const log = new FairLog<Item>({ capacity: 2, maxWeight: 10, weigh: () => 1, onDrop: ({ id }) => gone.push(id) });
    const share = new Share<Item>();
    for (let id = 0; id < 5; id += 1) {
      log.push(share, itemOf(id));
    }
    expect(gone).toEqual([0, 1, 2]);
  });
});

describe('what was dropped', () => {
  it('is given up, with many owners too', () => {
    let gone = 0;
    const log = new FairLog<Item>({
      ...{ capacity: 1000, maxWeight: Number.POSITIVE_INFINITY, weigh: () => 1 },
      onDrop: () => {
        gone += 1;
      },
    });
    const shares = Array.from({ length: 100 }, () => new Share<Item>());
    for (let id = 0; id < 50_000; id += 1) {
      log.push(shares[id % 100]!, itemOf(id));
    }
    const held = new Set<Item>([...log.all, ...shares.flatMap(({ items }) => items)]);
    expect(gone).toBeGreaterThan(48_000);
    expect(held.size).toBeLessThanOrEqual(1500);
  });
});
