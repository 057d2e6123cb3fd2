import { cutTo, padStartTo, padTo, widthOf } from './width.ts';

export interface TableColumn<Row> {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly right?: boolean;
  /** Its longest text on a terminal, where room is short. */
  readonly most?: number;
  /** Escaped already. */
  readonly value: (row: Row) => string;
  /** What rows are sorted by, if that is not the text. */
  readonly key?: (row: Row) => number | string;
}

/** Rows under a header, each column as wide as its longest text. With `width`, no line is longer: the last column is cut. */
export const tableText = <Row>(
  columns: readonly TableColumn<Row>[],
  rows: readonly Row[],
  options: { header: boolean; width: number | undefined },
): string => {
  const cells = rows.map((row) => columns.map(({ value }) => value(row)));
  const widths = columns.map(({ title, most }, index) => {
    const longest = cells.reduce((longest, row) => Math.max(longest, widthOf(row[index]!)), widthOf(title));
    return options.width !== undefined && most !== undefined
      ? Math.min(longest, Math.max(most, title.length))
      : longest;
  });
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, width) => sum + width + 1, 0);
  const room = options.width === undefined ? undefined : Math.max(options.width - before, 8);
  const line = (row: readonly string[]): string =>
    row
      .map((text, index) => {
        if (index === last && columns[index]!.right !== true) {
          return room === undefined ? text : cutTo(text, room);
        }
        const cut = cutTo(text, widths[index]!);
        return columns[index]!.right ? padStartTo(cut, widths[index]!) : padTo(cut, widths[index]!);
      })
      .join(' ')
      .trimEnd();
  const header = options.header ? [columns.map(({ title }) => title)] : [];
  return [...header, ...cells].map((row) => `${line(row)}\n`).join('');
};

/** By the columns named, `-name` the other way round; equal rows stay as they are. */
export const sortRows = <Row>(
  rows: readonly Row[],
  columns: readonly TableColumn<Row>[],
  names: readonly string[],
): Row[] => {
  const keys = names.map((name) => {
    const down = name.startsWith('-');
    const column = columns.find((candidate) => candidate.name === name.replace(/^[-+]/, ''))!;
    return { down, of: column.key ?? column.value };
  });
  return [...rows].sort((a, b) => {
    for (const { down, of } of keys) {
      const [left, right] = [of(a), of(b)];
      if (left !== right) {
        return (left < right ? -1 : 1) * (down ? -1 : 1);
      }
    }
    return 0;
  });
};
