import { columnTypes, containerType } from './column-types.ts';
import { quoteName } from './quote.ts';

export type TableType = keyof typeof columnTypes;
export const tableTypes = Object.keys(columnTypes) as TableType[];

/** Columns of each type of record with DuckDB's types, in the order of the schema: the one source for all tables. */
export const columnsOf = (type: TableType): Map<string, string> => new Map(Object.entries(columnTypes[type]));

/** Columns of all records together. A name that means different things in different records is JSON. */
export const allColumns = (): Map<string, string> => {
  const all = new Map<string, string>();
  for (const type of tableTypes) {
    for (const [name, column] of columnsOf(type)) {
      const other = all.get(name);
      all.set(name, other === undefined || other === column ? column : 'JSON');
    }
  }
  all.set('container', containerType);
  return all;
};

/** A column of one type of record, out of the column that all types share. */
export const typedColumn = (name: string, type: string, shared: string): string => {
  if (shared !== 'JSON' || type === 'JSON') {
    return quoteName(name);
  }
  const isText = !/^(?:STRUCT|MAP)|\[\]$/.test(type);
  return `CAST(${isText ? `${quoteName(name)} ->> '$'` : quoteName(name)} AS ${type})`;
};
