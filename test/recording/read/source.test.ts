import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Readable } from 'node:stream';
import { gunzipSync, gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { divertSay } from '../../../src/console/say.ts';
import { NstraceError } from '../../../src/errors.ts';
import { RecordingInput } from '../../../src/input/recording.ts';
import type { Damage } from '../../../src/recording/read/damage.ts';
import { openSource } from '../../../src/recording/read/source.ts';
import { toLine } from '../../../src/recording/write/line.ts';
import { exec, footer, header } from '../../fixtures/records.ts';
import { recordsOf } from '../records-of.ts';

let folder: string;
let path: string;
let aborter: AbortController;
let said: string[];
beforeEach(() => {
  said = [];
  divertSay((text) => said.push(text));
  folder = mkdtempSync(`${tmpdir()}/nstrace-source-`);
  path = `${folder}/a.ndjson`;
  aborter = new AbortController();
});
afterEach(() => {
  divertSay(undefined);
  aborter.abort();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const open = (follow = false, from = path): AsyncGenerator<Buffer, void> =>
  openSource(from, { follow, signal: aborter.signal });

const textOf = async (source: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of source) {
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString();
};

const typesOf = async (source: AsyncIterable<Buffer>) => {
  const damage: Omit<Damage, 'file'>[] = [];
  const types: string[] = [];
  for await (const { type } of recordsOf(source, ({ line, what }) => damage.push({ line, what }))) {
    types.push(type);
  }
  return { types, damage };
};

const lines = (...records: Parameters<typeof toLine>[0][]): string =>
  records.map((record, index) => toLine({ ...record, seq: index + 1 })).join('');

/** A recording that does not become small when it is packed, and what it is packed. */
const long = lines(
  header(),
  ...Array.from({ length: 5000 }, (_, index) => exec({ args: [String(Math.imul(index + 1, 2654435761))] })),
  footer(),
);

describe('openSource', () => {
  it('gives the bytes of a file', async () => {
    writeFileSync(path, long);
    expect(await textOf(open())).toBe(long);
  });

  it.each(['', 'x', '\n', '\x1f'])('gives those of a file with no more than %j', async (text) => {
    writeFileSync(path, text);
    expect(await textOf(open())).toBe(text);
  });

  it('gives what a packed file had before it was packed, whatever its name is', async () => {
    writeFileSync(path, gzipSync(long));
    expect(await textOf(open())).toBe(long);
  });

  it('gives all of packed files that were put one behind the other', async () => {
    writeFileSync(path, Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]));
    expect(await textOf(open())).toBe('one\ntwo\n');
  });

  it('reads a pipe that has a name, as <(...) in a shell', async () => {
    writeFileSync(path, long);
    const pipe = `${folder}/pipe`;
    await execa('mkfifo', [pipe]);
    const writer = spawn('sh', ['-c', 'exec cat "$1" > "$2"', 'sh', path, pipe], { stdio: 'ignore' });
    const ended = once(writer, 'exit');
    expect(await textOf(open(false, pipe))).toBe(long);
    await ended;
  });

  it.each(['missing', 'missing/below'])('throws an error that says what to do if there is no file %j', async (name) => {
    const error = await errorOf(`${folder}/${name}`);
    expect(error).toMatchObject({
      status: 1,
      message: `cannot open ${folder}/${name}: there is no such file`,
      advice: expect.stringContaining('nstrace record'),
    });
  });

  it.each([false, true])('throws an error if it is a folder, with follow %j', async (follow) => {
    expect(await errorOf(folder, follow)).toMatchObject({
      status: 1,
      message: `cannot open ${folder}: it is a folder`,
    });
  });

  it('throws an error if a folder on the way is a file', async () => {
    writeFileSync(path, '');
    expect(await errorOf(`${path}/b`)).toMatchObject({ status: 1 });
  });
});

const errorOf = async (from: string, follow = false): Promise<unknown> => {
  const error = await Promise.resolve()
    .then(() => textOf(open(follow, from)))
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NstraceError);
  return error;
};

describe('standard input', () => {
  const standardInput = (...chunks: Buffer[]) =>
    vi
      .spyOn(process, 'stdin', 'get')
      .mockReturnValue(Readable.from(chunks, { objectMode: false }) as unknown as typeof process.stdin);

  it('is read as it is', async () => {
    standardInput(Buffer.from('one\n'), Buffer.from('two\n'));
    expect(await textOf(open(false, '-'))).toBe('one\ntwo\n');
  });

  it('is unpacked if it is packed', async () => {
    const packed = gzipSync(long);
    standardInput(packed.subarray(0, 1000), packed.subarray(1000));
    expect(await textOf(open(false, '-'))).toBe(long);
  });

  it('may be empty', async () => {
    standardInput();
    expect(await textOf(open(false, '-'))).toBe('');
  });

  it('gives what it had if it is packed and ends early', async () => {
    const packed = gzipSync(long);
    standardInput(packed.subarray(0, 1000), packed.subarray(1000, packed.length / 2));
    const { types, damage } = await typesOf(open(false, '-'));
    expect(types.slice(0, 2)).toEqual(['header', 'exec']);
    expect(damage.at(-1)?.what).toContain('it is incomplete');
  });

  it('is damaged, and no more than that, if it is packed and broken', async () => {
    standardInput(broken());
    const { types, damage } = await typesOf(open(false, '-'));
    expect(types).not.toContain('footer');
    expect(damage.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^it ends in the middle: /));
  });
});

/** Packed, and wrong from the middle on. */
const broken = (): Buffer => {
  const packed = gzipSync(long);
  const middle = Math.floor(packed.length / 2);
  packed.fill(0xff, middle, middle + 1000);
  expect(() => gunzipSync(packed)).toThrow();
  return packed;
};

describe('a packed recording', () => {
  it('is whole if it is', async () => {
    writeFileSync(path, gzipSync(long));
    const { types, damage } = await typesOf(open());
    expect(types).toHaveLength(5002);
    expect(damage).toEqual([]);
  });

  it.each([0.2, 0.5, 0.9])('gives what it had, and is damaged, when only %d of it are there', async (part) => {
    const packed = gzipSync(long);
    const length = Math.floor(packed.length * part);
    writeFileSync(path, packed.subarray(0, length));
    const { types, damage } = await typesOf(open());
    expect(types.length).toBeGreaterThan(5000 * part * 0.5);
    expect(types.length).toBeLessThan(5001);
    expect(types).not.toContain('footer');
    expect(damage).toEqual([{ line: 0, what: `it is incomplete: it was cut off after record ${types.length}` }]);
  });

  it('is damaged, and gives what came before, when it is broken in the middle', async () => {
    writeFileSync(path, broken());
    const { types, damage } = await typesOf(open());
    expect(types[0]).toBe('header');
    expect(damage.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^it ends in the middle: /));
    expect(types).not.toContain('footer');
  });

  it('is damaged, and no more than that, when it is broken from the beginning and read as commands do', async () => {
    writeFileSync(path, Buffer.concat([gzipSync(long).subarray(0, 10), Buffer.alloc(1000, 0xff)]));
    // Who comes first is chance: the error, or the one who listens to it.
    for (let round = 1; round <= 8; round += 1) {
      said = [];
      const input = new RecordingInput(path, {}, aborter.signal);
      for await (const record of input.records()) {
        expect.unreachable(`a ${record.type}`);
      }
      expect(input.status()).toBe(0);
      expect(said.join()).toContain('it ends in the middle: invalid block type');
    }
  });

  it('is damaged when its sum is wrong, after its records', async () => {
    const packed = gzipSync(long);
    packed.writeUInt32LE(packed.readUInt32LE(packed.length - 8) ^ 1, packed.length - 8);
    writeFileSync(path, packed);
    const { types, damage } = await typesOf(open());
    expect(types.length).toBeGreaterThan(4000);
    expect(damage.map(({ what }) => what)).toContain('it ends in the middle: incorrect data check');
  });
});

describe('a recording that is followed', () => {
  it('gives what is added to it, until it is asked to stop', async () => {
    writeFileSync(path, lines(header()));
    const records = recordsOf(open(true), () => {});
    expect((await records.next()).value).toMatchObject({ type: 'header' });
    appendFileSync(path, toLine(exec({ seq: 2, args: ['one'] })));
    expect((await records.next()).value).toMatchObject({ type: 'exec', args: ['one'] });
    appendFileSync(path, toLine(exec({ seq: 3, args: ['two'] })) + toLine(exec({ seq: 4, args: ['three'] })));
    expect((await records.next()).value).toMatchObject({ args: ['two'] });
    expect((await records.next()).value).toMatchObject({ args: ['three'] });
    aborter.abort();
    expect(await records.next()).toEqual({ done: true, value: undefined });
  });

  it('waits for the rest of a line', async () => {
    const line = toLine(exec({ seq: 2, args: ['ä'] }));
    const bytes = Buffer.from(line);
    const middle = bytes.indexOf(0xc3) + 1;
    writeFileSync(path, lines(header()));
    appendFileSync(path, bytes.subarray(0, middle));
    const damage: Damage[] = [];
    const records = recordsOf(open(true), (one) => damage.push(one));
    await records.next();
    appendFileSync(path, bytes.subarray(middle));
    expect((await records.next()).value).toMatchObject({ args: ['ä'] });
    expect(damage).toEqual([]);
  });

  it('may be empty first', async () => {
    writeFileSync(path, '');
    const records = recordsOf(open(true), () => {});
    const first = records.next();
    appendFileSync(path, lines(header()));
    expect((await first).value).toMatchObject({ type: 'header' });
  });

  it('stops while it waits', async () => {
    writeFileSync(path, 'x');
    const text = textOf(open(true));
    setImmediate(() => aborter.abort());
    expect(['', 'x']).toContain(await text);
  });

  it('gives nothing if it is asked to stop before', async () => {
    writeFileSync(path, 'x');
    aborter.abort();
    expect(await textOf(open(true))).toBe('');
  });

  it('stops when nobody reads on', async () => {
    writeFileSync(path, lines(header()));
    const source = open(true);
    for await (const record of recordsOf(source, () => {})) {
      expect(record.type).toBe('header');
      break;
    }
    expect(await source.next()).toEqual({ done: true, value: undefined });
  });

  it('is unpacked as far as it is written', async () => {
    const packed = gzipSync(long);
    const middle = Math.floor(packed.length / 2);
    writeFileSync(path, packed.subarray(0, middle));
    const records = recordsOf(open(true), () => {});
    expect((await records.next()).value).toMatchObject({ type: 'header' });
    appendFileSync(path, packed.subarray(middle));
    let last = '';
    for await (const { type } of records) {
      last = type;
      if (type === 'footer') {
        break;
      }
    }
    expect(last).toBe('footer');
  });
});
