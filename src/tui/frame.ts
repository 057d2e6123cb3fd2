import { emptyLines, isQuiet } from './empty.ts';
import { footLine } from './foot.ts';
import type { FrameInput } from './frame-input.ts';
import { headLine, secondLine } from './head.ts';
import type { Corrections, Frame, Layout } from './layout.ts';
import { padLines } from './line.ts';
import { overlayLines } from './overlay.ts';
import { laneRuler, type PaintContext, paintRow } from './paint.ts';
import { flatRows, groupedRows, laneRows, type RowList, sortedGroups, treeRows } from './rows.ts';
import type { ViewProcess } from './store.ts';
import type { Ui } from './ui.ts';

const headLines = 2;
const footLines = 1;

/** The whole screen, as lines of exactly that width. Pure: the same input is the same frame, and nothing is changed. */
export const buildFrame = (input: FrameInput): Frame => {
  const { columns, rows } = input;
  const height = Math.max(1, rows - headLines - footLines);
  const body = bodyOf(input, height);
  const lines = [headLine(input), secondLine(input), ...body.lines, footLine(input)];
  const blank = ' '.repeat(columns);
  while (lines.length < rows) {
    lines.splice(-1, 0, blank);
  }
  return { lines: lines.slice(0, rows), layout: body.layout, corrections: body.corrections };
};

interface Body {
  readonly lines: string[];
  readonly layout: Layout;
  readonly corrections: Corrections;
}

const bodyOf = (input: FrameInput, height: number): Body => {
  const { ui, store, columns, theme, users } = input;
  const frozen = frozenOf(ui);
  const now = frozen?.now ?? store.now;
  const window = { from: now - ui.windowNs, to: now };
  const context: PaintContext = { store, theme, width: columns, users, window };
  const ruler = ui.mode === 'lanes' && ui.focus === undefined && ui.overlay === undefined ? [laneRuler(context)] : [];
  const room = height - ruler.length;
  const rows = frozen?.rows ?? rowsOf(input, room, window.from);
  // What was under the cursor may be gone: it is on what took its place.
  const cursor = ui.cursor === undefined ? undefined : (rows.at(rows.indexOf(ui.cursor))?.key ?? ui.cursor);
  const corrections = cursor === undefined || cursor === ui.cursor ? {} : { cursor };
  const top = topOf(ui, cursor, rows, room);
  const layout = { rows, top, height: room, lastId: store.events.next - 1, now: store.now };
  const overlay = overlayLines(input, height);
  if (overlay !== undefined) {
    const scroll = overlay.scroll === ui.scroll ? {} : { scroll: overlay.scroll };
    return { lines: overlay.lines, layout, corrections: { ...corrections, ...scroll } };
  }
  if (rows.length === 0 || isQuiet(input)) {
    return { lines: emptyLines(input, height), layout, corrections };
  }
  const lines = [...ruler];
  for (let index = top; index < Math.min(rows.length, top + room); index += 1) {
    const row = rows.at(index);
    if (row !== undefined) {
      lines.push(paintRow(row, context, row.key === cursor));
    }
  }
  return { lines: padLines(lines, height, columns), layout, corrections };
};

/** The lines that stay as they are; events that go on to be told have their own way to stay (flat lists). */
const frozenOf = (ui: Ui): Ui['frozen'] => {
  const stays = ui.mode !== 'flat' && ui.focus === undefined && (ui.pausedAt !== undefined || ui.cursor !== undefined);
  return stays && ui.frozen?.key === ui.frozenKey ? ui.frozen : undefined;
};

const rowsOf = ({ store, ui, ids }: FrameInput, height: number, from: number): RowList => {
  const wanted = { kinds: ui.kinds.shown, query: ui.query, group: ui.focus };
  if (ui.mode === 'flat' || ui.focus !== undefined) {
    return flatRows(store, ids, wanted, ui.pausedAt);
  }
  const groups = sortedGroups(store, ui.sort);
  const matches = processTest(ui);
  switch (ui.mode) {
    case 'grouped':
      return groupedRows(store, groups, wanted, height);
    case 'tree':
      return treeRows(store, groups, matches, !ui.query.empty);
    case 'lanes':
      return laneRows(store, groups, from, matches, !ui.query.empty);
  }
};

/** The filter for events, asked about the program of a process. */
const processTest =
  ({ query }: Ui) =>
  ({ program, group }: ViewProcess): boolean =>
    query.empty || (program !== undefined && query.matches({ id: 0, kind: 'exec', record: program, group }));

/** Following shows the end, or all groups from the first; else the cursor stays on its line of the screen. */
const topOf = (ui: Ui, cursor: string | undefined, rows: RowList, height: number): number => {
  const most = Math.max(0, rows.length - height);
  if (cursor === undefined) {
    return ui.mode === 'flat' || ui.focus !== undefined ? most : 0;
  }
  const index = rows.indexOf(cursor);
  if (index < 0) {
    return ui.follow ? most : 0;
  }
  return Math.min(most, Math.max(0, index - Math.min(ui.cursorRow, height - 1)));
};
