import type { Out } from '../../src/export/exporter.ts';
import { makeExporter, type StreamFormat } from '../../src/export/formats.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';

/** What a format makes of records. */
export const exported = async (format: StreamFormat, records: readonly NstraceRecord[]): Promise<Buffer> => {
  const blocks: Uint8Array[] = [];
  const out: Out = {
    text: (text) => blocks.push(Buffer.from(text)),
    bytes: (bytes) => blocks.push(bytes),
  };
  const exporter = await makeExporter(format, out);
  for (const record of records) {
    exporter.take(record);
  }
  exporter.end();
  return Buffer.concat(blocks);
};

export const exportedLines = async (format: StreamFormat, records: readonly NstraceRecord[]): Promise<unknown[]> =>
  (await exported(format, records))
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);

/** Numbers in order, as a recording has them. */
export const numbered = (records: readonly NstraceRecord[]): NstraceRecord[] =>
  records.map((record, index) => ({ ...record, seq: index + 1 }));

/** The paths of all fields of an object: `process.parent.pid`; those of lists once. */
export const pathsOf = (value: unknown, path = ''): string[] =>
  Array.isArray(value)
    ? value.flatMap((item) => pathsOf(item, path))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, path === '' ? key : `${path}.${key}`))
      : [path];
