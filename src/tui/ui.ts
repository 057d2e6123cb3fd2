import { type Command, commandOf } from './bindings.ts';
import type { Effect } from './effect.ts';
import { KindMenu } from './kind-menu.ts';
import type { Corrections, Layout } from './layout.ts';
import { stepOf } from './moves.ts';
import { edited } from './prompt.ts';
import { parseQuery, type Query } from './query.ts';
import { type Mode, modes, type RowList, type Sort, sorts } from './rows.ts';
import type { Group, Kind, ViewEvent } from './store.ts';
import { transportOf } from './transport.ts';

export type Overlay = 'help' | 'kinds' | 'details';

/** What the user did to the view: where it is, what it shows, and what is on top of it. */
export class Ui {
  mode: Mode = 'grouped';
  sort: Sort = 'activity';
  follow = true;
  /** Only events up to this one are shown; tracing goes on. */
  pausedAt: number | undefined;
  /** The lines that stay while the view is paused, or while the cursor is in a list that would move under it. */
  frozen: { key: string; rows: RowList; now: number } | undefined;
  cursor: string | undefined;
  cursorRow = 0;
  focus: Group | undefined;
  readonly kinds: KindMenu;
  query: Query;
  /** What is being typed after `/`. */
  prompt: string | undefined;
  overlay: Overlay | undefined;
  details: ViewEvent | undefined;
  scroll = 0;
  windowNs = 60e9;
  notice: { text: string; bad: boolean } | undefined;
  /** Keys of a recording: play, seek, speed. */
  readonly isReplay: boolean;
  readonly #users: { idOf(name: string): number | undefined };
  #searched: Query;

  constructor(options: {
    isReplay: boolean;
    users: { idOf(name: string): number | undefined };
    kinds?: readonly Kind[] | undefined;
  }) {
    this.isReplay = options.isReplay;
    this.#users = options.users;
    this.kinds = new KindMenu(options.kinds);
    this.query = parseQuery('', this.#users);
    this.#searched = this.query;
  }

  /** Takes over what a frame found to have changed under the user's place. */
  correct({ cursor, scroll }: Corrections): void {
    this.cursor = cursor ?? this.cursor;
    this.scroll = scroll ?? this.scroll;
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
    if (this.prompt !== undefined) {
      this.#type(key);
      return undefined;
    }
    if (this.overlay !== undefined) {
      return this.#inOverlay(key);
    }
    const command = commandOf(key, this);
    return command === undefined ? undefined : this.#do(command, layout);
  }

  #type(key: string): void {
    if (key === 'enter') {
      this.prompt = undefined;
    } else if (key === 'escape') {
      this.prompt = undefined;
      this.#filter('');
    } else {
      const before = this.prompt!;
      this.prompt = edited(before, key);
      if (this.prompt !== before) {
        this.#filter(this.prompt);
      }
    }
  }

  #filter(text: string): void {
    this.query = parseQuery(text, this.#users);
    if (!this.query.empty) {
      this.#searched = this.query;
    }
    this.#toEnd();
  }

  #inOverlay(key: string): Effect | undefined {
    const command = commandOf(key, this);
    if (key === 'q' || key === 'escape' || command === opens[this.overlay!]) {
      this.overlay = undefined;
    } else if (this.overlay === 'kinds') {
      this.kinds.press(key);
    } else if (command === 'copy' && this.details !== undefined && this.overlay === 'details') {
      return { type: 'copy', event: this.details };
    } else {
      this.scroll = Math.max(0, this.scroll + (stepOf(command, overlayPage) ?? 0));
    }
    return undefined;
  }

  #do(command: Command, layout: Layout): Effect | undefined {
    switch (command) {
      case 'quit':
      case 'record':
      case 'clear':
        return { type: command };
      case 'help':
        this.overlay = 'help';
        this.scroll = 0;
        return undefined;
      case 'filter':
        this.prompt = this.query.text;
        return undefined;
      case 'kinds':
        this.overlay = 'kinds';
        return undefined;
      case 'mode':
        return this.#setMode(next(modes, this.mode));
      case 'sort':
        this.sort = next(sorts, this.sort);
        return undefined;
      case 'follow':
        this.#toEnd();
        return undefined;
      case 'pause':
        return this.#pause(layout);
      case 'copy':
        return this.#copy(layout);
      case 'open':
        return this.#open(layout);
      case 'back':
        return this.#back();
      case 'next':
      case 'previous':
        return this.#search(layout, command === 'next' ? 1 : -1);
      case 'longer':
      case 'shorter':
        this.windowNs = Math.min(3600e9, Math.max(1e9, this.windowNs * (command === 'longer' ? 2 : 0.5)));
        return undefined;
      default:
        return transportOf(command) ?? this.#move(command, layout);
    }
  }

  #setMode(mode: Mode): undefined {
    this.mode = mode;
    this.focus = undefined;
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
  selected({ rows }: Layout) {
    return this.cursor === undefined ? undefined : rows.at(rows.indexOf(this.cursor));
  }

  #copy(layout: Layout): Effect | undefined {
    const row = this.selected(layout);
    return row?.type === 'event' ? { type: 'copy', event: row.event } : undefined;
  }

  #open(layout: Layout): undefined {
    const row = this.selected(layout);
    if (row?.type === 'group') {
      this.focus = row.group;
      this.#toEnd();
    } else if (row?.type === 'event') {
      this.details = row.event;
      this.overlay = 'details';
      this.scroll = 0;
    }
    return undefined;
  }

  #back(): undefined {
    if (this.focus !== undefined) {
      this.cursor = `g${this.focus.key}`;
      this.focus = undefined;
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
    if (this.pausedAt === undefined) {
      this.frozen = undefined;
    }
  }

  /** What the lines of the body depend on, beside events. */
  get frozenKey(): string {
    return [
      this.mode,
      this.sort,
      this.windowNs,
      this.focus?.key ?? '',
      [...this.kinds.shown].join(),
      this.query.text,
    ].join(' ');
  }

  #freeze({ rows, now }: Layout): void {
    this.frozen = { key: this.frozenKey, rows, now };
  }

  /** To the next event that the last filter matches, though nothing is filtered now. */
  #search(layout: Layout, step: 1 | -1): undefined {
    const { rows } = layout;
    if (this.#searched.empty) {
      this.notice = { text: 'nothing was searched yet: / begins', bad: true };
      return undefined;
    }
    const from = this.cursor === undefined ? (step === 1 ? -1 : rows.length) : rows.indexOf(this.cursor);
    for (let index = from + step; index >= 0 && index < rows.length; index += step) {
      const row = rows.at(index);
      if (row?.type === 'event' && this.#searched.matches(row.event)) {
        this.#setCursor(index, layout);
        return undefined;
      }
    }
    this.notice = { text: `no more ${this.#searched.text}`, bad: true };
    return undefined;
  }

  #move(command: Command, layout: Layout): undefined {
    const { rows, top, height } = layout;
    const last = rows.length - 1;
    if (command === 'last') {
      this.#toEnd();
      return undefined;
    }
    const step = stepOf(command, height);
    if (step === undefined || last < 0) {
      return undefined;
    }
    // The cursor appears where the eye is: at the last line that is shown.
    const shown = Math.min(last, top + height - 1);
    const from = this.cursor === undefined ? shown : rows.indexOf(this.cursor);
    const to = this.cursor === undefined && Math.abs(step) === 1 ? shown : from + step;
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

/** What opens it closes it too. */
const opens: Readonly<Partial<Record<Overlay, Command>>> = { help: 'help', kinds: 'kinds' };
/** Lines of a page in what is on top, which does not know its height. */
const overlayPage = 10;

const next = <Item>(items: readonly Item[], item: Item): Item => items[(items.indexOf(item) + 1) % items.length]!;
