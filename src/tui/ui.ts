import { parseQuery, type Query } from './query.ts';
import { type Mode, modes, type RowList, type Sort, sorts } from './rows.ts';
import { type Group, type Kind, kinds, type ViewEvent } from './store.ts';

/** Shown from the start; forks and cgroups are many and say little. */
const usualKinds: readonly Kind[] = ['exec', 'failed', 'exit', 'join', 'namespace', 'container'];

/** What a key asks of those who have more than the view. */
export type Effect =
  | { readonly type: 'quit' | 'record' | 'clear' | 'suspend' }
  | { readonly type: 'copy'; readonly event: ViewEvent }
  | { readonly type: 'play' }
  | { readonly type: 'speed'; readonly factor: number }
  | { readonly type: 'seek'; readonly seconds: number }
  | { readonly type: 'jump'; readonly to: 'start' | 'exit' | 'error' | 'join' };

export type Overlay = 'help' | 'kinds' | 'details';

export interface Layout {
  readonly rows: RowList;
  /** The last event there was, and the kernel time, when it was made. */
  readonly lastId: number;
  readonly now: number;
  /** Index of the row at the top of the body, and how many fit. */
  readonly top: number;
  readonly height: number;
}

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
  kinds: ReadonlySet<Kind>;
  query: Query;
  /** What is being typed after `/`. */
  prompt: string | undefined;
  overlay: Overlay | undefined;
  details: ViewEvent | undefined;
  scroll = 0;
  kindCursor = 0;
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
    this.kinds = new Set(options.kinds ?? usualKinds);
    this.query = parseQuery('', this.#users);
    this.#searched = this.query;
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
    return this.#command(key, layout);
  }

  #type(key: string): void {
    const text = this.prompt!;
    if (key === 'enter') {
      this.prompt = undefined;
    } else if (key === 'escape') {
      this.prompt = undefined;
      this.#filter('');
    } else if (key === 'backspace' || key === 'delete') {
      this.#setPrompt([...text].slice(0, -1).join(''));
    } else if (key === 'ctrl+u') {
      this.#setPrompt('');
    } else if (!key.startsWith('ctrl+') && !named.has(key) && !/\p{C}/u.test(key) && text.length < maxPrompt) {
      this.#setPrompt(text + key);
    }
  }

  #setPrompt(text: string): void {
    this.prompt = text;
    this.#filter(text);
  }

  #filter(text: string): void {
    this.query = parseQuery(text, this.#users);
    if (!this.query.empty) {
      this.#searched = this.query;
    }
    this.#toEnd();
  }

  #inOverlay(key: string): Effect | undefined {
    if (key === 'q' || key === 'escape' || (key === '?' && this.overlay === 'help')) {
      this.overlay = undefined;
    } else if (this.overlay === 'kinds') {
      this.#chooseKind(key);
    } else if (key === 'c' && this.details !== undefined && this.overlay === 'details') {
      return { type: 'copy', event: this.details };
    } else {
      this.scroll = Math.max(0, this.scroll + (scrolls[key] ?? 0));
    }
    return undefined;
  }

  #chooseKind(key: string): void {
    if (key === 'down' || key === 'j') {
      this.kindCursor = Math.min(kinds.length - 1, this.kindCursor + 1);
    } else if (key === 'up' || key === 'k') {
      this.kindCursor = Math.max(0, this.kindCursor - 1);
    } else if (key === ' ' || key === 'enter') {
      this.#toggleKind(kinds[this.kindCursor]!);
    } else if (key === 'e') {
      this.overlay = undefined;
    } else if (Number(key) >= 1 && Number(key) <= kinds.length) {
      this.#toggleKind(kinds[Number(key) - 1]!);
    }
  }

  #toggleKind(kind: Kind): void {
    const next = new Set(this.kinds);
    if (!next.delete(kind)) {
      next.add(kind);
    }
    this.kinds = next;
  }

  #command(key: string, layout: Layout): Effect | undefined {
    switch (key) {
      case 'q':
        return { type: 'quit' };
      case '?':
        this.overlay = 'help';
        this.scroll = 0;
        return undefined;
      case '/':
        this.prompt = this.query.text;
        return undefined;
      case 'e':
        this.overlay = 'kinds';
        return undefined;
      case 'tab':
      case 'm':
        return this.#setMode(next(modes, this.mode));
      case 's':
        this.sort = next(sorts, this.sort);
        return undefined;
      case 'f':
        this.#toEnd();
        return undefined;
      case ' ':
        return this.#space(layout);
      case 'r':
        return this.isReplay ? undefined : { type: 'record' };
      case 'x':
        return { type: 'clear' };
      case 'c':
        return this.#copy(layout);
      case 'enter':
      case 'l':
        return this.#open(layout);
      case 'escape':
      case 'h':
        return this.#back();
      case 'left':
      case 'right':
        return this.isReplay ? this.#transport(key) : key === 'left' ? this.#back() : this.#open(layout);
      case 'n':
      case 'N':
        return this.#search(layout, key === 'n' ? 1 : -1);
      case '+':
      case '-':
        return this.#zoom(key);
      default:
        return this.#move(key, layout) ?? this.#transport(key);
    }
  }

  #setMode(mode: Mode): undefined {
    this.mode = mode;
    this.focus = undefined;
    this.#toEnd();
    return undefined;
  }

  #space(layout: Layout): Effect | undefined {
    if (this.isReplay) {
      return { type: 'play' };
    }
    if (this.pausedAt === undefined) {
      this.pausedAt = layout.lastId;
      this.#freeze(layout);
    } else {
      this.pausedAt = undefined;
      this.#toEnd();
    }
    return undefined;
  }

  #zoom(key: string): Effect | undefined {
    if (this.mode === 'lanes') {
      this.windowNs = Math.min(3600e9, Math.max(1e9, this.windowNs * (key === '+' ? 0.5 : 2)));
      return undefined;
    }
    return this.isReplay ? { type: 'speed', factor: key === '+' ? 2 : 0.5 } : undefined;
  }

  #transport(key: string): Effect | undefined {
    if (!this.isReplay) {
      return undefined;
    }
    switch (key) {
      case 'left':
      case '<':
        return { type: 'seek', seconds: -5 };
      case 'right':
      case '>':
        return { type: 'seek', seconds: 5 };
      case '1':
        return { type: 'jump', to: 'start' };
      case '2':
        return { type: 'jump', to: 'exit' };
      case '3':
        return { type: 'jump', to: 'error' };
      case '4':
        return { type: 'jump', to: 'join' };
      default:
        return undefined;
    }
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
    return [this.mode, this.sort, this.windowNs, this.focus?.key ?? '', [...this.kinds].join(), this.query.text].join(
      ' ',
    );
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

  #move(key: string, layout: Layout): Effect | undefined {
    const { rows, top, height } = layout;
    const last = rows.length - 1;
    const steps: Record<string, number> = {
      ...{ down: 1, j: 1, up: -1, k: -1, pagedown: height, pageup: -height, 'ctrl+f': height, 'ctrl+b': -height },
      ...{
        'ctrl+d': height >> 1,
        'ctrl+u': -(height >> 1),
        g: -Number.MAX_SAFE_INTEGER,
        home: -Number.MAX_SAFE_INTEGER,
      },
      ...{ 'wheel-down': 3, 'wheel-up': -3 },
    };
    if (key === 'G' || key === 'end') {
      this.#toEnd();
      return undefined;
    }
    const step = steps[key];
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

const next = <Item>(items: readonly Item[], item: Item): Item => items[(items.indexOf(item) + 1) % items.length]!;

const scrolls: Readonly<Record<string, number>> = {
  ...{ down: 1, j: 1, up: -1, k: -1, pagedown: 10, pageup: -10, 'wheel-down': 3, 'wheel-up': -3 },
  ...{ g: -Number.MAX_SAFE_INTEGER, home: -Number.MAX_SAFE_INTEGER },
  ...{ G: Number.MAX_SAFE_INTEGER, end: Number.MAX_SAFE_INTEGER },
};

/** Names of keys that are not text. */
const named = new Set([
  ...[
    'up',
    'down',
    'left',
    'right',
    'enter',
    'escape',
    'tab',
    'backspace',
    'delete',
    'pageup',
    'pagedown',
    'home',
    'end',
  ],
  ...['wheel-up', 'wheel-down'],
]);
const maxPrompt = 200;
