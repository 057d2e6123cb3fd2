import { describe, expect, it } from 'vitest';
import { type TreeRow, treeOf } from '../../src/view/tree.ts';

interface Node {
  readonly name: string;
  parent?: Node | undefined;
}

const node = (name: string, parent?: Node): Node => ({ name, parent });
const shape = (rows: readonly TreeRow<Node>[]): string[] =>
  rows.map(({ item, depth, last }) => `${'  '.repeat(depth)}${item.name}${last ? '.' : ''}`);
const parentOf = ({ parent }: Node): Node | undefined => parent;

describe('a tree', () => {
  it('has each item below its parent, and siblings in their own order', () => {
    const a = node('a');
    const b = node('b', a);
    const items = [a, b, node('c'), node('d', b), node('e', a)];
    expect(shape(treeOf(items, parentOf))).toEqual(['a', '  b', '    d.', '  e.', 'c.']);
  });

  it('takes items whose parents are none of them for its roots', () => {
    expect(shape(treeOf([node('b', node('a'))], parentOf))).toEqual(['b.']);
  });

  it('has every item once, also those that are each other’s parents, or their own', () => {
    const a = node('a');
    const b = node('b', a);
    a.parent = b;
    const own = node('own');
    own.parent = own;
    expect(shape(treeOf([a, b, own], parentOf))).toEqual(['own.', 'a', '  b.']);
  });

  it('is as deep as a chain of forks, and no longer than it may be', () => {
    const items = [node('0')];
    for (let count = 1; count < 50_000; count += 1) {
      items.push(node(String(count), items.at(-1)));
    }
    const rows = treeOf(items, parentOf);
    expect(rows).toHaveLength(50_000);
    expect(rows.at(-1)!.depth).toBe(49_999);
    expect(treeOf(items, parentOf, 10)).toHaveLength(10);
  });
});
