import type { Ui } from '../keys/ui.ts';
import { type Family, familiesOf } from '../rows/families.ts';
import { flatRows } from '../rows/flat.ts';
import { groupedRows, headingsOf } from '../rows/headings.ts';
import type { Order } from '../rows/order.ts';
import { inKeyOrder } from '../rows/order.ts';
import { laneRows, lanesByKey, livingByKey, type ProcessWanted, treeRows } from '../rows/processes.ts';
import { type Heading, listOf, type Row, type RowList } from '../rows/rows.ts';
import type { ViewProcess } from '../store/event.ts';
import type { FrameInput } from './frame-input.ts';

/**
 * The rows that a mode shows.
 *
 * @param height lines that there are for them
 * @param from kernel time of the left end of lanes
 */
export const rowsOf = (input: FrameInput, order: Order, height: number, from: number): RowList => {
  const { store, ui, listing } = input;
  const { focus, mode } = ui;
  switch (mode) {
    case 'containers':
      return tableRows(input, order);
    case 'flat':
      return flatRows(listing.all, ui.pausedAt, focus !== undefined);
    case 'grouped': {
      const headings = headingsOf({ store, by: ui.by, order, lists: listing.byKey, filtered: !ui.query.empty });
      return groupedRows(headings, listing.byKey, height);
    }
    case 'tree':
    case 'lanes': {
      const by = focus?.by ?? ui.by;
      const wanted: ProcessWanted = { by, only: focus?.key, matches: processTest(ui) };
      const lists = mode === 'tree' ? livingByKey(store, wanted) : lanesByKey(store, from, wanted);
      const headings: Heading[] =
        focus === undefined
          ? headingsOf({ store, by, order, lists, filtered: !ui.query.empty })
          : [{ by, key: focus.key, depth: 0, family: undefined, groups: [] }];
      const options = { headings, lists, titled: focus === undefined, store };
      return mode === 'tree' ? treeRows(options) : laneRows(options);
    }
  }
};

/** A line for each container; with a filter only those in which something matches. */
const tableRows = ({ store, ui, listing }: FrameInput, order: Order): RowList => {
  const rows: Row[] = [];
  for (const family of inKeyOrder(familiesOf(store), order)) {
    // Losses stand with the host, whatever is asked for: they are no reason to list it.
    const found = ui.query.empty ? undefined : listing.byKey.get(family.key);
    const matching = found?.some(({ kind }) => kind !== 'lost') ? found : undefined;
    if (ui.query.empty ? isShown(family) : matching !== undefined) {
      const last = matching?.findLast(({ record }) => record.type === 'exec') ?? matching?.at(-1);
      rows.push({ key: `f${family.key}`, type: 'family', family, last });
    }
  }
  return listOf(rows);
};

/** A host of which only its containers are asked for has nothing to show. */
const isShown = ({ isHost, alive, execs }: Family): boolean => !isHost || alive > 0 || execs > 0;

/** The filter for events, asked about what a process runs and how it ended. */
const processTest =
  ({ query }: Ui) =>
  ({ runs, exit }: ViewProcess): boolean =>
    query.empty || (runs !== undefined && query.matches(runs)) || (exit !== undefined && query.matches(exit));
