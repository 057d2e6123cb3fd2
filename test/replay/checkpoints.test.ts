import { describe, expect, it } from 'vitest';
import { Checkpoints, firstSpacing, maxCheckpoints } from '../../src/replay/checkpoints.ts';

/** Checkpoints wherever one is due, of a recording with one record a second. */
const taken = (records: number): Checkpoints<number, undefined> => {
  const checkpoints = new Checkpoints<number, undefined>();
  for (let count = 0; count <= records; count += 1000) {
    if (checkpoints.isDue(count)) {
      checkpoints.add({ at: BigInt(count), count, place: count, state: undefined });
    }
  }
  return checkpoints;
};

describe('Checkpoints', () => {
  it('gives the last one before a time', () => {
    const checkpoints = taken(10 * firstSpacing);
    expect(checkpoints.before(BigInt(firstSpacing), 0)).toBeUndefined();
    expect(checkpoints.before(BigInt(firstSpacing + 1), 0)?.count).toBe(firstSpacing);
    expect(checkpoints.before(BigInt(4 * firstSpacing), 0)?.count).toBe(3 * firstSpacing);
  });

  it('gives one with enough records after it', () => {
    const checkpoints = taken(10 * firstSpacing);
    expect(checkpoints.before(BigInt(4 * firstSpacing), firstSpacing)?.count).toBe(2 * firstSpacing);
    expect(checkpoints.before(BigInt(2 * firstSpacing), firstSpacing)).toBeUndefined();
  });

  it('are not more than some, spread over the whole of a long recording', () => {
    const records = 10 * maxCheckpoints * firstSpacing;
    const checkpoints = taken(records);
    const places = new Set<number>();
    for (let at = 0; at <= records; at += 1000) {
      const found = checkpoints.before(BigInt(at), 0);
      if (found !== undefined) {
        places.add(found.place);
        expect(at - found.count).toBeLessThanOrEqual(2 * 16 * firstSpacing);
      }
    }
    expect(places.size).toBeGreaterThan(maxCheckpoints / 4);
    expect(places.size).toBeLessThanOrEqual(maxCheckpoints);
  });

  it('are taken once for a place, however often it is passed', () => {
    const checkpoints = taken(2 * firstSpacing);
    expect(checkpoints.isDue(firstSpacing)).toBe(false);
    expect(checkpoints.isDue(3 * firstSpacing)).toBe(true);
  });
});
