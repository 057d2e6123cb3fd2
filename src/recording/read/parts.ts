import { NstraceError } from '../../errors.ts';
import { maxRecordBytes } from '../write/line.ts';
import { decode } from './lines.ts';
import { isPlainFile, openSource } from './source.ts';

/** What a file's first line says of the recording it is a part of. */
interface Part {
  readonly path: string;
  readonly recording: string;
  readonly part: number;
}

/**
 * Puts the files together that are parts of one recording, in the order of their numbers; all others stand alone. The order
 * is that of the first file of each.
 */
export const groupParts = async (paths: readonly string[], signal: AbortSignal): Promise<string[][]> => {
  if (paths.length === 1) {
    return [[...paths]];
  }
  const groups = new Map<string, Part[]>();
  for (const [index, path] of paths.entries()) {
    const found = isPlainFile(path) ? await readPart(path, signal) : undefined;
    const key = found === undefined ? `${index}` : found.recording;
    groups.set(key, [...(groups.get(key) ?? []), found ?? { path, recording: key, part: 0 }]);
  }
  return [...groups.values()].map((parts) => parts.sort((a, b) => a.part - b.part).map(({ path }) => path));
};

/** What the file's header says; undefined if it has none, or is not a part. */
const readPart = async (path: string, signal: AbortSignal): Promise<Part | undefined> => {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of openSource(path, { follow: false, signal })) {
      chunks.push(Buffer.from(chunk.subarray(0, maxRecordBytes)));
      length += chunk.length;
      if (chunk.includes(0x0a) || length > maxRecordBytes) {
        break;
      }
    }
    const text = decode(Buffer.concat(chunks));
    const { type, recording, part } = JSON.parse(text.slice(0, text.indexOf('\n')).replace(/^\ufeff/, ''));
    return type === 'header' && typeof part === 'number' && typeof recording === 'string'
      ? { path, recording: ` ${recording}`, part }
      : undefined;
  } catch (error) {
    if (error instanceof NstraceError) {
      throw error;
    }
    // What is wrong with it is reported when it is read.
    return undefined;
  }
};
