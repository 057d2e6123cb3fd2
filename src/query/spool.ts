import { writeSync } from 'node:fs';
import type { NstraceRecord } from '../record/schema.ts';
import type { Damage } from '../recording/damage.ts';
import { readRecords } from '../recording/reader.ts';
import { openSource } from '../recording/source.ts';
import { openNameless } from '../recording/spool.ts';

/** What is taken of a recording; a record may be another on its way. */
export type Take = (record: NstraceRecord) => NstraceRecord | undefined;

/** The bytes of a recording as they are, unpacked, in a file that only this process can reach. */
export const spoolBytes = async (path: string, signal: AbortSignal): Promise<number> => {
  const spool = openNameless();
  for await (const chunk of openSource(path, { follow: false, signal })) {
    writeWhole(spool, chunk);
  }
  return spool;
};

/**
 * The records of a recording that are taken, each with the recording and host that it is of: also where several were put
 * one behind the other.
 */
export const spoolRecords = async (
  path: string,
  take: Take,
  onDamage: (damage: Damage) => void,
  signal: AbortSignal,
): Promise<number> => {
  const spool = openNameless();
  for await (const { header, records } of readRecords(path, { signal, onDamage })) {
    const origin = { recording: header?.recording ?? '', host: header?.host.name ?? '' };
    let text = '';
    for (const record of records) {
      const taken = take(record);
      if (taken !== undefined) {
        text += `${JSON.stringify(taken.type === 'header' ? taken : { ...origin, ...taken })}\n`;
      }
    }
    writeWhole(spool, Buffer.from(text));
  }
  return spool;
};

const writeWhole = (descriptor: number, bytes: Buffer): void => {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(descriptor, bytes, done);
  }
};
