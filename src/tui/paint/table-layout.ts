/** How wide a column of a table is. */
export interface Sized {
  /** At least, if it is shown. */
  readonly width: number;
  /** Columns with a high rank go first where there is no room. */
  readonly rank: number;
  /** Part of the room that is left over that it gets. */
  readonly grow?: number;
  /** It is to be that wide before columns of less use have any room. */
  readonly good?: number;
  readonly most?: number;
}

/** A column, and how wide it is to be. */
export interface Placed<Column> {
  readonly column: Column;
  readonly width: number;
}

/** Columns with a higher rank come after those that are as wide as they should be. */
const lastOfUse = 9;

/** Gives columns the room that they should have, as far as there is some; how much that was. */
const widen = (widths: Map<Sized, number>, room: number): number => {
  let given = 0;
  for (const [column, width] of widths) {
    const more = Math.min(room - given, Math.max(0, (column.good ?? 0) - width));
    widths.set(column, width + more);
    given += more;
  }
  return given;
};

/** The columns that a width has room for, and how wide each is. */
export const placeColumns = <Column extends Sized>(width: number, columns: readonly Column[]): Placed<Column>[] => {
  const ranked = columns.toSorted((a, b) => a.rank - b.rank);
  const widths = new Map<Sized, number>();
  let room = width;
  for (const candidate of ranked) {
    const needed = candidate.width + (widths.size > 0 ? 1 : 0);
    if (candidate.rank > lastOfUse) {
      room -= widen(widths, room);
    }
    if (needed <= room) {
      widths.set(candidate, candidate.width);
      room -= needed;
    }
  }
  room -= widen(widths, room);
  const shown = columns.filter((candidate) => widths.has(candidate));
  for (let growing = shown; room > 0 && growing.length > 0; ) {
    growing = growing.filter((each) => each.grow !== undefined && widths.get(each)! < (each.most ?? width));
    const parts = growing.reduce((sum, { grow = 0 }) => sum + grow, 0);
    const before = room;
    for (const each of growing) {
      const more = Math.min(
        Math.floor((before * each.grow!) / parts) || 1,
        (each.most ?? width) - widths.get(each)!,
        room,
      );
      widths.set(each, widths.get(each)! + more);
      room -= more;
    }
  }
  return shown.map((each) => ({ column: each, width: widths.get(each)! }));
};
