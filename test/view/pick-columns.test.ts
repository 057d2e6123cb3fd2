import { describe, expect, it } from 'vitest';
import { checkSort, pickColumns } from '../../src/view/pick-columns.ts';
import type { TableColumn } from '../../src/view/table.ts';

const column = (name: string): TableColumn<string> => ({ name, title: name, about: name, value: (row) => row });
const all = ['pid', 'user', 'age'].map(column);
const names = (columns: readonly { name: string }[]): string[] => columns.map(({ name }) => name);

describe('the columns of a table', () => {
  it('are the usual ones, or those that are named, in that order', () => {
    expect(names(pickColumns(all, undefined, ['pid', 'user']))).toEqual(['pid', 'user']);
    expect(names(pickColumns(all, ['age', 'pid'], ['pid']))).toEqual(['age', 'pid']);
  });

  it('are named in the error for one that there is not', () => {
    expect(() => pickColumns(all, ['agee'], ['pid'])).toThrow(
      expect.objectContaining({ status: 2, advice: 'the columns are pid, user, age' }),
    );
  });

  it('are sorted by, also in reverse', () => {
    expect(checkSort(all, ['-age', '+pid', 'user'])).toEqual(['-age', '+pid', 'user']);
    expect(() => checkSort(all, ['-agee'])).toThrow('there is no column "agee"');
  });
});
