import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NstraceRecord } from '../../../src/record/schema.ts';

/** What agents wrote, and what of it arrived. */
export interface Sum {
  /** Events that were written to spools, whole. */
  readonly written: number;
  readonly arrived: number;
  /** Events that arrived more than once after deduplication. */
  readonly twice: number;
  /** Events that arrived and were never written. */
  readonly strange: number;
  readonly missing: number;
  /** What `lost` records of stage spool say. */
  readonly lost: number;
}

/** Neither what frames or repeats events, nor what says that some are missing. */
const isEvent = ({ type }: { type: string }): boolean => type === 'exit';

/** @param folder where each part that was ever made still is */
export const sumUp = (folder: string, arrived: readonly NstraceRecord[]): Sum => {
  const written = new Set<string>();
  for (const name of readdirSync(folder).sort()) {
    const [first = '', ...lines] = readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1);
    const { recording } = JSON.parse(first || '{}');
    for (const line of lines) {
      const record = JSON.parse(line) as NstraceRecord;
      if (isEvent(record)) {
        written.add(`${recording} ${record.seq}`);
      }
    }
  }
  const events = arrived.filter(isEvent).map(({ recording, source_seq }) => `${recording} ${source_seq}`);
  const distinct = new Set(events);
  return {
    written: written.size,
    arrived: distinct.size,
    twice: events.length - distinct.size,
    strange: events.filter((key) => !written.has(key)).length,
    missing: [...written].filter((key) => !distinct.has(key)).length,
    lost: arrived.reduce(
      (sum, record) => sum + (record.type === 'lost' && record.stage === 'spool' ? record.count : 0),
      0,
    ),
  };
};
