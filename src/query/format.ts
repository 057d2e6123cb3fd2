import { withoutFormula } from '../view/csv-formula.ts';
import { escapeText } from '../view/escape.ts';
import { jsonLine } from '../view/json.ts';
import { cutTo, padStartTo, padTo, widthOf } from '../view/width.ts';
import { type Plain, plainText, type Time } from './value.ts';

/** Result of a query as text: the header once, then rows as they come. */
export interface ResultFormat {
  /** Data are in UTC; what people read is in the zone that they asked for. */
  readonly time: Time;
  header(columns: readonly string[]): string;
  rows(rows: readonly (readonly Plain[])[]): string;
}

export const resultFormats = ['table', 'json', 'csv', 'markdown'] as const;
export type FormatName = (typeof resultFormats)[number];

/** @param width of the terminal, if the result goes to one */
export const formatFor = (name: FormatName, width: number | undefined): ResultFormat => {
  switch (name) {
    case 'json':
      return new JsonFormat();
    case 'csv':
      return new CsvFormat(width !== undefined);
    case 'markdown':
      return new MarkdownFormat();
    default:
      return new TableFormat(width);
  }
};

/** One object per row. What a terminal would act on is written as an escape, which is the same text to a reader of JSON. */
class JsonFormat implements ResultFormat {
  readonly time = 'utc';
  #columns: readonly string[] = [];

  header(columns: readonly string[]): string {
    this.#columns = unique(columns);
    return '';
  }

  rows(rows: readonly (readonly Plain[])[]): string {
    return rows
      .map((row) => Object.fromEntries(row.map((value, index) => [this.#columns[index]!, value])))
      .map(jsonLine)
      .join('');
  }
}

/** JSON has no two keys of one name. */
const unique = (names: readonly string[]): string[] => {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  });
};

/** RFC 4180. A text that a spreadsheet would take for a formula begins with an apostrophe. */
class CsvFormat implements ResultFormat {
  readonly time = 'utc';
  readonly #onTerminal: boolean;

  constructor(onTerminal: boolean) {
    this.#onTerminal = onTerminal;
  }

  header(columns: readonly string[]): string {
    return this.rows([columns]);
  }

  rows(rows: readonly (readonly Plain[])[]): string {
    return rows.map((row) => `${row.map((value) => this.#cell(value)).join(',')}\r\n`).join('');
  }

  #cell(value: Plain): string {
    const text = this.#onTerminal ? escapeText(plainText(value)) : plainText(value);
    const safe = typeof value === 'number' ? text : withoutFormula(text);
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  }
}

class MarkdownFormat implements ResultFormat {
  readonly time = 'local';
  header(columns: readonly string[]): string {
    return `${this.rows([columns])}|${' --- |'.repeat(columns.length)}\n`;
  }

  rows(rows: readonly (readonly Plain[])[]): string {
    return rows.map((row) => `| ${row.map((value) => markdownText(plainText(value))).join(' | ')} |\n`).join('');
  }
}

/** Shown as it is, whatever Markdown or HTML it looks like. */
const markdownText = (text: string): string => escapeText(text).replace(/[\\`*_{}[\]<>&|~]/g, (sign) => `\\${sign}`);

/** As wide as the longest of the first rows; on a terminal no line is longer than it. */
class TableFormat implements ResultFormat {
  readonly time = 'local';
  readonly #width: number | undefined;
  #columns: readonly string[] = [];
  #widths: number[] | undefined;
  #right: boolean[] = [];

  constructor(width: number | undefined) {
    this.#width = width;
  }

  header(columns: readonly string[]): string {
    this.#columns = columns.map((name) => escapeText(name.toUpperCase()));
    return '';
  }

  rows(rows: readonly (readonly Plain[])[]): string {
    const cells = rows.map((row) => row.map(tableText));
    const first = this.#widths === undefined;
    if (this.#widths === undefined) {
      this.#widths = this.#columns.map((title, index) =>
        cells.reduce((longest, row) => Math.max(longest, widthOf(row[index]!)), widthOf(title)),
      );
      this.#right = this.#columns.map((_, index) =>
        rows.every((row) => row[index] === null || typeof row[index] === 'number'),
      );
    }
    const lines = first ? [this.#columns, ...cells] : cells;
    return lines.map((row) => `${this.#line(row)}\n`).join('');
  }

  #line(cells: readonly string[]): string {
    const last = cells.length - 1;
    const text = cells
      .map((cell, index) => {
        const width = this.#widths![index]!;
        return this.#right[index] ? padStartTo(cell, width) : index === last ? cell : padTo(cell, width);
      })
      .join('  ')
      .trimEnd();
    return this.#width === undefined ? text : cutTo(text, this.#width);
  }
}

/** A list as a command line is read; what is not there as `-`. */
const tableText = (value: Plain): string => {
  if (value === null) {
    return '-';
  }
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) {
    return value.map((item) => escapeText(String(item))).join(' ');
  }
  return escapeText(plainText(value));
};
