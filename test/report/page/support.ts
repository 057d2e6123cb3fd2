import type { NstraceRecord } from '../../../src/record/schema.ts';
import { ReportCollector } from '../../../src/report/collect.ts';
import { buildModel } from '../../../src/report/page/model.ts';
import { unpack } from '../../../src/report/page/unpack.ts';
import { footer, header } from '../../fixtures/records.ts';
import { at } from '../../fixtures/story.ts';

/** Where a report begins: stories of fixtures count from there. */
export const begin = { ...at(0), mono: '5000000000' };

/** What a page knows of records, with their data. */
export const modelOf = (records: readonly NstraceRecord[]) => {
  const collector = new ReportCollector();
  for (const [index, record] of [header(begin), ...records, footer(at(3000))].entries()) {
    collector.take({ ...record, seq: index + 1 });
  }
  const data = collector.finish(0)!;
  return { data, ...buildModel(data, unpack(data)) };
};
