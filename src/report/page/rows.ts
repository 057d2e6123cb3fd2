import type { Box, Namespace, Proc } from './boxes.ts';
import type { Model } from './model.ts';
import { processTree } from './tree.ts';

/** A row of the lanes. */
export type Row =
  | { readonly type: 'box'; readonly box: Box; readonly isOpen: boolean }
  | { readonly type: 'startup'; readonly box: Box }
  | { readonly type: 'namespace'; readonly box: Box; readonly namespace: Namespace }
  | { readonly type: 'proc'; readonly box: Box; readonly proc: Proc; readonly depth: number }
  | { readonly type: 'more'; readonly box: Box; readonly count: number };

/** Rows of one container; more are only counted. */
const maxRows = 20_000;

/** Which rows there are: containers, and below those that are unfolded their startup, namespaces and processes. */
export const rowsOf = (model: Model, open: ReadonlySet<number>, hits: ReadonlySet<Proc> | undefined): Row[] => {
  const rows: Row[] = [];
  for (const box of model.boxes) {
    if (hits !== undefined && !isHit(box, hits)) {
      continue;
    }
    const isOpen = open.has(box.index);
    rows.push({ type: 'box', box, isOpen });
    if (isOpen) {
      rows.push(...insideOf(box, hits));
    }
  }
  return rows;
};

const isHit = (box: Box, hits: ReadonlySet<Proc>): boolean => box.procs.some((proc) => hits.has(proc));

const insideOf = (box: Box, hits: ReadonlySet<Proc> | undefined): Row[] => {
  const rows: Row[] = [];
  if (hits === undefined) {
    if (box.life?.startup_ns !== undefined) {
      rows.push({ type: 'startup', box });
    }
    for (const namespace of box.namespaces) {
      rows.push({ type: 'namespace', box, namespace });
    }
  }
  const tree = processTree(box).filter(({ item }) => hits === undefined || hits.has(item));
  for (const { item: proc, depth } of tree.slice(0, maxRows)) {
    rows.push({ type: 'proc', box, proc, depth });
  }
  if (tree.length > maxRows) {
    rows.push({ type: 'more', box, count: tree.length - maxRows });
  }
  return rows;
};

/** At most N rows are unfolded from the start. */
const firstRows = 400;

export const firstOpen = (model: Model): Set<number> => {
  const open = new Set<number>();
  let rows = 0;
  for (const box of model.boxes) {
    rows += box.procs.length + box.helpers.size + box.namespaces.length;
    if (box.life !== undefined && rows <= firstRows) {
      open.add(box.index);
    }
  }
  return open;
};
