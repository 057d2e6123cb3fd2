/** One item of a tree, in the order in which it is shown: each below its parent, siblings in their own order. */
export interface TreeRow<Item> {
  readonly item: Item;
  /** 0 for those without a parent. */
  readonly depth: number;
  /** Whether no sibling comes after it. */
  readonly last: boolean;
  readonly above: TreeRow<Item> | undefined;
}

/**
 * Items as a tree.
 *
 * Those that are each other's parents, as reused pids and broken recordings can say, are below nobody: they come last.
 *
 * @param parentOf an item that is no item, or the item itself, is no parent
 * @param most rows beyond it are left out
 */
export const treeOf = <Item extends object>(
  items: readonly Item[],
  parentOf: (item: Item) => Item | undefined,
  most = Number.POSITIVE_INFINITY,
): TreeRow<Item>[] => {
  const children = childrenOf(items, parentOf);
  const rows: TreeRow<Item>[] = [];
  const done = new Set<Item>();
  // A stack of its own: a chain of forks can be deeper than calls can be.
  const waiting: TreeRow<Item>[] = [];
  const add = (list: readonly Item[], above: TreeRow<Item> | undefined): void => {
    for (let index = list.length - 1; index >= 0; index -= 1) {
      const depth = above === undefined ? 0 : above.depth + 1;
      waiting.push({ item: list[index]!, depth, last: index === list.length - 1, above });
    }
  };
  for (const roots of [children.get(undefined) ?? [], items]) {
    add(
      roots.filter((item) => !done.has(item)),
      undefined,
    );
    for (let row = waiting.pop(); row !== undefined && rows.length < most; row = waiting.pop()) {
      if (!done.has(row.item)) {
        done.add(row.item);
        rows.push(row);
        add(children.get(row.item) ?? [], row);
      }
    }
    waiting.length = 0;
  }
  return rows;
};

const childrenOf = <Item extends object>(
  items: readonly Item[],
  parentOf: (item: Item) => Item | undefined,
): Map<Item | undefined, Item[]> => {
  const all = new Set(items);
  const children = new Map<Item | undefined, Item[]>();
  for (const item of all) {
    const parent = parentOf(item);
    const above = parent !== undefined && parent !== item && all.has(parent) ? parent : undefined;
    const siblings = children.get(above);
    if (siblings === undefined) {
      children.set(above, [item]);
    } else {
      siblings.push(item);
    }
  }
  return children;
};
