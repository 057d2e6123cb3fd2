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

/** Where they differ: what is missing and what is said to be lost, as runs of one recording. */
export const explain = (folder: string, arrived: readonly NstraceRecord[]): string => {
  const came = new Set(arrived.map(({ recording, source_seq }) => `${recording} ${source_seq}`));
  const runs: string[] = [];
  for (const name of readdirSync(folder).sort()) {
    const records = recordsIn(join(folder, name));
    const missing = records.filter((record) => isEvent(record) && !came.has(`${record.recording} ${record.seq}`));
    if (missing.length > 0) {
      const [first, last] = [missing[0]!, missing.at(-1)!];
      runs.push(
        `${name}: ${missing.length} of ${records.length}, ${first.seq} to ${last.seq}, ${first.time} to ${last.time}`,
      );
    }
  }
  const losses = arrived.flatMap((record) =>
    record.type === 'lost' ? [`lost ${record.count}: ${record.from} to ${record.to} in ${record.recording}`] : [],
  );
  return [...runs, ...losses].join('\n');
};

/** The records of a part, each with its recording. */
const recordsIn = (path: string): NstraceRecord[] => {
  const [first = '', ...lines] = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const { recording } = JSON.parse(first || '{}') as { recording?: string };
  return lines.map((line) => ({
    ...(JSON.parse(line) as NstraceRecord),
    ...(recording !== undefined && { recording }),
  }));
};

/** Neither what frames or repeats events, nor what says that some are missing. */
const isEvent = ({ type }: { type: string }): boolean => type === 'exit';

/** @param folder where each part that was ever made still is */
export const sumUp = (folder: string, arrived: readonly NstraceRecord[]): Sum => {
  const written = new Set<string>();
  for (const name of readdirSync(folder).sort()) {
    for (const record of recordsIn(join(folder, name)).filter(isEvent)) {
      written.add(`${record.recording} ${record.seq}`);
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
