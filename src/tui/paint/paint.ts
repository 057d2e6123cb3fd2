import { commandOrComm, innermostPid } from '../../view/command.ts';
import { age } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import type { Row } from '../rows/rows.ts';
import type { ViewProcess } from '../store/event.ts';
import { cpuOf } from './busiest.ts';
import { eventPieces } from './event-line.ts';
import type { Status } from './frame-input.ts';
import { headingPieces } from './heading-line.ts';
import { hostPieces } from './host-line.ts';
import { type LaneContext, lanePieces } from './lane.ts';
import { type Piece, renderLine } from './line.ts';
import { type TableContext, tableRow } from './table.ts';

export interface PaintContext extends TableContext, LaneContext, Pick<Status, 'clockOf'> {}

export const paintRow = (row: Row, context: PaintContext, selected: boolean): string =>
  renderLine(piecesOf(row, context), context.width, context.theme, selected);

const piecesOf = (row: Row, context: PaintContext): Piece[] => {
  const { width, theme } = context;
  switch (row.type) {
    case 'family':
      return tableRow(row.family, row.last, width, context);
    case 'host':
      return hostPieces(row.name, context, context.clockOf?.(row.name));
    case 'heading':
      return headingPieces(row.heading, context);
    case 'event':
      return eventPieces(row.event, row.inGroup, { ...context, glyphs: theme.glyphs });
    case 'process':
      return processPieces(row.process, row.branch, context);
    case 'lane':
      return lanePieces(row.process, context);
  }
};

/** Terminals narrower than this have no room for age and rate beside a command. */
const narrow = 60;

/** Those with less than this have none for CPU. */
const medium = 72;

const showsCpu = ({ width, cpuOf: measured, store }: PaintContext): boolean =>
  width >= medium && (measured !== undefined || store.usages > 0);

/** The titles of the tree. */
export const treeHeader = (context: PaintContext): string => {
  const { width, theme } = context;
  const more = width < narrow ? '' : `NSPID    AGE RUNS/S ${showsCpu(context) ? ' CPU% ' : ''}`;
  return renderLine([[`      PID ${more}COMMAND`, 'dim']], width, theme);
};

const cpuPiece = (process: ViewProcess, context: PaintContext): Piece => {
  const percent = cpuOf(process, context);
  const text = percent === undefined ? '-' : percent.toFixed(percent < 100 ? 1 : 0);
  return [`${text.padStart(5)} `, percent === undefined || percent < 1 ? 'dim' : 'good'];
};

const processPieces = (process: ViewProcess, branch: readonly boolean[], context: PaintContext): Piece[] => {
  const { theme, width, now } = context;
  const { glyphs } = theme;
  const stems = branch
    .slice(1)
    .map((isLast, index, rest) =>
      index === rest.length - 1 ? (isLast ? glyphs.last : glyphs.branch) : isLast ? '   ' : glyphs.pipe,
    )
    .join('');
  const rate = process.spawned.perSecond(now);
  // It works for the container from outside.
  const role = process.group.ref === null ? process.program?.role : undefined;
  const more: Piece[] =
    width < narrow
      ? []
      : [
          [`${innermostPid(process.nspid).padStart(5)} `, 'plain'],
          [`${age((now - process.startAt) / 1e6).padStart(6)} `, 'dim'],
          [`${(rate < 0.05 ? '-' : rate.toFixed(1)).padStart(6)} `, rate < 0.05 ? 'dim' : 'good'],
          ...(showsCpu(context) ? [cpuPiece(process, context)] : []),
        ];
  return [
    [`  ${String(process.pid).padStart(7)} `, 'plain'],
    ...more,
    [stems, 'dim'],
    [role === undefined ? '' : `${role} `, 'warn'],
    [commandOrComm(process.program ?? process), role === undefined ? 'plain' : 'dim'],
    [process.end === undefined ? '' : ` ended ${escapeText(process.end)}`, 'dim'],
  ];
};
