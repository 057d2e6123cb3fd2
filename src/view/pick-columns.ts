import { usageError } from '../errors.ts';
import type { TableColumn } from './table.ts';

/** Columns by name; without names the usual ones. */
export const pickColumns = <Row>(
  all: readonly TableColumn<Row>[],
  names: readonly string[] | undefined,
  usual: readonly string[],
): TableColumn<Row>[] => (names ?? usual).map((name) => findColumn(all, name));

export const checkSort = <Row>(all: readonly TableColumn<Row>[], names: readonly string[]): readonly string[] => {
  for (const name of names) {
    findColumn(all, name.replace(/^[-+]/, ''));
  }
  return names;
};

const findColumn = <Row>(all: readonly TableColumn<Row>[], name: string): TableColumn<Row> => {
  const found = all.find((column) => column.name === name);
  if (found === undefined) {
    throw usageError(
      `there is no column ${JSON.stringify(name)}`,
      `the columns are ${all.map((c) => c.name).join(', ')}`,
    );
  }
  return found;
};
