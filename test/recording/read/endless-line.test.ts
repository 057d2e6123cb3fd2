import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { endEndless, maxLineBytes } from '../../../src/recording/read/endless-line.ts';
import { openSource } from '../../../src/recording/read/source.ts';
import { toLine } from '../../../src/recording/write/line.ts';
import { exec, footer, header } from '../../fixtures/records.ts';
import { recordsOf } from '../records-of.ts';

const zeros = Buffer.alloc(1024 * 1024);
const chunksOfZeros = (count: number): Buffer[] => Array.from({ length: count }, () => zeros);

const read = async (source: AsyncIterable<Buffer>): Promise<{ types: string[]; damage: string[] }> => {
  const damage: string[] = [];
  const types: string[] = [];
  for await (const { type } of recordsOf(source, ({ what }) => damage.push(what))) {
    types.push(type);
  }
  return { types, damage };
};

describe('a line without an end', () => {
  const begin = toLine({ ...header(), seq: 1 });
  const end = toLine({ ...exec(), seq: 2 }) + toLine({ ...footer(), seq: 3 });
  const withHole = (mebibytes: number): AsyncIterable<Buffer> =>
    endEndless(Readable.from([Buffer.from(begin), ...chunksOfZeros(mebibytes), Buffer.from(`\n${end}`)]));

  it('ends the reading, which says from which byte on', async () => {
    const { types, damage } = await read(withHole(1 + maxLineBytes / zeros.length));
    expect(types).toEqual(['header']);
    expect(damage[0]).toBe(
      `it ends in the middle: no line ends in the 64 MiB after byte ${begin.length}, and the rest was not read`,
    );
  });

  it('is one line of damage if it has an end after all', async () => {
    expect(await read(withHole(1))).toEqual({
      types: ['header', 'exec', 'footer'],
      damage: ['it is longer than a record can be'],
    });
  });

  it('counts from the beginning of the file, wherever reading began', async () => {
    const reading = async (): Promise<void> => {
      for await (const _ of endEndless(Readable.from(chunksOfZeros(1 + maxLineBytes / zeros.length)), 1000)) {
        // Only its end matters.
      }
    };
    await expect(reading()).rejects.toThrow('after byte 1000,');
  });

  it('is what a device has that never ends', async () => {
    const source = openSource('/dev/zero', { follow: false, signal: new AbortController().signal });
    expect((await read(source)).damage[0]).toContain('after byte 0,');
  });
});

it('reads no further where nothing was a record for long', async () => {
  const noise = Buffer.from('no record\n'.repeat(10_001));
  const { types, damage } = await read(Readable.from([noise, Buffer.from(toLine({ ...header(), seq: 1 }))]));
  expect(types).toEqual([]);
  expect(damage).toContain(
    'it ends in the middle: none of its first 10001 lines is a record, and the rest was not read',
  );
});
