import { closeSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamCopy } from '../../../src/fleet/stream/copy.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { exit } from '../../fixtures/records.ts';

const at = (recording: string, second: number, pid: number): NstraceRecord =>
  exit({ recording, host: recording, pid, time: `2026-01-02T03:04:${String(second).padStart(2, '0')}.000000000Z` });

const copied = (batches: readonly NstraceRecord[][]): NstraceRecord[] => {
  const copy = new StreamCopy();
  for (const batch of batches) {
    copy.put(batch);
  }
  const descriptor = copy.end();
  const lines = readFileSync(`/proc/self/fd/${descriptor}`, 'utf8').trimEnd().split('\n');
  closeSync(descriptor);
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
};

describe('a copy of a stream', () => {
  it('has the records of several hosts by wall time, however late they arrived', () => {
    const records = copied([
      [at('a', 1, 1), at('a', 4, 2)],
      [at('a', 6, 3)],
      [at('b', 0, 4), at('b', 2, 5), at('b', 5, 6)],
    ]);
    expect(records.slice(0, -1).map((record) => (record as { pid: number }).pid)).toEqual([4, 1, 5, 2, 6, 3]);
    expect(records.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(records.at(-1)).toMatchObject({ type: 'footer', time: records.at(-2)?.time, events: { exit: 6 } });
  });

  it('keeps the order of each host, whatever its clock does', () => {
    const batch = fc.record({
      recording: fc.constantFrom('a', 'b', 'c'),
      seconds: fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 12 }), (batches) => {
        const given = batches.map(({ recording, seconds }, batch) =>
          seconds.map((second, index) => at(recording, second, batch * 10 + index + 1)),
        );
        const sent = given.flat();
        const records = copied(given).filter(({ type }) => type !== 'footer') as (NstraceRecord & { pid: number })[];
        expect(records).toHaveLength(sent.length);
        expect(records.map(({ seq }) => seq)).toEqual(records.map((_, index) => index + 1));
        for (const recording of ['a', 'b', 'c']) {
          const own = records.filter((record) => record.recording === recording).map((record) => record.pid);
          expect(own).toEqual([...own].sort((one, other) => one - other));
        }
      }),
      { numRuns: 50 },
    );
  });

  it('of one host is what arrived, and of none is empty', () => {
    expect(copied([[at('a', 3, 1)], [at('a', 1, 2)]]).map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(copied([])).toEqual([]);
  });
});
