import { expect, it } from 'vitest';
import { formatFor, resultFormats } from '../../src/query/format.ts';

const hostile = 'a\x1b[31m\x07\r\nb\x9b\u202ec"|`<b>,=1';
const print = (name: (typeof resultFormats)[number], width?: number): string => {
  const format = formatFor(name, width);
  return (
    format.header(['n', 'text']) +
    format.rows([
      [1, hostile],
      [null, '=1+2'],
      [-3, ['x', 'y']],
    ])
  );
};

it.each(resultFormats)('gives a terminal nothing to act on: %s', (name) => {
  // Line ends are those of the format.
  expect(print(name, 200).replace(/\r?\n/g, '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
});

it('has one object a row, which says the same to a reader', () => {
  const lines = print('json')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual([
    { n: 1, text: hostile },
    { n: null, text: '=1+2' },
    { n: -3, text: ['x', 'y'] },
  ]);
});

it('has two columns of one name apart', () => {
  const format = formatFor('json', undefined);
  format.header(['a', 'a']);
  expect(JSON.parse(format.rows([[1, 2]]))).toEqual({ a: 1, a_2: 2 });
});

it('quotes CSV, and lets no text be a formula', () => {
  expect(print('csv').split('\r\n').slice(-3)).toEqual([",'=1+2", '-3,"[""x"",""y""]"', '']);
});

it('keeps Markdown a table', () => {
  for (const line of print('markdown').trimEnd().split('\n')) {
    expect(line.replace(/\\./g, '').match(/\|/g)).toHaveLength(3);
  }
});

it('is no wider than the terminal', () => {
  for (const line of print('table', 20).trimEnd().split('\n')) {
    expect(line.length).toBeLessThanOrEqual(20);
  }
});
