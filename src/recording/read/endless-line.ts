const newline = 0x0a;

/** A line may be longer than a record can be: it is damage, and reading goes on after it. One of this length has no end. */
export const maxLineBytes = 64 * 1024 * 1024;

export class EndlessLine extends Error {
  constructor(offset: number) {
    super(`no line ends in the ${maxLineBytes / 1024 / 1024} MiB after byte ${offset}, and the rest was not read`);
  }
}

/**
 * The chunks of a source, until one of its lines has no end: `/dev/zero`, a hole in a file, what unpacks to zeros.
 *
 * @param from where the chunks begin, in bytes
 * @throws EndlessLine after the chunk in which a line got too long
 */
export async function* endEndless(chunks: AsyncIterable<Buffer>, from = 0): AsyncGenerator<Buffer, void> {
  let offset = from;
  let begins = from;
  for await (const chunk of chunks) {
    const last = chunk.lastIndexOf(newline);
    begins = last === -1 ? begins : offset + last + 1;
    offset += chunk.length;
    yield chunk;
    if (offset - begins > maxLineBytes) {
      throw new EndlessLine(begins);
    }
  }
}
