import type { CompilePattern } from '../filter/pattern.ts';
import { type Command, commandOf } from './bindings.ts';
import { copyEffect } from './copy.ts';
import type { Effect, Jump } from './effect.ts';
import type { Kind, ViewEvent, ViewProcess } from './event.ts';
import type { GroupKind } from './grouping.ts';
import { KindMenu } from './kind-menu.ts';
import type { Corrections, Layout } from './layout.ts';
import type { Wanted } from './listing.ts';
import { type MenuName, menus } from './menu.ts';
import { stepOf } from './moves.ts';
import type { Order } from './order.ts';
import { FilterPrompt } from './prompt.ts';
import { parseQuery, type Query, type QueryUsers } from './query.ts';
import { type Mode, modes, type Row, type RowList } from './rows.ts';
import type { Sort } from './table.ts';
import { transportOf } from './transport.ts';

export type Overlay = 'help' | 'kinds' | 'details' | MenuName;

/** What is looked at alone: one container, or one of the groups of another kind. */
export interface Focus {
  readonly by: GroupKind;
  readonly key: string;
  /** Where it was opened. */
  readonly from: { readonly mode: Mode; readonly cursor: string };
}

/** The modes in which one container is shown. */
const focusModes: readonly Mode[] = ['flat', 'tree', 'lanes'];

export interface UiOptions {
  readonly isReplay: boolean;
  readonly users: QueryUsers;
  readonly kinds?: readonly Kind[] | undefined;
  readonly by?: GroupKind | undefined;
}

/** What the user did to the view: where it is, what it shows, and what is on top of it. */
export class Ui {
  mode: Mode = 'containers';
  by: GroupKind;
  sort: Sort = { column: 'changed', reversed: false };
  /** Containers as they were when they were last sorted; undefined until then. */
  order: Order | undefined;
  follow = true;
  /** Only events up to this one are shown; tracing goes on. */
  pausedAt: number | undefined;
  /** The lines that stay while the view is paused, or while the cursor is in a list that would move under it. */
  frozen: { key: string; rows: RowList; now: number } | undefined;
  cursor: string | undefined;
  cursorRow = 0;
  focus: Focus | undefined;
  readonly kinds: KindMenu;
  query: Query;
  readonly prompt: FilterPrompt;
  overlay: Overlay | undefined;
  menuCursor = 0;
  details: ViewEvent | ViewProcess | undefined;
  scroll = 0;
  windowNs = 60e9;
  mouse = false;
  notice: { text: string; bad: boolean } | undefined;
  /** Keys of a recording: play, seek, speed. */
  readonly isReplay: boolean;
  readonly #users: QueryUsers;
  #compile: CompilePattern | undefined;
  #searched: Query;
  /** Digits typed before a command, as in less. */
  #count = '';

  constructor({ isReplay, users, kinds, by = 'container' }: UiOptions) {
    this.isReplay = isReplay;
    this.#users = users;
    this.kinds = new KindMenu(kinds);
    this.query = parseQuery('', users);
    this.#searched = this.query;
    this.prompt = new FilterPrompt((text) => this.#filter(text));
    this.by = by;
    if (by !== 'container') {
      this.mode = 'grouped';
    }
  }

  /** Which events a frame of this needs; undefined if it needs none. */
  get wanted(): Wanted | undefined {
    const { kinds, query, focus, mode } = this;
    const wanted = { kinds: kinds.shown, query };
    if (focus !== undefined) {
      return mode === 'flat' ? { ...wanted, by: focus.by, only: focus.key, grouped: false } : undefined;
    }
    switch (mode) {
      case 'containers':
        return query.empty ? undefined : { ...wanted, by: 'container', only: undefined, grouped: true };
      case 'grouped':
        return { ...wanted, by: this.by, only: undefined, grouped: true };
      case 'flat':
        return { ...wanted, by: this.by, only: undefined, grouped: false };
      default:
        return undefined;
    }
  }

  /** Whether the end of the list is shown, which grows. */
  get isStream(): boolean {
    return this.mode === 'flat';
  }

  /** Takes over what a frame found to have changed under the user's place. */
  correct({ cursor, scroll, order }: Corrections): void {
    this.cursor = cursor ?? this.cursor;
    this.scroll = scroll ?? this.scroll;
    this.order = order ?? this.order;
  }

  /** Begins anew with the same things in view: a recording was wound back. */
  restart(): void {
    this.pausedAt = undefined;
    this.frozen = undefined;
    this.details = undefined;
    if (this.overlay === 'details') {
      this.overlay = undefined;
    }
  }

  /** Takes a key by its name, as keys.ts names them. */
  press(key: string, layout: Layout): Effect | undefined {
    this.notice = undefined;
    if (key === 'ctrl+c') {
      return { type: 'quit' };
    }
    if (key === 'ctrl+z') {
      return { type: 'suspend' };
    }
    if (this.prompt.isOpen) {
      this.prompt.press(key);
      return undefined;
    }
    if (this.overlay !== undefined) {
      return this.#inOverlay(key, layout);
    }
    if (/^\d$/.test(key) && (key !== '0' || this.#count !== '')) {
      this.#count = `${this.#count}${key}`.slice(0, maxDigits);
      return undefined;
    }
    const count = this.#count === '' ? undefined : Number(this.#count);
    this.#count = '';
    const command = commandOf(key, this);
    return command === undefined ? undefined : this.#do(command, layout, count);
  }

  /** A click on a line of the screen, or the wheel. */
  click(line: number, layout: Layout): Effect | undefined {
    const index = layout.top + line - layout.firstLine;
    const row = index >= layout.top && index < layout.top + layout.height ? layout.rows.at(index) : undefined;
    if (row === undefined || this.overlay !== undefined || this.prompt.isOpen) {
      return undefined;
    }
    // The second click on a line opens it.
    if (this.cursor === row.key) {
      return this.#open(layout);
    }
    this.#setCursor(index, layout);
    return undefined;
  }

  /** The engine of regular expressions is there. */
  patternsLoaded(compile: CompilePattern): void {
    this.#compile = compile;
    if (!this.query.empty) {
      this.query = parseQuery(this.query.text, this.#users, compile);
      this.#searched = this.query;
    }
  }

  #filter(text: string): undefined {
    this.query = parseQuery(text, this.#users, this.#compile);
    if (!this.query.empty) {
      this.#searched = this.query;
    }
    this.#toEnd();
  }

  #inOverlay(key: string, layout: Layout): Effect | undefined {
    const overlay = this.overlay!;
    const command = commandOf(key, this);
    if (key === 'q' || key === 'escape' || (command === opens[overlay] && !isMenu(overlay))) {
      // A copy menu is opened out of details, too.
      const isAbove = overlay === 'copy' && this.details !== undefined;
      this.overlay = isAbove ? 'details' : undefined;
      this.details = isAbove ? this.details : undefined;
      return undefined;
    }
    if (isMenu(overlay)) {
      return this.#inMenu(overlay, key, layout);
    }
    if (overlay === 'kinds') {
      this.kinds.press(key);
    } else if (command === 'copy' && overlay === 'details') {
      this.#openMenu('copy');
    } else {
      this.scroll = Math.max(0, this.scroll + (stepOf(command, overlayPage) ?? 0));
    }
    return undefined;
  }

  #inMenu(name: MenuName, key: string, layout: Layout): Effect | undefined {
    const { items } = menus[name];
    const chosen = key === 'enter' || key === ' ' ? items[this.menuCursor] : items.find((item) => item.key === key);
    if (chosen !== undefined) {
      return this.#choose(name, chosen.name, layout);
    }
    const reversed = name === 'sort' ? items.find((item) => item.key.toUpperCase() === key) : undefined;
    if (reversed !== undefined) {
      return this.#sortBy({ column: reversed.name, reversed: true });
    }
    const step = stepOf(commandOf(key, this), items.length) ?? 0;
    this.menuCursor = Math.min(items.length - 1, Math.max(0, this.menuCursor + step));
    return undefined;
  }

  #choose(name: MenuName, choice: string, layout: Layout): Effect | undefined {
    this.overlay = undefined;
    switch (name) {
      case 'sort':
        return this.#sortBy({ column: choice, reversed: false });
      case 'by':
        this.by = choice as GroupKind;
        this.focus = undefined;
        this.mode = this.mode === 'containers' || this.mode === 'flat' ? 'grouped' : this.mode;
        this.#toEnd();
        return undefined;
      case 'jump':
        return { type: 'jump', to: choice as Jump };
      case 'copy': {
        const of = this.details ?? this.selected(layout);
        this.overlay = this.details === undefined ? undefined : 'details';
        return copyEffect(choice, of);
      }
    }
  }

  #do(command: Command, layout: Layout, count: number | undefined): Effect | undefined {
    switch (command) {
      case 'quit':
      case 'record':
      case 'clear':
        return { type: command };
      case 'help':
      case 'kinds':
        this.overlay = command;
        this.scroll = 0;
        return undefined;
      case 'sort':
      case 'by':
      case 'jump':
        return this.#openMenu(command);
      case 'copy':
        return this.selected(layout) === undefined
          ? this.#note('no line is chosen: j and k choose one')
          : this.#openMenu('copy');
      case 'sortAgain':
        return this.#sortAgain();
      case 'filter':
        this.prompt.open(this.query.text);
        return undefined;
      case 'mode':
        return this.#nextMode();
      case 'follow':
        this.#toEnd();
        return undefined;
      case 'pause':
        return this.#pause(layout);
      case 'open':
        return this.#open(layout);
      case 'back':
        return this.#back();
      case 'next':
      case 'previous':
        return this.#search(layout, command === 'next' ? 1 : -1);
      case 'mouse':
        this.mouse = !this.mouse;
        this.notice = {
          text: this.mouse ? 'clicks open lines; M gives selecting back' : 'the mouse selects text',
          bad: false,
        };
        return { type: 'mouse', on: this.mouse };
      case 'longer':
      case 'shorter':
        this.windowNs = Math.min(3600e9, Math.max(1e9, this.windowNs * (command === 'longer' ? 2 : 0.5)));
        return undefined;
      default:
        return transportOf(command) ?? this.#move(command, layout, count);
    }
  }

  #note(text: string): undefined {
    this.notice = { text, bad: true };
    return undefined;
  }

  #openMenu(name: MenuName): undefined {
    this.overlay = name;
    this.menuCursor = 0;
    return undefined;
  }

  #sortBy(sort: Sort): undefined {
    this.overlay = undefined;
    this.sort = sort;
    return this.#sortAgain();
  }

  #sortAgain(): undefined {
    this.order = undefined;
    this.#toEnd();
    return undefined;
  }

  #nextMode(): undefined {
    const those = this.focus === undefined ? modes : focusModes;
    this.mode = those[(those.indexOf(this.mode) + 1) % those.length]!;
    this.#toEnd();
    return undefined;
  }

  #pause(layout: Layout): undefined {
    if (this.pausedAt === undefined) {
      this.pausedAt = layout.lastId;
      this.#freeze(layout);
    } else {
      this.pausedAt = undefined;
      this.#toEnd();
    }
    return undefined;
  }

  /** The row under the cursor. */
  selected({ rows }: Layout): Row | undefined {
    return this.cursor === undefined ? undefined : rows.at(rows.indexOf(this.cursor));
  }

  /** Without a cursor: the first container, which is where the eye is. */
  #open(layout: Layout): undefined {
    const row = this.selected(layout) ?? (this.mode === 'containers' ? layout.rows.at(0) : undefined);
    switch (row?.type) {
      case 'family':
        return this.#focusOn('container', row.family.key, row.key);
      case 'host':
        return this.#filter(`host:${quoted(row.name)}`);
      case 'heading':
        return this.#focusOn(row.heading.by, row.heading.key, row.key);
      case 'event':
        return this.#detailsOf(row.event);
      case 'process':
      case 'lane':
        return this.#detailsOf(row.process);
      default:
        return undefined;
    }
  }

  #focusOn(by: GroupKind, key: string, cursor: string): undefined {
    this.focus = { by, key, from: { mode: this.mode, cursor } };
    this.mode = focusModes.includes(this.mode) ? this.mode : 'flat';
    this.#toEnd();
    return undefined;
  }

  #detailsOf(of: ViewEvent | ViewProcess): undefined {
    this.details = of;
    this.overlay = 'details';
    this.scroll = 0;
    return undefined;
  }

  #back(): undefined {
    if (this.focus !== undefined) {
      const { mode, cursor } = this.focus.from;
      this.focus = undefined;
      this.mode = mode;
      this.frozen = undefined;
      this.cursor = cursor;
      this.follow = false;
    } else if (!this.query.empty) {
      this.#filter('');
    } else {
      this.#toEnd();
    }
    return undefined;
  }

  #toEnd(): void {
    this.follow = true;
    this.cursor = undefined;
    this.details = undefined;
    if (this.pausedAt === undefined) {
      this.frozen = undefined;
    }
  }

  /** What the lines of the body depend on, beside events. */
  get frozenKey(): string {
    const { mode, by, sort, windowNs, focus, kinds, query } = this;
    return JSON.stringify([mode, by, sort, windowNs, focus?.by, focus?.key, [...kinds.shown], query.text]);
  }

  #freeze({ rows, now }: Layout): void {
    this.frozen = { key: this.frozenKey, rows, now };
  }

  /** To the next event that the last filter matches, though nothing is filtered now. */
  #search(layout: Layout, step: 1 | -1): undefined {
    const { rows } = layout;
    if (this.#searched.empty) {
      return this.#note('nothing was searched yet: / begins');
    }
    const from = this.cursor === undefined ? (step === 1 ? -1 : rows.length) : rows.indexOf(this.cursor);
    for (let index = from + step; index >= 0 && index < rows.length; index += step) {
      const row = rows.at(index);
      if (row?.type === 'event' && this.#searched.matches(row.event)) {
        this.#setCursor(index, layout);
        return undefined;
      }
    }
    return this.#note(`no more ${this.#searched.text}`);
  }

  #move(command: Command, layout: Layout, count: number | undefined): undefined {
    const { rows, top, height } = layout;
    const last = rows.length - 1;
    if (last < 0) {
      return undefined;
    }
    if (count !== undefined && (command === 'last' || command === 'first')) {
      this.#setCursor(Math.min(last, Math.max(0, count - 1)), layout);
      return undefined;
    }
    if (command === 'last' && this.isStream) {
      this.#toEnd();
      return undefined;
    }
    const step = stepOf(command, height);
    if (step === undefined) {
      return undefined;
    }
    // The cursor appears where the eye is: at the newest line of events, at the first one of other lists.
    const shown = this.isStream ? Math.min(last, top + height - 1) : Math.min(last, top);
    const from = this.cursor === undefined ? shown : rows.indexOf(this.cursor);
    const isFirst = this.cursor === undefined && Math.abs(step) === 1 && count === undefined;
    const to = isFirst ? shown : from + step * (Math.abs(step) === Number.MAX_SAFE_INTEGER ? 1 : (count ?? 1));
    this.#setCursor(Math.min(last, Math.max(0, to)), layout);
    return undefined;
  }

  #setCursor(index: number, layout: Layout): void {
    const { rows, top, height } = layout;
    this.follow = false;
    if (this.mode === 'grouped' && this.focus === undefined && this.frozen === undefined) {
      this.#freeze(layout);
    }
    this.cursor = rows.at(index)?.key;
    this.cursorRow = Math.min(height - 1, Math.max(0, index - top));
  }
}

/** A value of the filter language that blanks, commas and signs do not cut. */
const quoted = (value: string): string => (/^[\w.-]+$/.test(value) ? value : `"${value.replaceAll('"', '')}"`);

/** What opens it closes it too. */
const opens: Readonly<Partial<Record<Overlay, Command>>> = { help: 'help', kinds: 'kinds' };

const isMenu = (overlay: Overlay): overlay is MenuName => Object.hasOwn(menus, overlay);

/** Lines of a page in what is on top, which does not know its height. */
const overlayPage = 10;
/** Of the number before a command. */
const maxDigits = 7;
