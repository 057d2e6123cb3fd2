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
  const fitted = options.width === undefined ? widths : fitWidths(widths, options.width);
  const last = columns.length - 1;
  const line = (row: readonly string[]): string => {
    const text = row
      .map((cell, index) => {
        const cut = options.width === undefined ? cell : cutTo(cell, fitted[index]!);
        return columns[index]!.right
          ? padStartTo(cut, fitted[index]!)
          : index === last
            ? cut
            : padTo(cut, fitted[index]!);
      })
      .join(' ')
      .trimEnd();
    return options.width === undefined ? text : cutTo(text, options.width);
  };
  const header = options.header ? [columns.map(({ title }) => title)] : [];
  return [...header, ...cells].map((row) => `${line(row)}\n`).join('');
};

/** Takes what is too much from the widest columns, so that all fit beside each other. */
const fitWidths = (widths: readonly number[], room: number): number[] => {
  const fitted = [...widths];
  let over = fitted.reduce((sum, width) => sum + width + 1, -1) - room;
  while (over > 0) {
    const widest = fitted.indexOf(Math.max(...fitted));
    const next = Math.max(leastWidth, ...fitted.filter((width) => width < fitted[widest]!));
    const take = Math.min(over, Math.max(1, fitted[widest]! - next));
    if (fitted[widest]! <= leastWidth) {
      break;
    }
    fitted[widest]! -= take;
    over -= take;
  }
  return fitted;
};

const leastWidth = 4;

/** By the columns named, `-name` in reverse order; equal rows stay as they are. */
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
