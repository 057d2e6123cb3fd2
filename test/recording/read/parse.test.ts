import { describe, expect, it } from 'vitest';
import { recordSchema } from '../../../src/record/schema.ts';
import { needsSchema, parseRecord } from '../../../src/recording/read/parse.ts';
import { exec } from '../../fixtures/records.ts';

describe('the record of a line', () => {
  it('is what the line says, also of a type that later versions have', () => {
    expect(parseRecord(JSON.stringify(exec()), undefined)).toEqual(exec());
    expect(parseRecord('{"type":"later","seq":1}', undefined)).toEqual({ type: 'later', seq: 1 });
  });

  it.each([
    ['{', 'it is not JSON'],
    ['7', 'it is not a record'],
    ['null', 'it is not a record'],
    ['{"type":7,"seq":1}', 'it is not a record'],
    ['{"type":"exec"}', 'it has no number'],
    ['{"type":"exec","seq":"1"}', 'it has no number'],
    [`{"type":"later","seq":1,"x":${'['.repeat(1000)}${']'.repeat(1000)}}`, 'it is nested too deep'],
    [`{"type":"later","seq":1,"x":"${'y'.repeat(70_000)}"}`, 'it is longer than a record can be'],
  ])('is distinguished from what is none: %.40s', (line, what) => {
    expect(parseRecord(line, undefined)).toBe(what);
  });

  it('needs the schema only to say what is wrong with it', () => {
    const line = JSON.stringify({ ...exec(), pid: -1 });
    expect(parseRecord(line, undefined)).toBe(needsSchema);
    expect(parseRecord(line, recordSchema)).toMatch(/^it is no exec of nstrace\/1: pid /);
  });
});
