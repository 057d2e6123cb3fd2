import { describe, expect, it } from 'vitest';
import { toLines, toWholeLines } from '../../../src/probe/decode/lines.ts';

const linesOf = async (chunks: readonly string[], reader: typeof toLines): Promise<string[]> => {
  const lines: string[] = [];
  const stream = reader((line) => lines.push(line));
  for (const chunk of chunks) {
    stream.write(chunk);
  }
  await new Promise<void>((resolve) => stream.once('end', resolve).end());
  return lines;
};

describe('lines of bpftrace', () => {
  it('are put together from pieces, and given as soon as they end', () => {
    const lines: string[] = [];
    const stream = toWholeLines((line) => lines.push(line));
    stream.write('E 1 2\nX');
    expect(lines).toEqual(['E 1 2']);
    stream.write(' 3\n\n');
    expect(lines).toEqual(['E 1 2', 'X 3', '']);
  });

  it('end with a newline, or are a piece of one when it was killed', async () => {
    const chunks = ['H 1\n@seq[0]: 12', '34'];
    expect(await linesOf(chunks, toWholeLines)).toEqual(['H 1']);
    expect(await linesOf(chunks, toLines)).toEqual(['H 1', '@seq[0]: 1234']);
  });

  it('that are too long are dropped, and those after them are not', async () => {
    const long = 'x'.repeat(50_000);
    expect(await linesOf(['H 1\n', long, long, long, '\nH 2\n'], toWholeLines)).toEqual(['H 1', 'H 2']);
  });
});
