import { describe, expect, it } from 'vitest';
import { sortRows, type TableColumn, tableText } from '../../src/view/table.ts';
import { widthOf } from '../../src/view/width.ts';

interface Row {
  readonly name: string;
  readonly size: number;
  readonly command: string;
}

const name: TableColumn<Row> = { name: 'name', title: 'NAME', about: '', most: 8, value: (row) => row.name };
const size: TableColumn<Row> = {
  ...{ name: 'size', title: 'SIZE', about: '', right: true },
  value: (row) => `${row.size}K`,
  key: (row) => row.size,
};
const command: TableColumn<Row> = { name: 'command', title: 'COMMAND', about: '', value: (row) => row.command };
const columns = [name, size, command];

const rows: Row[] = [
  { name: 'web', size: 9, command: 'nginx -g daemon off;' },
  { name: '日本', size: 10, command: 'sleep 600' },
  { name: 'a-name-that-is-long', size: 10, command: 'sh -c '.repeat(20) },
];

const whole = { header: true, width: undefined };

describe('tableText', () => {
  it('makes each column as wide as its longest text, and the last one as it comes', () => {
    expect(tableText(columns, rows.slice(0, 2), whole)).toBe(
      ['NAME SIZE COMMAND', 'web    9K nginx -g daemon off;', '日本  10K sleep 600', ''].join('\n'),
    );
  });

  it('cuts nothing without a width', () => {
    const text = tableText(columns, rows, whole);
    expect(text).toContain(`a-name-that-is-long  10K ${rows[2]!.command.trimEnd()}\n`);
  });

  it('has no header if none is wanted, and only the header without rows', () => {
    expect(tableText(columns, rows.slice(0, 1), { header: false, width: undefined })).toBe(
      'web    9K nginx -g daemon off;\n',
    );
    expect(tableText(columns, [], whole)).toBe('NAME SIZE COMMAND\n');
    expect(tableText(columns, [], { header: false, width: undefined })).toBe('');
  });

  it('cuts the last column to a width, and says so', () => {
    const lines = tableText(columns, rows, { header: true, width: 30 }).trimEnd().split('\n');
    expect(lines.every((line) => widthOf(line) <= 30)).toBe(true);
    expect(lines[3]).toMatch(/sh -c sh -c.*~$/);
    expect(lines[2]).toMatch(/sleep 600$/);
  });

  it('cuts other columns only where room is short', () => {
    expect(tableText(columns, rows, { header: true, width: 60 })).toMatch(/^a-name-~ +10K/m);
    expect(tableText(columns, rows, { header: true, width: 60 })).toMatch(/^web {8}9K/m);
  });

  it('puts values under their titles, also behind wide and combining characters', () => {
    const strange = ['plain', '日本語', 'e\u0301', '👩‍👩‍👧'].map((text) => ({ name: text, size: 1, command: 'here' }));
    const lines = tableText(columns, strange, whole).trimEnd().split('\n');
    const starts = lines.map((line) => widthOf(line.slice(0, line.search(/COMMAND|here/))));
    expect(new Set(starts).size).toBe(1);
  });

  it('ends no line in blanks', () => {
    const empty = { name: 'web', size: 1, command: '' };
    expect(tableText(columns, [empty], whole)).toBe('NAME SIZE COMMAND\nweb    1K\n');
  });

  const orders = [
    ['the command last', [name, size, command]],
    ['a number last', [name, command, size]],
    ['the command first', [command, size, name]],
    ['only the command', [command]],
  ] as const;
  it.each(orders)('has no line that is longer than the width, with %s', (_what, chosen) => {
    for (const width of [40, 60, 80, 200]) {
      for (const line of tableText(chosen, rows, { header: true, width }).split('\n')) {
        expect(widthOf(line), line).toBeLessThanOrEqual(width);
      }
    }
  });

  it('has no line that is longer than a narrow terminal', () => {
    for (const width of [10, 16, 20]) {
      for (const line of tableText(columns, rows, { header: true, width }).split('\n')) {
        expect(widthOf(line), line).toBeLessThanOrEqual(width);
      }
    }
  });
});

describe('sortRows', () => {
  const sorted = (...names: string[]) => sortRows(rows, columns, names).map((row) => row.name);

  it('sorts numbers as numbers, not as their texts', () => {
    expect(sorted('size')[0]).toBe('web');
  });

  it('sorts in reverse order', () => {
    expect(sorted('-size').at(-1)).toBe('web');
    expect(sorted('-name')).toEqual(sorted('name').reverse());
  });

  it('sorts by several columns, each its own way round', () => {
    expect(sorted('size', 'name')).toEqual(['web', 'a-name-that-is-long', '日本']);
    expect(sorted('size', '-name')).toEqual(['web', '日本', 'a-name-that-is-long']);
    expect(sorted('-size', '+name')).toEqual(['a-name-that-is-long', '日本', 'web']);
  });

  it('leaves equal rows in their order, also in reverse order', () => {
    expect(sorted('size')).toEqual(['web', '日本', 'a-name-that-is-long']);
    expect(sorted('-size')).toEqual(['日本', 'a-name-that-is-long', 'web']);
    expect(sorted()).toEqual(rows.map((row) => row.name));
  });

  it('leaves the rows that it was given alone', () => {
    const before = [...rows];
    sortRows(rows, columns, ['-name']);
    expect(rows).toEqual(before);
  });
});
