import type { NstraceRecord } from '../../src/record/schema.ts';
import { readChunks } from '../../src/recording/read/batches.ts';
import type { Damage } from '../../src/recording/read/damage.ts';
import { LateNames } from '../../src/recording/read/late-names.ts';
import { RecordReader } from '../../src/recording/read/records.ts';

/** The records of bytes that come in chunks, one by one. */
export async function* recordsOf(
  source: AsyncIterable<Buffer>,
  onDamage: (damage: Damage) => void,
  types?: readonly NstraceRecord['type'][],
): AsyncGenerator<NstraceRecord, void> {
  const batches = readChunks(source, {
    ...{ name: 'a.ndjson', reader: new RecordReader(types, onDamage), names: new LateNames() },
    ...{ signal: new AbortController().signal, follow: false, withLines: false },
  });
  for await (const { records } of batches) {
    yield* records;
  }
}
