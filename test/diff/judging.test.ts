import { describe, expect, it } from 'vitest';
import { parseBaseline } from '../../src/diff/baseline.ts';
import { Judge } from '../../src/diff/judge.ts';
import { Judging } from '../../src/diff/judging.ts';
import type { NstraceRecord } from '../../src/record/schema.ts';
import { lost } from '../fixtures/records.ts';
import { ran } from './support.ts';

const judged = (records: readonly NstraceRecord[], status = 0, fails = true): number => {
  const judging = new Judging(new Judge(parseBaseline('web exec /bin/ls => 0\n', 'b'), () => {}), fails);
  for (const record of records) {
    judging.take(record, true);
  }
  return judging.status(status);
};

describe('the status of a trace that is judged', () => {
  it.each([
    ['nothing new', ran(['ls']), 0],
    ['something new', ran(['cat', '/etc/passwd']), 1],
    ['something new, and a loss', [...ran(['cat']), lost()], 1],
    ['a loss', [...ran(['ls']), lost({ count: 3, exact: true })], 2],
    ['a loss of nobody knows how much', [...ran(['ls']), lost({ count: 0, exact: false })], 2],
  ] as const)('%s', (_, records, status) => {
    expect(judged(records)).toBe(status);
    expect(judged(records, 7)).toBe(7);
    expect(judged(records, 0, false)).toBe(0);
  });
});
