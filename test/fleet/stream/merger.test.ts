import { describe, expect, it } from 'vitest';
import { Merger } from '../../../src/fleet/stream/merger.ts';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import { exec, footer, header, process } from '../../fixtures/records.ts';

const numbered = (first: number, records: readonly NstraceRecord[]): NstraceRecord[] =>
  records.map((record, index) => ({ ...record, seq: first + index }));

const lines = (records: readonly NstraceRecord[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join('');

const beginning = (name: string, part = 1): NstraceRecord => {
  const record = header({ recording: `id-${name}`, part });
  return { ...record, host: { ...record.host, name } };
};

const from = (name: string, records: readonly NstraceRecord[]) => ({
  cluster: 'test',
  host: name,
  recording: `id-${name}`,
  text: lines(records),
  header: JSON.stringify({ ...beginning(name), seq: 1 }),
});

const merging = () => {
  const damage: string[] = [];
  return { merger: new Merger((what) => damage.push(what)), damage };
};

describe('Merger', () => {
  it('numbers records anew, and says where each is from', () => {
    const { merger, damage } = merging();
    const a = merger.take(from('a', numbered(1, [beginning('a'), exec()])));
    const b = merger.take(from('b', numbered(1, [beginning('b'), exec()])));
    expect(a.header).toMatchObject({ recording: 'id-a', host: { name: 'a' } });
    expect([...a.records, ...b.records]).toMatchObject([
      { type: 'header', seq: 1, source_seq: 1, recording: 'id-a', host: { name: 'a' } },
      { type: 'exec', seq: 2, source_seq: 2, recording: 'id-a', host: 'a' },
      { type: 'header', seq: 3, source_seq: 1, recording: 'id-b', host: { name: 'b' } },
      { type: 'exec', seq: 4, source_seq: 2, recording: 'id-b', host: 'b' },
    ]);
    expect(damage).toEqual([]);
  });

  it('gives what was stored twice once', () => {
    const { merger } = merging();
    const delivery = from('a', numbered(1, [beginning('a'), exec(), exec()]));
    expect(merger.take(delivery).records).toHaveLength(3);
    expect(merger.take(delivery).records).toHaveLength(0);
    expect(merger.take(from('a', numbered(2, [exec(), exec(), exec()]))).records).toMatchObject([{ source_seq: 4 }]);
  });

  it('begins with the header of a recording that it comes into later', () => {
    const { merger } = merging();
    const { records } = merger.take(from('a', numbered(50, [exec()])));
    expect(records).toMatchObject([
      { type: 'header', seq: 1, source_seq: 1 },
      { type: 'exec', seq: 2, source_seq: 50 },
    ]);
  });

  it('leaves out headers, footers and repetitions of later parts, but what the first part repeats for it', () => {
    const { merger } = merging();
    const next = (first: number, part: number) =>
      from(
        'a',
        numbered(first, [beginning('a', part), process({ carried: true }), exec(), footer({ reason: 'rotated' })]),
      );
    const types = (delivery: ReturnType<typeof next>) => merger.take(delivery).records.map(({ type }) => type);
    expect(types(from('a', numbered(20, [exec()])))).toEqual(['header', 'exec']);
    expect(types(next(30, 4))).toEqual(['process', 'exec']);
    expect(types(next(40, 5))).toEqual(['exec']);
    expect(types(from('a', numbered(50, [footer()])))).toEqual(['footer']);
  });

  it('goes on where another one stopped', () => {
    const first = merging().merger;
    first.take(from('a', numbered(1, [beginning('a'), exec()])));
    const second = new Merger(() => {}, JSON.parse(JSON.stringify(first.state)));
    const { records } = second.take(from('a', numbered(2, [exec(), exec()])));
    expect(records).toMatchObject([{ type: 'exec', seq: 3, source_seq: 3 }]);
  });

  it('reports lines that are no records, and leaves out types that it does not know', () => {
    const { merger, damage } = merging();
    const delivery = from('a', numbered(1, [beginning('a'), exec()]));
    const text = `${delivery.text}{"type":"exec","seq":3}\nno JSON\n{"type":"dns","seq":4}\n`;
    expect(merger.take({ ...delivery, text }).records).toHaveLength(2);
    expect(damage).toEqual(['a line of a is no record', 'a line of a is no record']);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'leaves out a record of the type %s, which every object has',
    (type) => {
      const { merger, damage } = merging();
      const delivery = from('a', numbered(1, [beginning('a')]));
      const text = `${delivery.text}{"type":"${type}","seq":2}\n`;
      expect(merger.take({ ...delivery, text }).records).toHaveLength(1);
      expect(damage).toEqual([]);
    },
  );
});
