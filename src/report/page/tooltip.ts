import { escapeText } from '../../view/escape.ts';
import { h } from './dom.ts';
import type { Row } from './rows.ts';
import { spokenRow } from './screen-reader.ts';

/** Characters of a row that a tip has room for. */
const maxText = 300;

/** Shows what the mouse points at beside it, or nothing. */
export const fillTooltip = (
  tip: HTMLElement,
  row: Row | undefined,
  { x, y }: { readonly x: number; readonly y: number },
  time: string,
): void => {
  if (row === undefined || (row.type !== 'proc' && row.type !== 'box')) {
    tip.hidden = true;
    return;
  }
  tip.replaceChildren(
    h('b', {}, row.type === 'proc' ? `${escapeText(row.proc.name)} · ${row.proc.pid}` : escapeText(row.box.name)),
    h('span', {}, spokenRow(row).slice(0, maxText)),
    h('span', { class: 'note' }, time),
  );
  tip.hidden = false;
  tip.style.left = `${Math.min(x + 14, window.innerWidth - tip.offsetWidth - 12)}px`;
  tip.style.top = `${y + 18 + tip.offsetHeight > window.innerHeight ? y - tip.offsetHeight - 10 : y + 18}px`;
};
