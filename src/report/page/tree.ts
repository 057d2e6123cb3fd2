import { type TreeRow, treeOf } from '../../view/tree.ts';
import type { Box, Proc } from './boxes.ts';

/** The processes of a container and those that work for it, each below its parent, in the order of their births. */
export const processTree = (box: Box): TreeRow<Proc>[] => {
  const members = [...new Set([...box.helpers, ...box.procs])].sort((a, b) => a.from - b.from || a.index - b.index);
  return treeOf(members, ({ parent }) => parent);
};
