import type { NstraceRecord } from '../../record/schema.ts';
import type { RecordBatch } from './batches.ts';

/** A recording that is read beside others. */
interface Source {
  readonly batches: AsyncGenerator<RecordBatch>;
  batch: RecordBatch;
  index: number;
}

/**
 * Merges recordings into one stream by wall time, which is all that several hosts have in common. The records of one keep
 * their order; each says where it is from (`host`, `recording`, `source_seq`), and `seq` is the stream's own. A batch is a
 * run of records of one recording. Of a single recording nothing is changed.
 */
export async function* mergeBatches(recordings: readonly AsyncGenerator<RecordBatch>[]): AsyncGenerator<RecordBatch> {
  if (recordings.length === 1) {
    return yield* recordings[0]!;
  }
  const sources: Source[] = [];
  let seq = 0;
  try {
    for (const batches of recordings) {
      const first = await batches.next();
      if (!first.done) {
        sources.push({ batches, batch: first.value, index: 0 });
      }
    }
    while (sources.length > 0) {
      const [at, until] = nextOf(sources);
      const source = sources[at]!;
      const { file, header } = source.batch;
      const records: NstraceRecord[] = [];
      while (source.index < source.batch.records.length) {
        const record = source.batch.records[source.index]!;
        if (records.length > 0 && record.time > until) {
          break;
        }
        seq += 1;
        records.push(from(record, source.batch, seq));
        source.index += 1;
      }
      yield { file, header, records, lines: [], next: undefined };
      if (source.index === source.batch.records.length) {
        const next = await source.batches.next();
        if (next.done) {
          sources.splice(at, 1);
        } else {
          source.batch = next.value;
          source.index = 0;
        }
      }
    }
  } finally {
    for (const batches of recordings) {
      await batches.return(undefined);
    }
  }
}

/** Which source has the earliest record, and the time of the earliest one of the others. */
const nextOf = (sources: readonly Source[]): [number, string] => {
  let at = 0;
  let earliest = timeOf(sources[0]!);
  let second = '\uffff';
  for (let index = 1; index < sources.length; index += 1) {
    const time = timeOf(sources[index]!);
    if (time < earliest) {
      second = earliest;
      earliest = time;
      at = index;
    } else if (time < second) {
      second = time;
    }
  }
  return [at, second];
};

const timeOf = ({ batch, index }: Source): string => batch.records[index]!.time;

/** Of what was merged before, the first source counts. */
const from = (record: NstraceRecord, { header }: RecordBatch, seq: number): NstraceRecord => {
  if (record.source_seq === undefined) {
    record.source_seq = record.seq;
    const name = header?.host.name;
    if (record.type !== 'header') {
      Object.assign(record, name === undefined ? {} : { host: name }, header && { recording: header.recording });
    }
  }
  record.seq = seq;
  return record;
};
