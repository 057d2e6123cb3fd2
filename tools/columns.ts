import { z } from 'zod';

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

/** Code with DuckDB's type of each field of each type of record. */
export const renderColumns = (records: Readonly<Record<string, z.ZodType>>): string => {
  const shapes = Object.entries(records).map(([type, schema]) => [type, shapeOf(schema)] as const);
  const tables = shapes.map(([type, shape]) => {
    const fields = Object.entries(shape).map(([name, field]) => `    ${name}: ${quoted(typeOf(field))},\n`);
    return `  ${type}: {\n${fields.join('')}  },\n`;
  });
  return `// Made from src/record/schema.ts by \`npm run schema\`: change that, not this.

// biome-ignore-all lint: it is generated.
// biome-ignore-all format: it is generated.
/** DuckDB's type of each field of each type of record, in the order of the schema. */
export const columnTypes = {
${tables.join('')}} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What \`container\` is in any record: who it is, and in records about containers all that is known. */
export const containerType =
  ${quoted(containerOf(Object.fromEntries(shapes)))};
`;
};

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

const shapeOf = (schema: z.ZodType): Readonly<Record<string, Shape>> =>
  (z.toJSONSchema(schema) as Shape).properties ?? {};

const containerOf = (shapes: Readonly<Record<string, Readonly<Record<string, Shape>>>>): string => {
  const fields = new Map<string, string>();
  for (const { container } of [shapes.exec!, shapes.container!]) {
    const shape = container?.anyOf?.find(({ properties }) => properties !== undefined) ?? container;
    for (const [name, field] of Object.entries(shape?.properties ?? {})) {
      fields.set(name, typeOf(field));
    }
  }
  return structOf(fields);
};

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

const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
