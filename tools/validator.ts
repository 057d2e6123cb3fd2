import type { z } from 'zod';

/**
 * Writes the source of src/record/valid.ts: what src/record/schema.ts accepts, as plain code. Walking the schema costs
 * ten times as much for each record, and loading it longer than most commands run.
 */
export const renderValidator = (schemas: Readonly<Record<string, z.ZodType>>): string => {
  const code = new Code();
  const entries = Object.entries(schemas).map(([type, schema]) => `  ['${type}', ${code.functionOf(schema, type)}],`);
  return [
    '// Made from src/record/schema.ts by `npm run schema`: change that, not this.',
    '',
    '// biome-ignore-all lint: it is generated.',
    'type Value = any;',
    '',
    "const isObject = (v: Value): boolean => typeof v === 'object' && v !== null && !Array.isArray(v);",
    'const isInt = (v: Value): boolean => Number.isSafeInteger(v);',
    ...code.patterns.map((pattern, index) => `const pattern${index} = ${pattern};`),
    '',
    ...code.functions,
    '/** Whether a parsed line is a record of its type, by type: the verdict of the schema. Types that are not here are not known. */',
    'export const valid: ReadonlyMap<string, (record: Value) => boolean> = new Map([',
    ...entries,
    ']);',
    '',
  ].join('\n');
};

// biome-ignore lint/suspicious/noExplicitAny: the definitions of zod's schemas have no common type.
type Definition = any;

const definitionOf = (schema: z.ZodType): Definition => schema._zod.def;

class Code {
  readonly patterns: string[] = [];
  readonly functions: string[] = [];
  readonly #names = new Map<z.ZodType, string>();

  /** The name of a function that checks a value; schemas that are used twice have one. */
  functionOf(schema: z.ZodType, hint: string): string {
    const known = this.#names.get(schema);
    if (known !== undefined) {
      return known;
    }
    const word = hint.replace(/[^A-Za-z]/g, '');
    const name = `is${word.slice(0, 1).toUpperCase()}${word.slice(1)}${this.#names.size}`;
    this.#names.set(schema, name);
    const body = this.#body(schema, hint);
    this.functions.push(`const ${name} = (v: Value): boolean => {`, ...body.map((line) => `  ${line}`), '};', '');
    return name;
  }

  #body(schema: z.ZodType, hint: string): string[] {
    const definition = definitionOf(schema);
    switch (definition.type) {
      case 'object':
        return [
          'return (',
          '  isObject(v) &&',
          Object.entries<z.ZodType>(definition.shape)
            .map(([key, value]) => `  ${this.#expression(value, `v.${key}`, key)}`)
            .join(' &&\n  '),
          ');',
        ];
      case 'array': {
        const { minimum = 0 } = checksOf(definition).find(({ check }) => check === 'min_length') ?? {};
        const { maximum } = checksOf(definition).find(({ check }) => check === 'max_length') ?? {};
        const tooLong = maximum === undefined ? '' : ` || v.length > ${maximum}`;
        return [
          `if (!Array.isArray(v) || v.length < ${minimum}${tooLong}) {`,
          '  return false;',
          '}',
          'for (let index = 0; index < v.length; index += 1) {',
          '  const item: Value = v[index];',
          `  if (!(${this.#expression(definition.element, 'item', `${hint}Item`)})) {`,
          '    return false;',
          '  }',
          '}',
          'return true;',
        ];
      }
      case 'record':
        return [
          'if (!isObject(v)) {',
          '  return false;',
          '}',
          'for (const key in v) {',
          ...(definitionOf(definition.valueType).type === 'unknown' ? [] : ['  const item: Value = v[key];']),
          `  if (key !== '__proto__' && !(${this.#expression(definition.keyType, 'key', `${hint}Key`)} && ${this.#expression(definition.valueType, 'item', `${hint}Item`)})) {`,
          '    return false;',
          '  }',
          '}',
          'return true;',
        ];
      default:
        throw new Error(`no code for a schema of type ${definition.type}: add it to tools/validator.ts`);
    }
  }

  /** A condition that holds if the value is good. */
  #expression(schema: z.ZodType, value: string, hint: string): string {
    const definition = definitionOf(schema);
    switch (definition.type) {
      case 'optional':
        return `(${value} === undefined || ${this.#expression(definition.innerType, value, hint)})`;
      case 'nullable':
        return `(${value} === null || ${this.#expression(definition.innerType, value, hint)})`;
      case 'unknown':
        return 'true';
      case 'union':
        return `(${definition.options.map((option: z.ZodType) => this.#expression(option, value, hint)).join(' || ')})`;
      case 'boolean':
        return `typeof ${value} === 'boolean'`;
      case 'literal':
        return any(definition.values, value);
      case 'enum':
        return any(Object.values(definition.entries), value);
      case 'number':
        return all([`isInt(${value})`, ...this.#bounds(definition, value)]);
      case 'string':
        return all([`typeof ${value} === 'string'`, ...this.#formats(definition, value)]);
      default:
        return `${this.functionOf(schema, hint)}(${value})`;
    }
  }

  #bounds(definition: Definition, value: string): string[] {
    if (definition.format !== 'safeint') {
      throw new Error('numbers of records are integers: z.int()');
    }
    return checksOf(definition).map(({ check, value: bound, inclusive }) => {
      const sign = check === 'greater_than' ? '>' : check === 'less_than' ? '<' : undefined;
      if (sign === undefined) {
        throw new Error(`no code for the check ${check}: add it to tools/validator.ts`);
      }
      return `${value} ${sign}${inclusive ? '=' : ''} ${bound}`;
    });
  }

  #formats(definition: Definition, value: string): string[] {
    return checksOf(definition).map(({ check, pattern, minimum, maximum }) => {
      if (check === 'min_length') {
        return `${value}.length >= ${minimum}`;
      }
      if (check === 'max_length') {
        return `${value}.length <= ${maximum}`;
      }
      if (check !== 'string_format' || !(pattern instanceof RegExp)) {
        throw new Error(`no code for the check ${check}: add it to tools/validator.ts`);
      }
      const source = String(pattern);
      const index = this.patterns.includes(source) ? this.patterns.indexOf(source) : this.patterns.push(source) - 1;
      return `pattern${index}.test(${value})`;
    });
  }
}

const checksOf = (definition: Definition): Definition[] =>
  (definition.checks ?? []).map((check: Definition) => check._zod.def);

const all = (conditions: readonly string[]): string =>
  conditions.length === 1 ? conditions[0]! : `(${conditions.join(' && ')})`;

const any = (values: readonly unknown[], value: string): string => {
  const conditions = values.map((wanted) => `${value} === ${JSON.stringify(wanted)}`);
  return conditions.length === 1 ? conditions[0]! : `(${conditions.join(' || ')})`;
};
