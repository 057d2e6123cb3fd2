import { z } from 'zod';
import { schemas } from '../record/schema.ts';
import { quoteName } from './quote.ts';

/** The part of JSON Schema that the record format uses. */
interface Shape {
  readonly type?: string;
  readonly anyOf?: readonly Shape[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly items?: Shape;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly propertyNames?: Shape;
  readonly additionalProperties?: Shape | boolean;
}

export type RecordType = keyof typeof schemas;
export const recordTypes = Object.keys(schemas) as RecordType[];

/** DuckDB's type of a value of the record format. Times keep their nanoseconds, and numbers are exact to 2^63. */
const typeOf = (shape: Shape): string => {
  const value = shape.anyOf?.find(({ type }) => type !== 'null') ?? shape;
  switch (value.type ?? typeof (value.const ?? value.enum?.[0])) {
    case 'integer':
      return 'BIGINT';
    case 'number':
      return 'DOUBLE';
    case 'boolean':
      return 'BOOLEAN';
    case 'string':
      return typeOfText(value.pattern ?? '');
    case 'array':
      return value.items === undefined ? 'JSON' : `${typeOf(value.items)}[]`;
    case 'object':
      return typeOfObject(value);
    default:
      return 'JSON';
  }
};

/** Times (RFC 3339) and the kernel's clock, by how they are written. */
const typeOfText = (pattern: string): string =>
  pattern.startsWith('^\\d{4}-') ? 'TIMESTAMP_NS' : pattern === '^\\d+$' ? 'BIGINT' : 'VARCHAR';

const typeOfObject = ({ properties, propertyNames, additionalProperties }: Shape): string => {
  if (properties !== undefined) {
    return structOf(Object.entries(properties).map(([name, shape]) => [name, typeOf(shape)]));
  }
  const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'JSON';
  // A few names only: each is a field of its own.
  return propertyNames?.enum !== undefined
    ? structOf(propertyNames.enum.map((name) => [String(name), value]))
    : `MAP(VARCHAR, ${value})`;
};

const structOf = (fields: Iterable<readonly [string, string]>): string =>
  `STRUCT(${[...fields].map(([name, type]) => `${quoteName(name)} ${type}`).join(', ')})`;

const shapes = new Map<RecordType, Readonly<Record<string, Shape>>>();

const shapeOf = (type: RecordType): Readonly<Record<string, Shape>> => {
  const known = shapes.get(type) ?? (z.toJSONSchema(schemas[type]) as Shape).properties ?? {};
  shapes.set(type, known);
  return known;
};

/** Columns of each type of record with DuckDB's types, in the order of the schema: the one source for all tables. */
export const columnsOf = (type: RecordType): Map<string, string> => {
  const columns = new Map<string, string>();
  for (const [name, shape] of Object.entries(shapeOf(type))) {
    columns.set(name, typeOf(shape));
  }
  return columns;
};

/** What `container` is in any record: who it is, and in records about containers all that is known. */
const containerType = (): string => {
  const fields = new Map<string, string>();
  for (const type of ['exec', 'container'] as const) {
    const { container } = shapeOf(type);
    const shape = container?.anyOf?.find(({ properties }) => properties !== undefined) ?? container;
    for (const [name, field] of Object.entries(shape?.properties ?? {})) {
      fields.set(name, typeOf(field));
    }
  }
  return structOf(fields);
};

/** Columns of all records together. A name that means different things in different records is JSON. */
export const allColumns = (): Map<string, string> => {
  const all = new Map<string, string>();
  for (const type of recordTypes) {
    for (const [name, column] of columnsOf(type)) {
      const other = all.get(name);
      all.set(name, other === undefined || other === column ? column : 'JSON');
    }
  }
  all.set('container', containerType());
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
