import split2 from 'split2';
import type { ContainerRef, NstraceRecord } from '../record/schema.ts';
import { boundedLines } from './bounded.ts';
import { maxRecordBytes } from './line.ts';
import { openSource } from './source.ts';

/** How a `container` record with the op `named` looks in its line, as nstrace writes it. */
const mark = '"op":"named"';

/** Names that a recording tells late, by the id of their container. A file is read once more for them. */
export const readLateNames = async (path: string, signal: AbortSignal): Promise<Map<string, ContainerRef>> =>
  (await overlook(path, signal)).names;

/** What has to be known of a recording before it is shown: late names, and when its last record was. */
export const overlook = async (
  path: string,
  signal: AbortSignal,
): Promise<{ names: Map<string, ContainerRef>; lastMono: string | undefined }> => {
  const names = new Map<string, ContainerRef>();
  let lastLine = '';
  const source = openSource(path, { follow: false, signal });
  const lines = split2('\n', (line: string) => {
    lastLine = line || lastLine;
    return line.includes(mark) ? line : undefined;
  });
  const bounded = boundedLines(maxRecordBytes + 1);
  source.on('error', () => bounded.end());
  for await (const line of source.pipe(bounded).pipe(lines) as AsyncIterable<string>) {
    try {
      const { type, op, container } = JSON.parse(line);
      if (type === 'container' && op === 'named' && typeof container?.id === 'string') {
        const { id, name, runtime } = container;
        names.set(id, { id, name: String(name), runtime: String(runtime) });
      }
    } catch {
      // A line that is no record is told when the records are read.
    }
  }
  return { names, lastMono: /"mono":"(\d+)"/.exec(lastLine)?.[1] };
};

/** Gives a record the name that its container got later. */
export const applyLateName = (record: NstraceRecord, names: ReadonlyMap<string, ContainerRef>): void => {
  if (names.size > 0 && 'container' in record && record.container) {
    const late = names.get(record.container.id);
    if (late !== undefined) {
      record.container.name = late.name;
      record.container.runtime = late.runtime;
    }
    for (const outer of (record.type === 'container' && record.container.inside) || []) {
      outer.name = names.get(outer.id)?.name ?? outer.name;
    }
  }
};
