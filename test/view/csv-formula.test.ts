import { describe, expect, it } from 'vitest';
import { withoutFormula } from '../../src/view/csv-formula.ts';

describe('a cell of a spreadsheet', () => {
  it.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '|cmd',
    ' =1',
    '\t=1',
    '\n=1',
    '\r=1',
    '＝1',
    '＋1',
    '－1',
    '＠x',
    '\u00a0=1',
  ])('begins no formula: %j', (text) => {
    expect(withoutFormula(text)).toBe(`'${text}`);
  });

  it.each(['', 'ls -l', 'a=1', '1-2', "'=1", '"=1"'])('stays as it is: %j', (text) => {
    expect(withoutFormula(text)).toBe(text);
  });
});
