import pc from 'picocolors';
import type { NstraceRecord } from '../record/schema.ts';
import { type Column, columns, defaultColumns, type LineContext } from './columns.ts';
import { escapeText } from './escape.ts';

export interface LineOptions extends LineContext {
  readonly columns: readonly string[];
  readonly color: boolean;
  /** Whether each line begins with its group. */
  readonly grouped?: boolean;
}

/** As wide as a name of a container. */
const groupWidth = 16;

/** Turns records into lines under a header. */
export class LineView {
  readonly #columns: readonly Column[];
  readonly #options: LineOptions;
  readonly #colors = pc.createColors(true);

  constructor(options: LineOptions) {
    this.#options = options;
    this.#columns = options.columns.map((name) => columns.find((column) => column.name === name)!);
  }

  header(): string {
    return `${this.#grouped('GROUP')}${this.#row((column) => column.title)}\n`;
  }

  /** @param group the group of the record, where lines are grouped */
  line(record: NstraceRecord, group = ''): string {
    const text = this.#grouped(escapeText(group)) + this.#row((column) => column.value(record, this.#options));
    return `${this.#options.color ? this.#paint(record, text) : text}\n`;
  }

  #grouped(group: string): string {
    return this.#options.grouped ? `${group.padEnd(groupWidth)} ` : '';
  }

  #row(cell: (column: Column) => string): string {
    const last = this.#columns.length - 1;
    let row = '';
    for (const [index, column] of this.#columns.entries()) {
      const text = cell(column);
      const padded = column.right ? text.padStart(column.width) : index === last ? text : text.padEnd(column.width);
      row += index === 0 ? padded : ` ${padded}`;
    }
    return row;
  }

  /** Failures red, the host dim: never the only sign, RET and CONTAINER say the same. */
  #paint(record: NstraceRecord, text: string): string {
    if (record.type === 'exec' && record.ret !== 0) {
      return this.#colors.red(text);
    }
    return 'container' in record && record.container === null ? this.#colors.dim(text) : text;
  }
}

/** The columns of a line: those asked for, or the usual ones with what -T, -t, -U and several hosts add in front. */
export const chooseColumns = (
  asked: readonly string[] | undefined,
  extra: { time: boolean; timestamp: boolean; uid: boolean; host?: boolean },
): string[] => {
  if (asked !== undefined) {
    return [...asked];
  }
  return [
    ...(extra.time ? ['time'] : []),
    ...(extra.timestamp ? ['timestamp'] : []),
    ...(extra.uid ? ['uid'] : []),
    ...(extra.host ? ['host'] : []),
    ...defaultColumns,
  ];
};
