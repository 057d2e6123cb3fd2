import { h } from './dom.ts';
import type { Lanes } from './lanes.ts';
import type { Row } from './rows.ts';
import { spokenRow } from './screen-reader.ts';

/** Rows that a screen reader gets at most. */
const maxRows = 60;

/** Says the rows on the screen in elements, for screen readers: the canvas says nothing to them. */
export const fillGrid = (grid: HTMLElement, lanes: Lanes, isSelected: (row: Row) => boolean): void => {
  const [from, to] = lanes.visible;
  grid.setAttribute('aria-rowcount', String(lanes.rows.length));
  grid.replaceChildren(
    ...lanes.rows.slice(from, Math.min(to, from + maxRows)).map((row, index) =>
      h(
        'div',
        {
          role: 'row',
          'aria-rowindex': from + index + 1,
          'aria-level': row.type === 'proc' ? Math.min(row.depth, 8) + 2 : row.type === 'box' ? 1 : 2,
          'aria-expanded': row.type === 'box' ? String(row.isOpen) : undefined,
          'aria-selected': String(isSelected(row)),
        },
        h('span', { role: 'gridcell' }, spokenRow(row)),
      ),
    ),
  );
};
