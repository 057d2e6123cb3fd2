import type { Ui } from '../keys/ui.ts';
import { familiesOf } from '../rows/families.ts';
import type { Corrections, Frame, Layout } from '../rows/layout.ts';
import type { Order } from '../rows/order.ts';
import type { RowList } from '../rows/rows.ts';
import { rowsOf } from './body.ts';
import { cardLines } from './container-card.ts';
import { emptyLines, isQuiet } from './empty.ts';
import { footLine } from './foot.ts';
import type { FrameInput } from './frame-input.ts';
import { headLine, secondLine } from './head.ts';
import { laneRuler } from './lane.ts';
import { padLines, renderLine } from './line.ts';
import { overlayLines } from './overlay.ts';
import { type PaintContext, paintRow, treeHeader } from './paint.ts';
import { sortKeys, tableHeader } from './table.ts';

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
  const context: PaintContext = {
    ...{ store, theme, width: columns, users, now, beganAt: store.beganAt },
    window: { from: now - ui.windowNs, to: now },
    ...(input.status.clockOf && { clockOf: input.status.clockOf }),
    ...(input.status.cpuOf && { cpuOf: input.status.cpuOf }),
  };
  const order = ui.order ?? orderOf(context, ui);
  const above = titleLines(input, context, height);
  const room = Math.max(1, height - above.length);
  const rows = frozen?.rows ?? rowsOf(input, order, room, context.window.from);
  // What was under the cursor may be gone: it is on what took its place.
  const cursor = ui.cursor === undefined ? undefined : (rows.at(rows.indexOf(ui.cursor))?.key ?? ui.cursor);
  // The end of a stream fills the room; elsewhere a line says how much is not shown.
  const hasNote = rows.length > room && room > 1 && !(ui.isStream && cursor === undefined);
  const shown = hasNote ? room - 1 : room;
  const top = topOf(ui, cursor, rows, shown);
  const layout = {
    ...{ rows, top, height: shown, lastId: store.nextId - 1, now: store.now },
    firstLine: headLines + above.length,
    message: input.status.message,
  };
  const corrections: Corrections = {
    ...(cursor !== undefined && cursor !== ui.cursor && { cursor }),
    ...(ui.order === undefined && store.groups.size > 1 && { order }),
  };
  const overlay = overlayLines(input, height);
  if (overlay !== undefined) {
    const scroll = overlay.scroll === ui.overlay.scroll ? {} : { scroll: overlay.scroll };
    return { lines: overlay.lines, layout, corrections: { ...corrections, ...scroll } };
  }
  if (isQuiet(input) || (rows.length === 0 && above.length + 3 > height)) {
    return { lines: emptyLines(input, height), layout, corrections };
  }
  if (rows.length === 0) {
    return { lines: [...above, ...emptyLines(input, room)], layout, corrections };
  }
  const lines = [...above];
  for (let index = top; index < Math.min(rows.length, top + shown); index += 1) {
    const row = rows.at(index);
    if (row !== undefined) {
      lines.push(paintRow(row, context, row.key === cursor));
    }
  }
  if (hasNote) {
    lines.push(noteLine(top, rows.length - top - shown, input));
  }
  return { lines: padLines(lines, height, columns), layout, corrections };
};

/** Containers as they are to be sorted now. */
const orderOf = (context: PaintContext, { sort }: Ui): Order =>
  sortKeys(familiesOf(context.store).values(), sort, context);

/** At most this part of the body says what a container is. */
const cardShare = 0.4;

/** What stands above the rows: what the container is that is looked at alone, and the titles of columns. */
const titleLines = (input: FrameInput, context: PaintContext, height: number): string[] => {
  const { ui, store, columns, theme } = input;
  const { focus, mode } = ui;
  const family = focus?.by === 'container' ? familiesOf(store).get(focus.key) : undefined;
  const most = Math.floor(height * cardShare);
  const card = family === undefined ? [] : cardLines(family, context).slice(0, most);
  const lines = card.map((pieces) => renderLine(pieces, columns, theme));
  switch (mode) {
    case 'containers':
      return [tableHeader(columns, ui.sort, context)];
    case 'tree':
      return [...lines, treeHeader(context)];
    case 'lanes':
      return [...lines, laneRuler(context)];
    default:
      return lines.length === 0
        ? []
        : [...lines, renderLine([[theme.glyphs.line.repeat(columns), 'dim']], columns, theme)];
  }
};

const noteLine = (above: number, below: number, { columns, theme }: FrameInput): string => {
  const parts = [above > 0 ? `${above} above` : '', below > 0 ? `${below} more below` : ''].filter(
    (part) => part !== '',
  );
  return renderLine([[`  ${parts.join(', ')}`, 'accent']], columns, theme);
};

/** The lines that stay as they are; lists of events have their own way to stay. */
const frozenOf = (ui: Ui): Ui['frozen'] => {
  const stays = !ui.isStream && (ui.pausedAt !== undefined || ui.cursor !== undefined);
  return stays && ui.frozen?.key === ui.frozenKey ? ui.frozen : undefined;
};

/** Following shows the end, or all groups from the first; else the cursor stays on its line of the screen. */
const topOf = (ui: Ui, cursor: string | undefined, rows: RowList, height: number): number => {
  const most = Math.max(0, rows.length - height);
  if (cursor === undefined) {
    return ui.isStream ? most : 0;
  }
  const index = rows.indexOf(cursor);
  if (index < 0) {
    return ui.follow && ui.isStream ? most : 0;
  }
  return Math.min(most, Math.max(0, index - Math.min(ui.cursorRow, height - 1)));
};
