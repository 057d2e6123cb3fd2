import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { stringify } from '../../../src/recording/write/stringify.ts';
import { exec, header, inContainer } from '../../fixtures/records.ts';

describe('stringify', () => {
  it.each<[string, NstraceRecord]>([
    ['a record without namespaces', header()],
    ['an exec', exec()],
    ['an exec in a container', exec({ ...inContainer, args: ['sh', '-c', 'a\nb "c"'] })],
    ['text that looks like a field', exec({ comm: '","ns":{"pid":1},"', args: ['"ns":0', '\\"ns\\":{}'] })],
    ['a set of one namespace', exec({ ns: { pid: 4_026_532_572 } as never })],
    ['fields that are not there', exec({ cwd: undefined, origin: undefined })],
    ['namespaces in front', { ns: { pid: 7 }, ...{ x: { a: 1, ns: 0 }, type: 'exec' } } as never],
    ['no set of namespaces', exec({ ns: null as never })],
  ])('makes the same of %s as JSON.stringify', (_what, record) => {
    const expected = JSON.stringify(record);
    expect(stringify(record)).toBe(expected);
    // Once more: the record is as before, and the set is known.
    expect(stringify(record)).toBe(expected);
  });

  it('keeps the sets of many records apart', () => {
    const records = Array.from({ length: 300 }, (_, index) =>
      exec({ ns: { ...exec().ns, mnt: 4_026_532_000 + index } }),
    );
    for (const record of [...records, ...records]) {
      expect(stringify(record)).toBe(JSON.stringify(record));
    }
  });
});
