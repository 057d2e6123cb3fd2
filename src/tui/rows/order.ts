/** Keys in the order that was asked for last. What came since stands before them, the newest first. */
export type Order = readonly string[];

interface Placed {
  readonly key: string;
  readonly isHost: boolean;
}

/** The host comes last. */
export const inKeyOrder = <Item extends Placed>(items: ReadonlyMap<string, Item>, order: Order): Item[] => {
  const listed = new Set(order);
  const newer: Item[] = [];
  const hosts: Item[] = [];
  for (const item of items.values()) {
    if (item.isHost) {
      hosts.push(item);
    } else if (!listed.has(item.key)) {
      newer.unshift(item);
    }
  }
  const older = order.flatMap((key) => {
    const item = items.get(key);
    return item === undefined || item.isHost ? [] : [item];
  });
  return [...newer, ...older, ...hosts];
};
