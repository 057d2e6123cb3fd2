import { expect, it } from 'vitest';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { ReportCollector } from '../../src/report/collect.ts';
import { unpack } from '../../src/report/page/unpack.ts';
import { exec, footer, header, lost, process } from '../fixtures/records.ts';
import { at, lifeOf } from '../fixtures/story.ts';

const begin = { ...at(0), mono: '5000000000' };

const collected = (records: readonly NstraceRecord[], limit?: number) => {
  const collector = new ReportCollector(limit);
  for (const [index, record] of records.entries()) {
    collector.take({ ...record, seq: index + 1 });
  }
  return collector.finish(0)!;
};

/** What a page has of records, with the fields that are its own left out. */
const throughPage = (records: readonly NstraceRecord[]): unknown[] => {
  const data = JSON.parse(JSON.stringify(collected(records))) as ReturnType<typeof collected>;
  return unpack(data).map((record) => {
    const { at: _, ...fields } = record;
    return { ...fields, time: record.time, mono: record.mono };
  });
};

it('packs records so that a page has them as they were', () => {
  const hostile = exec({ ...at(3), comm: '</script>', args: ['', '\u2028', '__proto__', 'a'.repeat(1000)], ret: -2 });
  const skewed = { ...lost(at(5)), time: '2026-01-02T04:00:00.000000001Z' };
  const records = [process(begin), ...lifeOf(), hostile, skewed];
  const expected = records.map((record, index) => {
    const { args_bytes: _, ...fields } = { args_bytes: 0, ...record, seq: index + 2 };
    return fields;
  });
  expect(throughPage([header(begin), ...records, footer(at(1010))])).toEqual(expected);
});

it('keeps each nanosecond at any uptime', () => {
  const mono = '9007199254740993';
  const records = [header({ mono }), exec({ mono: '9007199254740994', time: '2026-01-02T03:04:05.123456790Z' })];
  expect(throughPage(records)).toMatchObject([{ mono: '9007199254740994', time: '2026-01-02T03:04:05.123456790Z' }]);
});

it('keeps what is in containers before what is outside, when there is too much', () => {
  const outside = Array.from({ length: 60 }, (_, index) => exec({ ...at(index), pid: 1000 + index }));
  const inside = Array.from({ length: 70 }, (_, index) =>
    exec({ ...at(100 + index), pid: 2000 + index, container: { id: 'a', name: 'a', runtime: 'runc' } }),
  );
  const { kept, packed, summary } = collected([header(begin), ...outside, ...inside, footer(at(300))], 100);
  expect(kept).toMatchObject({ total: 130, kept: 100, until: undefined });
  expect(kept.hostUntil).toBe(30e6);
  expect(packed.count).toBe(100);
  expect(summary.counts.exec).toBe(130);
});

it('cuts the end of what is in containers too, when that alone is too much', () => {
  const inside = Array.from({ length: 70 }, (_, index) =>
    exec({ ...at(100 + index), pid: 2000 + index, container: { id: 'a', name: 'a', runtime: 'runc' } }),
  );
  const { kept } = collected([header(begin), ...inside, footer(at(300))], 50);
  expect(kept).toEqual({ total: 70, kept: 50, hostUntil: 150e6, until: 150e6 });
});

it('is nothing without a header', () => {
  expect(new ReportCollector().finish(0)).toBeUndefined();
});
