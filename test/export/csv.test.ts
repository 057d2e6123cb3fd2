import { expect, it } from 'vitest';
import { exec, exit, header, inContainer, lost } from '../fixtures/records.ts';
import { exported } from './support.ts';

/** Cells by RFC 4180, by a reader that is not ours to write by. */
const parse = (text: string): string[][] => {
  const rows: string[][] = [[]];
  let cell = '';
  let quoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (quoted) {
      if (character === '"' && text[index + 1] === '"') {
        cell += '"';
        index += 1;
      } else if (character === '"') {
        quoted = false;
      } else {
        cell += character;
      }
    } else if (character === '"') {
      quoted = true;
    } else if (character === ',' || character === '\r') {
      rows.at(-1)!.push(cell);
      cell = '';
    } else if (character === '\n') {
      rows.push([]);
    } else {
      cell += character;
    }
  }
  return rows.slice(0, -1);
};

const rowsOf = async (...records: Parameters<typeof exported>[1]): Promise<Record<string, string>[]> => {
  const [names = [], ...rows] = parse((await exported('csv', records)).toString());
  for (const row of rows) {
    expect(row.length).toBe(names.length);
  }
  return rows.map((row) => Object.fromEntries(row.map((cell, index) => [names[index]!, cell])));
};

it('has a row a record under one of names', async () => {
  const rows = await rowsOf(header(), exec(inContainer), exit({ code: 3 }), lost());
  expect(rows.map(({ type }) => type)).toEqual(['header', 'exec', 'exit', 'lost']);
  expect(rows[1]).toMatchObject({ container: 'xyxy12', pid: '10123', nspid: '1', command: 'ls -l', ret: '0' });
  expect(rows[2]).toMatchObject({ code: '3', duration_ns: '12300000', container: '' });
  expect(rows[3]).toMatchObject({ lost: '3' });
  const [, unknown] = await rowsOf(header(), lost({ count: 0, exact: false }));
  expect(unknown?.what).toMatch(/^lost: nobody knows how many, between /);
});

it.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', ' =1', '＝1', '|cmd', '=HYPERLINK("http://x","a")'])(
  'lets no spreadsheet take %j for a formula',
  async (evil) => {
    const text = (await exported('csv', [exec({ comm: evil, exe: evil, args: [evil], cwd: evil })])).toString();
    const [row] = await rowsOf(exec({ comm: evil, exe: evil, cwd: evil }));
    for (const cell of [row!.comm!, row!.exe!, row!.cwd!]) {
      expect(cell).toMatch(/^['\\]/);
    }
    for (const cell of parse(text)[1]!) {
      expect(cell).not.toMatch(/^\s*[=+@|\uff1d]|^\s*-(?!\d+$)/);
    }
  },
);

it('keeps commas, quotes and line breaks inside their cells', async () => {
  const evil = 'a,"b"\r\n2,c\u202e\x1b[2J';
  const [row, ...more] = await rowsOf(exec({ comm: evil }));
  expect(more).toEqual([]);
  expect(row!.comm).toBe('a,"b"\\r\\n2,c\\u{202e}\\x1b[2J');
});

it('keeps numbers that are negative', async () => {
  const [row] = await rowsOf(exec({ ret: -2, errno: 'ENOENT' }));
  expect(row).toMatchObject({ ret: '-2', errno: 'ENOENT' });
});
