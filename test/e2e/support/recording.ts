import type { NstraceRecord } from '../../../src/record/schema.ts';
import { footer, header, process } from '../../fixtures/records.ts';
import { at, inTime, lifeOf } from '../../fixtures/story.ts';

/** Records as lines, numbered as a recording has them. */
export const linesOf = (records: readonly NstraceRecord[]): string =>
  records.map((record, index) => `${JSON.stringify({ ...record, seq: index + 1 })}\n`).join('');

const begin = { ...at(0), mono: '5000000000' };

/** A whole recording: two containers, of which one is called `web`, and whatever else is wanted. */
export const storyOf = (...more: NstraceRecord[]): NstraceRecord[] => [
  header(begin),
  process({ pid: 400, ...begin }),
  ...inTime(...lifeOf({ id: 'web' }), ...lifeOf({ id: 'db', base: 20_000, from: 300 }), ...more),
  footer({ ...at(3000), complete: true }),
];
