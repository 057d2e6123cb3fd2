import { escapeText } from '../../view/escape.ts';
import { h } from './dom.ts';
import type { Model } from './model.ts';
import { whatOf } from './text.ts';

const rowHeight = 28;
const spare = 8;

/** All events as a table of which only the visible rows are there: 100,000 rows cost as much as 50. */
export class EventTable {
  readonly #scroller: HTMLElement;
  readonly #body: HTMLElement;
  readonly #spacer: HTMLElement;
  readonly #model: Model;
  readonly #onChoose: (index: number) => void;
  #hits: readonly number[] = [];
  #cursor = -1;
  #shown = '';

  constructor(root: HTMLElement, model: Model, onChoose: (index: number) => void) {
    this.#model = model;
    this.#onChoose = onChoose;
    this.#scroller = root.querySelector<HTMLElement>('.events-scroll')!;
    this.#body = root.querySelector<HTMLElement>('.events-body')!;
    this.#spacer = root.querySelector<HTMLElement>('.events-spacer')!;
    this.#scroller.addEventListener('scroll', () => this.#fill());
    this.#scroller.addEventListener('keydown', (event) => this.#key(event));
    this.#scroller.addEventListener('click', (event) => this.#click(event));
    new ResizeObserver(() => this.#fill()).observe(this.#scroller);
  }

  get length(): number {
    return this.#hits.length;
  }

  show(hits: readonly number[]): void {
    this.#hits = hits;
    this.#cursor = -1;
    this.#spacer.style.height = `${hits.length * rowHeight}px`;
    this.#scroller.setAttribute('aria-rowcount', String(hits.length + 1));
    this.#shown = '';
    this.#fill();
  }

  /** Brings an event into view. */
  reveal(index: number): void {
    const row = this.#hits.indexOf(index);
    if (row >= 0) {
      this.#move(row, false);
    }
  }

  #move(row: number, choose: boolean): void {
    this.#cursor = Math.max(0, Math.min(this.#hits.length - 1, row));
    const top = this.#cursor * rowHeight;
    const room = this.#scroller.clientHeight - rowHeight;
    if (top < this.#scroller.scrollTop) {
      this.#scroller.scrollTop = top;
    } else if (top > this.#scroller.scrollTop + room) {
      this.#scroller.scrollTop = top - room;
    }
    this.#shown = '';
    this.#fill();
    if (choose) {
      this.#onChoose(this.#hits[this.#cursor]!);
    }
  }

  #fill(): void {
    const first = Math.max(0, Math.floor(this.#scroller.scrollTop / rowHeight) - spare);
    const last = Math.min(this.#hits.length, first + Math.ceil(this.#scroller.clientHeight / rowHeight) + 2 * spare);
    const shown = `${first}-${last}`;
    if (shown === this.#shown) {
      return;
    }
    this.#shown = shown;
    this.#body.style.transform = `translateY(${first * rowHeight}px)`;
    const rows: HTMLElement[] = [];
    for (let row = first; row < last; row += 1) {
      rows.push(this.#row(row));
    }
    this.#body.replaceChildren(...rows);
    const active = this.#cursor >= first && this.#cursor < last ? `event-${this.#cursor}` : '';
    this.#scroller.setAttribute('aria-activedescendant', active);
  }

  #row(row: number): HTMLElement {
    const index = this.#hits[row]!;
    const record = this.#model.records[index]!;
    const box = this.#model.boxOf[index]!;
    const proc = this.#model.procOf[index];
    const kind = record.type === 'exec' && record.ret !== 0 ? 'failed' : record.type;
    const pid = 'pid' in record && record.pid !== undefined ? String(record.pid) : '';
    return h(
      'div',
      {
        role: 'row',
        class: `event${row === this.#cursor ? ' current' : ''}`,
        id: `event-${row}`,
        'aria-rowindex': row + 2,
        'aria-selected': row === this.#cursor ? 'true' : 'false',
      },
      h('span', { role: 'gridcell', class: 'at' }, (record.at / 1e9).toFixed(6)),
      h('span', { role: 'gridcell' }, h('span', { class: `kind kind-${kind}` }, kind)),
      h('span', { role: 'gridcell', class: 'where' }, escapeText(box.name)),
      h('span', { role: 'gridcell', class: 'pid' }, pid),
      h('span', { role: 'gridcell', class: 'pid inner' }, proc?.inner === undefined ? '' : String(proc.inner)),
      h('span', { role: 'gridcell', class: 'what' }, whatOf(record).slice(0, maxText)),
    );
  }

  #click(event: MouseEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>('.event');
    if (row !== null) {
      this.#move(Number(row.id.slice('event-'.length)), true);
    }
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / rowHeight) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -this.#hits.length,
      End: this.#hits.length,
    };
    const step = steps[event.key];
    if (step !== undefined && this.#hits.length > 0) {
      event.preventDefault();
      this.#move(this.#cursor + step, false);
    } else if (event.key === 'Enter' && this.#cursor >= 0) {
      this.#onChoose(this.#hits[this.#cursor]!);
    }
  }
}

/** Longer ones are whole in the details. */
const maxText = 500;
