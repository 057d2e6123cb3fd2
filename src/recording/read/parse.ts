import type { NstraceRecord } from '../../record/schema.ts';
import { valid } from '../../record/valid.ts';
import { isTooDeep, isTooLong } from './line-shape.ts';

export type Schema = typeof import('../../record/schema.ts')['recordSchema'];

/** A line whose record is not valid: what is wrong with it can be said when the schema is loaded. */
export const needsSchema = Symbol('needs schema');

/**
 * The record of a line, or what is wrong with it.
 *
 * @param schema loaded when there is something to say about a record that is not valid
 */
export const parseRecord = (line: string, schema: Schema | undefined): NstraceRecord | string | typeof needsSchema => {
  if (isTooLong(line)) {
    return 'it is longer than a record can be';
  }
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'it is not JSON';
  }
  if (typeof value !== 'object' || value === null || !('type' in value) || typeof value.type !== 'string') {
    return 'it is not a record';
  }
  if (!('seq' in value) || typeof value.seq !== 'number') {
    return 'it has no number';
  }
  if (isTooDeep(line)) {
    return 'it is nested too deep';
  }
  const { type } = value;
  const check = valid.get(type);
  if (check === undefined || check(value)) {
    return value as NstraceRecord;
  }
  if (schema === undefined) {
    return needsSchema;
  }
  const issue = schema.safeParse(value).error?.issues[0];
  return `it is no ${type} of nstrace/1: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}`;
};
