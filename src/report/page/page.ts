import { escapeText } from '../../view/escape.ts';
import type { ReportData } from '../data.ts';
import type { Box, Proc } from './boxes.ts';
import { boxDetails, type DetailsActions, procDetails } from './details.ts';
import { byId } from './dom.ts';
import { fillGrid } from './grid.ts';
import { Lanes } from './lanes.ts';
import type { Model } from './model.ts';
import { Overview } from './overview.ts';
import { firstOpen, type Row, rowsOf } from './rows.ts';
import { spokenProc } from './screen-reader.ts';
import type { Found, Search } from './search.ts';
import { EventTable } from './table.ts';
import { count, sinceStart } from './text.ts';
import { fillTooltip } from './tooltip.ts';
import { Clock } from './unpack.ts';
import type { UrlState } from './url.ts';
import { UrlKeeper } from './url-keeper.ts';

/** What is shown, and what is chosen: lanes, overview, table and details at one place. */
export class Page {
  readonly lanes: Lanes;
  readonly overview: Overview;
  readonly #data: ReportData;
  readonly #model: Model;
  readonly #search: Search;
  readonly #clock: Clock;
  readonly #table: EventTable;
  readonly #keeper: UrlKeeper;
  /** The times at the edges of all. */
  readonly #whole: { readonly from: number; readonly to: number };
  #found: Found;
  readonly #input = byId('query') as HTMLInputElement;
  readonly #panel = byId('details');
  readonly #actions: DetailsActions = {
    toProc: (proc) => this.toProc(proc),
    toBox: (box) => this.toBox(box),
    zoom: (from, to) => this.zoomTo(from, to),
    search: (query) => this.ask(query),
    time: (at) => this.#clockTime(at),
  };

  constructor(data: ReportData, model: Model, search: Search) {
    this.#data = data;
    this.#model = model;
    this.#search = search;
    this.#clock = new Clock(data.header.time, data.header.mono);
    this.#found = search.find('');
    this.#whole = { from: -0.01 * data.end, to: Math.max(1000, data.end * 1.03) };
    this.#keeper = new UrlKeeper({ ...this.#whole, query: '', selected: '', open: firstOpen(model) });
    const onView = (from: number, to: number): void => this.setView(from, to);
    this.lanes = new Lanes(byId('lanes'), {
      end: data.end,
      hostUntil: data.kept.hostUntil,
      until: data.kept.until,
      onSelect: (row) => this.#click(row),
      onFold: (row) => this.fold(row.box),
      onView,
      onHover: (row, x, y, at) => this.#showTip(row, x, y, at),
    });
    this.overview = new Overview(byId('overview') as HTMLCanvasElement, data.summary.activity, data.end, onView);
    this.#table = new EventTable(byId('events'), model, (index) => {
      const proc = model.procOf[index];
      if (proc === undefined) {
        this.toBox(model.boxOf[index]!, false);
      } else {
        this.toProc(proc, false);
      }
    });
  }

  get #place(): UrlState {
    return this.#keeper.place;
  }

  /** Shows the place that the address says. */
  go(): void {
    const { from, to, query, selected } = this.#place;
    this.#input.value = query;
    this.setView(from, to);
    this.run(query);
    const index = Number(selected.slice(1));
    const proc = selected.startsWith('p') ? this.#model.procs[index] : undefined;
    const box = selected.startsWith('c') ? this.#model.boxes[index] : undefined;
    if (proc !== undefined) {
      this.toProc(proc);
    } else if (box !== undefined) {
      this.toBox(box);
    }
  }

  /** The address was changed by hand. */
  goToAddress(): void {
    this.#keeper.readAgain();
    this.go();
  }

  setView(from: number, to: number): void {
    this.#place.from = from;
    this.#place.to = to;
    this.overview.setView(from, to);
    this.lanes.setView(from, to);
    byId('range').textContent =
      `${sinceStart(Math.max(0, from), (to - from) / 100)} – ${sinceStart(Math.min(this.#data.end, to), (to - from) / 100)}`;
    this.#keeper.save();
  }

  showWhole(): void {
    this.setView(this.#whole.from, this.#whole.to);
  }

  zoomTo(from: number, to: number): void {
    const room = Math.max(1e5, (to - from) * 0.06);
    this.setView(Math.max(this.#whole.from, from - room), Math.min(this.#whole.to, to + room));
    byId('timeline').scrollIntoView({ block: 'nearest' });
  }

  zoomToRow(row: Row | undefined): void {
    if (row?.type === 'proc') {
      this.zoomTo(row.proc.from, row.proc.to ?? this.#data.end);
    } else if (row !== undefined) {
      this.zoomTo(row.box.from, row.box.to);
    }
  }

  /** Folds a container, or unfolds it. */
  fold(box: Box): void {
    const { open } = this.#place;
    if (!open.delete(box.index)) {
      open.add(box.index);
    }
    this.#showRows();
    this.#keeper.save();
  }

  /** Unfolds all containers, or folds them if all are. */
  foldAll(): void {
    const lives = this.#model.boxes.filter(({ life }) => life !== undefined).map(({ index }) => index);
    this.#place.open = lives.every((index) => this.#place.open.has(index)) ? new Set() : new Set(lives);
    this.#showRows();
    this.#keeper.save();
  }

  toRow(row: Row): void {
    if (row.type === 'proc') {
      this.toProc(row.proc);
    } else {
      this.toBox(row.box);
    }
  }

  toProc(proc: Proc, scroll = true): void {
    const { index } = proc.worksFor ?? proc.box;
    if (scroll && !this.#place.open.has(index)) {
      this.#place.open.add(index);
      this.#showRows();
    }
    this.#select(`p${proc.index}`, spokenProc(proc), procDetails(proc, this.#model, this.#actions), scroll);
  }

  toBox(box: Box, scroll = true): void {
    this.#select(`c${box.index}`, `container ${escapeText(box.name)}`, boxDetails(box, this.#actions), scroll);
  }

  /** Hides the details. */
  hide(): void {
    this.#place.selected = '';
    this.#panel.hidden = true;
    document.body.classList.remove('has-details');
    this.lanes.select(-1, false);
    this.#keeper.save();
  }

  /** Searches for what a part of the page asks, and goes to what is found. */
  ask(query: string): void {
    this.#input.value = query;
    this.run(query);
    byId('events').scrollIntoView({ block: 'start' });
  }

  /** Searches for what was typed. */
  run(query: string): void {
    this.#found = this.#search.find(query);
    const { hits, problem } = this.#found;
    const all = count(this.#model.records.length, 'event');
    this.#place.query = query;
    byId('problem').textContent = problem ?? '';
    this.#input.setAttribute('aria-invalid', String(problem !== undefined));
    byId('hits').textContent =
      hits.length === this.#model.records.length ? all : `${hits.length.toLocaleString('en')} of ${all}`;
    byId('none').hidden = hits.length > 0;
    this.#table.show(hits);
    this.#showRows();
    this.#keeper.save();
  }

  /** Says the rows on the screen to screen readers. */
  showGrid(): void {
    fillGrid(byId('grid'), this.lanes, this.#isSelected);
  }

  /** A click folds the container that is chosen already. */
  #click(row: Row): void {
    if (row.type === 'proc') {
      this.toProc(row.proc, false);
    } else if (row.type === 'box' && this.#isSelected(row)) {
      this.fold(row.box);
    } else {
      this.toBox(row.box, false);
    }
  }

  #select(name: string, spoken: string, content: readonly HTMLElement[], scroll: boolean): void {
    this.#place.selected = name;
    this.#panel.querySelector('.details-body')!.replaceChildren(...content);
    this.#panel.hidden = false;
    document.body.classList.add('has-details');
    this.lanes.select(this.lanes.rows.findIndex(this.#isSelected), scroll);
    byId('spoken').textContent = spoken;
    this.showGrid();
    this.#keeper.save();
  }

  readonly #isSelected = (row: Row): boolean =>
    row.type === 'proc'
      ? this.#place.selected === `p${row.proc.index}`
      : row.type === 'box' && this.#place.selected === `c${row.box.index}`;

  #showRows(): void {
    this.lanes.setRows(rowsOf(this.#model, this.#place.open, this.#found.procs), this.#found.procs);
    this.lanes.select(this.lanes.rows.findIndex(this.#isSelected), false);
    this.showGrid();
  }

  #showTip(row: Row | undefined, x: number, y: number, at: number): void {
    const { from, to } = this.#place;
    fillTooltip(byId('tip'), row, { x, y }, sinceStart(Math.max(0, at), (to - from) / 1000));
  }

  #clockTime(at: number): string {
    const zone = this.#data.utc ? { timeZone: 'UTC' } : {};
    return new Date(this.#clock.time(at)).toLocaleTimeString(undefined, zone);
  }
}
