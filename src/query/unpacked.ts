import { writeSync } from 'node:fs';
import { NstraceError } from '../errors.ts';
import type { NstraceRecord } from '../record/schema.ts';
import { EndlessLine, maxLineBytes } from '../recording/read/endless-line.ts';
import { type ReadOptions, readRecords } from '../recording/read/reader.ts';
import { openSource } from '../recording/read/source.ts';
import { openNameless } from '../recording/read/temporary.ts';

/** What is taken of a recording; a record may be another on its way. */
export type Take = (record: NstraceRecord) => NstraceRecord | undefined;

/** How a record begins: a file without it in its first bytes is no recording (a device without end). */
const recordMark = '{"type":"';

/**
 * The bytes of a recording as they are, unpacked, in a file that only this process can reach: those before the place where
 * reading fails, if it does.
 */
export const spoolBytes = async (
  path: string,
  onFailure: (what: string) => void,
  signal: AbortSignal,
): Promise<number> => {
  const spool = openNameless();
  let begun = false;
  let bytes = 0;
  const chunks = openSource(path, { follow: false, signal });
  for (;;) {
    const next = await chunks.next().catch((error: Error) => {
      if (error instanceof NstraceError) {
        throw error;
      }
      // A line without an end is reported where the records of the copy are read.
      if (!(error instanceof EndlessLine)) {
        onFailure(`it ends in the middle: ${error.message}`);
      }
      return { done: true } as const;
    });
    if (next.done) {
      return spool;
    }
    writeWhole(spool, next.value);
    begun ||= next.value.includes(recordMark);
    bytes += next.value.length;
    if (!begun && bytes > maxLineBytes) {
      return spool;
    }
  }
};

/** Text that is collected before it is written. */
const blockCharacters = 1024 * 1024;

/** Records in a nameless file, each with the recording and host that it is of. */
export class RecordSpool {
  readonly descriptor = openNameless();
  #origin = { recording: '', host: '' };
  #text = '';

  put(record: NstraceRecord): void {
    if (record.type === 'header') {
      this.#origin = { recording: record.recording, host: record.host.name };
    }
    this.#text += `${JSON.stringify(record.type === 'header' ? record : { ...this.#origin, ...record })}\n`;
    if (this.#text.length > blockCharacters) {
      this.flush();
    }
  }

  flush(): void {
    writeWhole(this.descriptor, Buffer.from(this.#text));
    this.#text = '';
  }
}

/**
 * The records of a recording that are taken: also where several recordings were put one behind the other.
 *
 * @param options as the reader takes them
 */
export const spoolRecords = async (
  path: string,
  take: Take,
  options: Pick<ReadOptions, 'onDamage' | 'signal' | 'spool' | 'seeker'>,
): Promise<number> => {
  const spool = new RecordSpool();
  for await (const { records } of readRecords(path, options)) {
    for (const record of records) {
      const taken = take(record);
      if (taken !== undefined) {
        spool.put(taken);
      }
    }
  }
  spool.flush();
  return spool.descriptor;
};

const writeWhole = (descriptor: number, bytes: Buffer): void => {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done);
  }
};
