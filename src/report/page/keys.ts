import type { Lanes } from './lanes.ts';
import type { Row } from './rows.ts';

/** What keys do besides moving and zooming. */
export interface KeyActions {
  readonly choose: (row: Row) => void;
  readonly whole: () => void;
  readonly fold: (row: Row | undefined) => void;
  readonly zoomTo: (row: Row | undefined) => void;
}

/** Keys of the lanes: arrows move and choose, plus and minus zoom, 0 shows all, Enter folds, z zooms to the chosen row. */
export const listenToKeys = (element: HTMLElement, lanes: Lanes, { choose, whole, fold, zoomTo }: KeyActions): void => {
  const step = (by: number): void => {
    const current = lanes.selected;
    const index = Math.max(0, Math.min(lanes.rows.length - 1, current < 0 ? 0 : current + by));
    const row = nextRow(lanes.rows, index, by);
    if (row !== undefined) {
      choose(row);
    }
  };
  const keys = new Map<string, () => void>([
    ['ArrowLeft', () => lanes.pan(-80)],
    ['ArrowRight', () => lanes.pan(80)],
    ['ArrowDown', () => step(1)],
    ['ArrowUp', () => step(-1)],
    ['+', () => lanes.zoom(0.7)],
    ['=', () => lanes.zoom(0.7)],
    ['-', () => lanes.zoom(1 / 0.7)],
    ['0', whole],
    ['Enter', () => fold(lanes.rows[lanes.selected])],
    ['z', () => zoomTo(lanes.rows[lanes.selected])],
  ]);
  element.addEventListener('keydown', (event) => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys.get(event.key);
    if (act !== undefined) {
      event.preventDefault();
      act();
    }
  });
};

/** The next row that can be chosen. */
const nextRow = (rows: readonly Row[], from: number, by: number): Row | undefined => {
  for (let index = from; index >= 0 && index < rows.length; index += by) {
    const row = rows[index]!;
    if (row.type === 'proc' || row.type === 'box') {
      return row;
    }
  }
  return undefined;
};
