import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { NstraceRecord } from '../../../src/record/schema.ts';
import type { Damage } from '../../../src/recording/read/damage.ts';
import { maxRecordBytes, toLine } from '../../../src/recording/write/line.ts';
import { container, exec, exit, footer, fork, header, lost } from '../../fixtures/records.ts';
import { recordsOf } from '../records-of.ts';

/** Records as a recording has them, numbered from 1. */
const numbered = (...records: NstraceRecord[]): NstraceRecord[] =>
  records.map((record, index) => ({ ...record, seq: index + 1 }));
const linesOf = (...records: NstraceRecord[]): string[] => numbered(...records).map(toLine);

const read = async (source: AsyncIterable<Buffer>) => {
  const damage: Omit<Damage, 'file'>[] = [];
  const records: NstraceRecord[] = [];
  for await (const record of recordsOf(source, ({ line, what }) => damage.push({ line, what }))) {
    records.push(record);
  }
  return { records, damage, types: records.map(({ type }) => type) };
};

/** What is read of a text that comes at once, or in chunks of that many bytes. */
const readText = (text: string | Buffer, chunk = Number.POSITIVE_INFINITY) => {
  const bytes = Buffer.from(text as string);
  const chunks: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += chunk) {
    chunks.push(bytes.subarray(from, from + chunk));
  }
  return read(Readable.from(chunks, { objectMode: false }));
};

const whole = [header(), fork(), exec({ args: ['ä', '😀'] }), container(), lost(), exit(), footer()];

describe('readChunks', () => {
  it.each([1, 7, 1000, Number.POSITIVE_INFINITY])(
    'gives a whole recording as it was, in chunks of %d bytes',
    async (chunk) => {
      const { records, damage } = await readText(linesOf(...whole).join(''), chunk);
      expect(records).toEqual(numbered(...whole));
      expect(damage).toEqual([]);
    },
  );

  it('gives records before the source has ended', async () => {
    const source = new Readable({ read() {} });
    const records = recordsOf(source, () => {});
    source.push(linesOf(...whole)[0]);
    expect((await records.next()).value).toMatchObject({ type: 'header' });
    source.push(null);
    expect((await records.next()).done).toBe(true);
  });

  it('closes the source when nobody reads on', async () => {
    const source = new Readable({ read() {} });
    source.push(linesOf(...whole).join(''));
    for await (const record of recordsOf(source, () => {})) {
      expect(record.type).toBe('header');
      break;
    }
    expect(source.destroyed).toBe(true);
  });

  it('takes lines that end as on Windows, and empty ones', async () => {
    const lines = linesOf(...whole).map((line) => line.replace('\n', '\r\n'));
    expect(await readText(lines.join(''))).toMatchObject({ records: numbered(...whole), damage: [] });
    expect(await readText(linesOf(...whole).join('\n'))).toMatchObject({ records: numbered(...whole), damage: [] });
  });

  it('needs no newline after the footer', async () => {
    const { types, damage } = await readText(
      linesOf(...whole)
        .join('')
        .trimEnd(),
    );
    expect(types).toEqual(whole.map(({ type }) => type));
    expect(damage).toEqual([]);
  });

  it('leaves out types that it does not know, and counts them', async () => {
    const [first, second, ...rest] = linesOf(...whole);
    const unknown = `${JSON.stringify({ type: 'from-the-future', seq: 2, more: [1] })}\n`;
    expect(second).toContain('"seq":2');
    const { records, damage } = await readText([first, unknown, ...rest].join(''));
    expect(records.map(({ seq }) => seq)).toEqual([1, 3, 4, 5, 6, 7]);
    expect(damage).toEqual([]);
  });

  it('takes a loss at a stage that it does not know', async () => {
    const { records, damage } = await readText(linesOf(header(), lost({ stage: 'orbit' }), footer()).join(''));
    expect(records[1]).toMatchObject({ type: 'lost', stage: 'orbit' });
    expect(damage).toEqual([]);
  });

  it('ignores fields that it does not know', async () => {
    const [first, second, ...rest] = linesOf(header(), exec(), footer());
    const more = second!.replace('{', '{"future":{"deep":[null]},');
    const { records, damage } = await readText([first, more, ...rest].join(''));
    expect(records[1]).toMatchObject(numbered(header(), exec())[1]!);
    expect(damage).toEqual([]);
  });

  it('reads recordings that were put one behind the other', async () => {
    const one = linesOf(header(), exec(), footer()).join('');
    expect(await readText(one + one)).toMatchObject({
      types: ['header', 'exec', 'footer', 'header', 'exec', 'footer'],
      damage: [],
    });
  });
});

describe('what is wrong with a recording', () => {
  it('is that it is empty', async () => {
    expect(await readText('')).toEqual({ records: [], types: [], damage: [{ line: 0, what: 'it is empty' }] });
  });

  it('is that it has no end', async () => {
    const { types, damage } = await readText(linesOf(header(), exec()).join(''));
    expect(types).toEqual(['header', 'exec']);
    expect(damage).toEqual([{ line: 0, what: 'it is incomplete: it was cut off after record 2' }]);
  });

  it('is once only that its last line is half a line', async () => {
    const text = linesOf(header(), exec(), footer()).join('');
    const { types, damage } = await readText(text.slice(0, -100));
    expect(types).toEqual(['header', 'exec']);
    expect(damage).toEqual([{ line: 0, what: 'it is incomplete: it was cut off after record 2' }]);
  });

  it('is its last line if that is not even half a record', async () => {
    const { damage } = await readText('\x7fELF\x02\x01');
    expect(damage[0]).toEqual({ line: 1, what: 'it is not JSON' });
  });

  it('is its last line if that is whole and no record', async () => {
    const { types, damage } = await readText(`${linesOf(header(), exec()).join('')}garbage\n`);
    expect(types).toEqual(['header', 'exec']);
    expect(damage).toEqual([
      { line: 3, what: 'it is not JSON' },
      { line: 0, what: 'it is incomplete: it was cut off after record 2' },
    ]);
  });

  it('is that the first of two recordings has no end', async () => {
    const cut = linesOf(header(), exec()).join('');
    const { types, damage } = await readText(cut + linesOf(header(), footer()).join(''));
    expect(types).toEqual(['header', 'exec', 'header', 'footer']);
    expect(damage).toHaveLength(1);
    expect(damage[0]?.what).toContain('cut off after record 2');
  });

  it('is that something follows its footer that has none', async () => {
    const { damage } = await readText(linesOf(header(), footer(), exec()).join(''));
    expect(damage).toEqual([{ line: 0, what: 'it is incomplete: it was cut off after record 3' }]);
  });

  it('is that it does not begin with a header', async () => {
    const { types, damage } = await readText(linesOf(header(), exec(), exec(), footer()).slice(1).join(''));
    expect(types).toEqual(['exec', 'exec', 'footer']);
    expect(damage).toEqual([{ line: 1, what: 'it does not begin with a header: 1 record is missing before it' }]);
  });

  it('is that its beginning is gone, also where that cut a line in two, or left the header', async () => {
    const lines = linesOf(header(), exec(), exec(), exec(), footer());
    const cut = [lines[1]!.slice(20), ...lines.slice(2)].join('');
    expect((await readText(cut)).damage).toEqual([
      { line: 1, what: 'it is not JSON' },
      { line: 2, what: 'it does not begin with a header: 2 records are missing before it' },
    ]);
    expect((await readText([lines[0], ...lines.slice(3)].join(''))).damage).toEqual([
      { line: 2, what: '2 records are missing before it' },
    ]);
    const late = lines.map((line) => line.replace(/"seq":(\d)/, '"seq":10$1'));
    expect((await readText(late.join(''))).damage).toEqual([{ line: 1, what: '100 records are missing before it' }]);
  });

  it.each([
    ['garbage', 'it is not JSON'],
    ['{"type":"exec",', 'it is not JSON'],
    ['\x00\x00\x00', 'it is not JSON'],
    ['42', 'it is not a record'],
    ['null', 'it is not a record'],
    ['[]', 'it is not a record'],
    ['{"type":7,"seq":2}', 'it is not a record'],
    ['{"type":"exec"}', 'it has no number'],
    ['{"type":"from-the-future"}', 'it has no number'],
    ['{"type":"exec","seq":"2"}', 'it has no number'],
  ])('is a line in the middle that is %j', async (line, what) => {
    const [first, ...rest] = linesOf(header(), exec(), footer());
    const { types, damage } = await readText(`${first}${line}\n${rest.join('')}`);
    expect(types).toEqual(['header', 'exec', 'footer']);
    expect(damage).toEqual([{ line: 2, what }]);
  });

  it('is also that a record is missing for such a line', async () => {
    const [first, , ...rest] = linesOf(header(), exec(), exit(), footer());
    const { types, damage } = await readText([first, 'garbage\n', ...rest].join(''));
    expect(types).toEqual(['header', 'exit', 'footer']);
    expect(damage.map(({ line }) => line)).toEqual([2, 3]);
  });

  it.each<[string, unknown, string]>([
    ['pid', '500', 'pid'],
    ['args', [7], 'args.0'],
    ['ret', 5, 'ret'],
    ['mono', 12, 'mono'],
    ['time', 'yesterday', 'time'],
    ['ns', null, 'ns'],
    ['container', 'web', 'container'],
    ['nspid', [], 'nspid'],
    ['comm', undefined, 'comm'],
    ['origin', 'nowhere', 'origin'],
  ])('is that the field %s of a record is %j', async (field, value, path) => {
    const bad = { ...exec(), seq: 2, [field]: value } as NstraceRecord;
    const [first, , ...rest] = linesOf(header(), exec(), exit(), footer());
    const { types, damage } = await readText([first, `${JSON.stringify(bad)}\n`, ...rest].join(''));
    expect(types).toEqual(['header', 'exit', 'footer']);
    expect(damage[0]).toMatchObject({ line: 2 });
    expect(damage[0]?.what).toMatch(`it is no exec of nstrace/1: ${path} `);
  });

  it('is a header of another format', async () => {
    const other = toLine(header()).replace('nstrace/1', 'nstrace/2');
    const { damage } = await readText(other + linesOf(header(), footer())[1]);
    expect(damage[0]?.what).toMatch(/^it is no header of nstrace\/1: schema /);
  });

  it('is how many records are missing, and where', async () => {
    const lines = linesOf(header(), exec(), exec(), exec(), exit(), footer());
    const { types, damage } = await readText([...lines.slice(0, 2), ...lines.slice(4)].join(''));
    expect(types).toEqual(['header', 'exec', 'exit', 'footer']);
    expect(damage).toEqual([{ line: 3, what: '2 records are missing before it' }]);
  });

  it('is that records are out of order, or there twice', async () => {
    const [first, second, third, last] = linesOf(header(), exec(), exit(), footer());
    expect((await readText([first, third, second, last].join(''))).damage).toEqual([
      { line: 2, what: '1 record is missing before it' },
      { line: 3, what: 'it is out of order' },
      { line: 4, what: '1 record is missing before it' },
    ]);
    expect((await readText([first, second, second, third, last].join(''))).damage).toEqual([
      { line: 3, what: 'it is out of order' },
    ]);
  });

  it('is that reading it fails in the middle', async () => {
    const source = Readable.from(
      (async function* () {
        yield Buffer.from(linesOf(header(), exec()).join(''));
        await new Promise(setImmediate);
        throw new Error('I/O error');
      })(),
      { objectMode: false },
    );
    const { types, damage } = await read(source);
    expect(types).toEqual(['header', 'exec']);
    expect(damage).toContainEqual({ line: 0, what: 'it ends in the middle: I/O error' });
  });
});

describe('a line that is longer than a record can be', () => {
  const long = 'x'.repeat(5 * maxRecordBytes);
  const [first, second, ...rest] = linesOf(header(), exec(), exit(), footer());

  it.each([1000, 64 * 1024, Number.POSITIVE_INFINITY])(
    'is reported and left out, in chunks of %d bytes',
    async (chunk) => {
      const { types, damage } = await readText([first, second, `${long}\n`, ...rest].join(''), chunk);
      expect(types).toEqual(['header', 'exec', 'exit', 'footer']);
      expect(damage.map(({ line }) => line)).toEqual([3]);
    },
  );

  it.each([1000, Number.POSITIVE_INFINITY])(
    'does not change the numbers of lines after it, in chunks of %d bytes',
    async (chunk) => {
      const { damage } = await readText([first, second, `${long}\n`, 'garbage\n', ...rest].join(''), chunk);
      expect(damage).toContainEqual({ line: 4, what: 'it is not JSON' });
    },
  );

  it('is reported as missing if it was one', async () => {
    const huge = toLine(exec()).replace('"seq":1', '"seq":2').replace('"-l"', `"${long}"`);
    const { types, damage } = await readText([first, huge, ...rest].join(''), 1000);
    expect(types).toEqual(['header', 'exit', 'footer']);
    expect(damage.map(({ what }) => what)).toContain('1 record is missing before it');
  });

  it('does not fill memory if it never ends', async () => {
    const { types, damage } = await readText([first, second, long].join(''), 1000);
    expect(types).toEqual(['header', 'exec']);
    expect(damage).toContainEqual({ line: 0, what: 'it is incomplete: it was cut off after record 2' });
  });

  it('is none if it is as long as a record may be', async () => {
    const args = ['x'.repeat(maxRecordBytes - 2000)];
    const { records, damage } = await readText(linesOf(header(), exec({ args }), footer()).join(''), 1000);
    expect(records[1]).toMatchObject({ args });
    expect(damage).toEqual([]);
  });
});

describe('a recording from elsewhere', () => {
  it.each([1, 2, 7, Number.POSITIVE_INFINITY])(
    'may begin with a byte order mark, in chunks of %d bytes',
    async (chunk) => {
      expect(await readText(`\ufeff${linesOf(...whole).join('')}`, chunk)).toMatchObject({
        records: numbered(...whole),
        damage: [],
      });
      expect((await readText('\ufeff', chunk)).damage).toEqual([{ line: 0, what: 'it is empty' }]);
    },
  );

  it('may be nested, but not so deep that it cannot be written again', async () => {
    const nested = (depth: number): string =>
      toLine(header()).replace('"filters":{}', `"filters":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    const rest = linesOf(header(), footer())[1];
    expect((await readText(nested(400) + rest)).damage).toEqual([]);
    const { types, damage } = await readText(nested(20_000) + rest);
    expect(types).toEqual(['footer']);
    expect(damage[0]).toEqual({ line: 1, what: 'it is nested too deep' });
  });

  it('may have brackets in its texts', async () => {
    const args = ['"['.repeat(5000)];
    expect((await readText(linesOf(header(), exec({ args }), footer()).join(''))).damage).toEqual([]);
  });
});

describe('types that are not wanted', () => {
  const of = async (text: string, ...types: NstraceRecord['type'][]) => {
    const damage: string[] = [];
    const records: NstraceRecord[] = [];
    const source = Readable.from([Buffer.from(text)], { objectMode: false });
    for await (const record of recordsOf(source, ({ line, what }) => damage.push(`${line}: ${what}`), types)) {
      records.push(record);
    }
    return { damage, types: records.map(({ type }) => type) };
  };

  it('are left out, but for what frames a recording', async () => {
    const lines = linesOf(header(), fork(), exec(), lost(), exit(), container(), footer()).join('');
    expect(await of(lines, 'exec')).toEqual({ types: ['header', 'exec', 'lost', 'footer'], damage: [] });
    expect(await of(lines)).toEqual({ types: ['header', 'lost', 'footer'], damage: [] });
  });

  it('count as records that are there', async () => {
    const [first, second, , ...rest] = linesOf(header(), fork(), fork(), fork(), exec(), footer());
    expect((await of([first, second, ...rest].join(''), 'exec')).damage).toEqual(['3: 1 record is missing before it']);
  });

  it('are damage where their line is torn', async () => {
    const [first, second, ...rest] = linesOf(header(), fork(), exec(), footer());
    expect((await of([first, `${second!.slice(0, -20)}\n`, ...rest].join(''), 'exec')).damage).toEqual([
      '2: it is not JSON',
      '3: 1 record is missing before it',
    ]);
  });

  it('are recognised also where their fields are in another order', async () => {
    const [first, second, ...rest] = linesOf(header(), fork(), exec(), footer());
    const { type, ...fields } = JSON.parse(second!);
    const other = `${JSON.stringify({ ...fields, type })}\n`;
    expect(await of([first, other, ...rest].join(''), 'exec')).toEqual({
      types: ['header', 'exec', 'footer'],
      damage: [],
    });
  });

  it('do not hide that there is no header', async () => {
    const lines = linesOf(header(), fork(), exec(), footer()).slice(1).join('');
    expect((await of(lines, 'exec')).damage).toEqual([
      '1: it does not begin with a header: 1 record is missing before it',
    ]);
  });
});
