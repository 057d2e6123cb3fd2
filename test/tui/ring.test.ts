import { describe, expect, it } from 'vitest';
import { Ring } from '../../src/tui/ring.ts';

const filled = (capacity: number, count: number): Ring<string> => {
  const ring = new Ring<string>({ capacity, maxWeight: 1000, weigh: () => 1 });
  for (let index = 0; index < count; index += 1) {
    expect(ring.push(`item ${index}`)).toBe(index);
  }
  return ring;
};

describe('Ring', () => {
  it('is empty at first', () => {
    const ring = filled(3, 0);
    expect([ring.first, ring.next, ring.get(0)]).toEqual([0, 0, undefined]);
  });

  it('gives items by the number that they got', () => {
    const ring = filled(3, 2);
    expect([ring.first, ring.next]).toEqual([0, 2]);
    expect([ring.get(0), ring.get(1), ring.get(2), ring.get(-1)]).toEqual(['item 0', 'item 1', undefined, undefined]);
  });

  it('keeps all of its last ones when it is just full', () => {
    const ring = filled(3, 3);
    expect([ring.first, ring.get(0), ring.get(2)]).toEqual([0, 'item 0', 'item 2']);
  });

  it('forgets the oldest beyond its capacity, and numbers stay as they are', () => {
    const ring = filled(3, 10);
    expect([ring.first, ring.next]).toEqual([7, 10]);
    expect([6, 7, 8, 9, 10].map((id) => ring.get(id))).toEqual([undefined, 'item 7', 'item 8', 'item 9', undefined]);
  });

  it('forgets more of them where the last ones weigh much, but never the newest', () => {
    const ring = new Ring<string>({ capacity: 10, maxWeight: 10, weigh: ({ length }) => length });
    for (const text of ['a', 'bb', 'ccc', 'dddd']) {
      ring.push(text);
    }
    expect([ring.first, ring.get(0)]).toEqual([0, 'a']);
    ring.push('eeeee');
    expect([ring.first, ring.get(2), ring.get(3), ring.get(4)]).toEqual([3, undefined, 'dddd', 'eeeee']);
    ring.push('f'.repeat(100));
    expect([ring.first, ring.next, ring.get(5)?.length]).toEqual([5, 6, 100]);
    ring.push('g');
    expect([ring.first, ring.get(6)]).toEqual([6, 'g']);
  });
});
