import type { CompilePattern } from '../../filter/pattern.ts';
import type { Corrections, Layout } from '../paint/layout.ts';
import type { GroupKind } from '../rows/grouping.ts';
import { parseQuery, problemText, type Query, type QueryUsers } from '../rows/query.ts';
import type { Kind, ViewEvent, ViewProcess } from '../store/event.ts';
import { type Command, commandOf } from './bindings.ts';
import { copyEffect } from './copy.ts';
import type { Effect, Jump } from './effect.ts';
import { KindMenu } from './kind-menu.ts';
import { type MenuName, menus } from './menu.ts';
import { stepOf } from './moves.ts';
import { Place } from './place.ts';
import { FilterPrompt } from './prompt.ts';
import { transportOf } from './transport.ts';

export type Overlay = 'help' | 'kinds' | 'details' | MenuName;

export interface UiOptions {
  readonly isReplay: boolean;
  readonly users: QueryUsers;
  readonly kinds?: readonly Kind[] | undefined;
  readonly by?: GroupKind | undefined;
}

/** What the user did to the view: where it is, what it shows, and what is on top of it. */
export class Ui extends Place {
  readonly prompt: FilterPrompt;
  overlay: Overlay | undefined;
  menuCursor = 0;
  details: ViewEvent | ViewProcess | undefined;
  scroll = 0;
  mouse = false;
  notice: { text: string; bad: boolean } | undefined;
  /** The message that was there when a key was pressed: it gives its place back. */
  read: object | undefined;
  /** Keys of a recording: play, seek, speed. */
  readonly isReplay: boolean;
  readonly #users: QueryUsers;
  #compile: CompilePattern | undefined;
  #searched: Query;
  /** Digits typed before a command, as in less. */
  #count = '';

  constructor({ isReplay, users, kinds, by = 'container' }: UiOptions) {
    super(by, new KindMenu(kinds), parseQuery('', users));
    this.isReplay = isReplay;
    this.#users = users;
    this.#searched = this.query;
    this.prompt = new FilterPrompt((text) => this.#filter(text));
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
    this.read = layout.message;
    if (key === 'ctrl+c') {
      return { type: 'quit' };
    }
    if (key === 'ctrl+z') {
      return { type: 'suspend' };
    }
    if (this.prompt.isOpen) {
      this.prompt.press(key);
      const problem = this.prompt.isOpen || key !== 'enter' ? undefined : this.query.problems[0];
      return problem === undefined ? undefined : this.#note(`left out of the filter: ${problemText(problem)}`);
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
    return command === undefined ? this.#unknown(key) : this.#do(command, layout, count);
  }

  /** A letter that means nothing here is no reason to guess. */
  #unknown(key: string): undefined {
    return /^[!-~]$/.test(key) ? this.#note(`${key} does nothing here: ? shows the keys`) : undefined;
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
    this.setCursor(index, layout);
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
    this.toEnd();
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
      this.overlay = undefined;
      return this.sortBy({ column: reversed.name, reversed: true });
    }
    const step = stepOf(commandOf(key, this), items.length) ?? 0;
    this.menuCursor = Math.min(items.length - 1, Math.max(0, this.menuCursor + step));
    return undefined;
  }

  #choose(name: MenuName, choice: string, layout: Layout): Effect | undefined {
    this.overlay = undefined;
    switch (name) {
      case 'sort':
        return this.sortBy({ column: choice, reversed: false });
      case 'by':
        this.groupBy(choice as GroupKind);
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
        return this.sortAgain();
      case 'filter':
        this.prompt.open(this.query.text);
        return undefined;
      case 'mode':
        return this.nextMode();
      case 'follow':
        this.toEnd();
        return undefined;
      case 'pause':
        return this.pause(layout);
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
        return this.stretch(command === 'longer' ? 2 : 0.5);
      default:
        return transportOf(command) ?? this.move(command, layout, count);
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

  /** Without a cursor: the first container, which is where the eye is. */
  #open(layout: Layout): undefined {
    const row = this.selected(layout) ?? (this.mode === 'containers' ? layout.rows.at(0) : undefined);
    switch (row?.type) {
      case 'family':
        return this.focusOn('container', row.family.key, row.key);
      case 'host':
        return this.#filter(`host:${quoted(row.name)}`);
      case 'heading':
        return this.focusOn(row.heading.by, row.heading.key, row.key);
      case 'event':
        return this.#detailsOf(row.event);
      case 'process':
      case 'lane':
        return this.#detailsOf(row.process);
      default:
        return undefined;
    }
  }

  #detailsOf(of: ViewEvent | ViewProcess): undefined {
    this.details = of;
    this.overlay = 'details';
    this.scroll = 0;
    return undefined;
  }

  #back(): undefined {
    if (!this.leaveFocus()) {
      if (this.query.empty) {
        this.toEnd();
      } else {
        this.#filter('');
      }
    }
    return undefined;
  }

  override correct(corrections: Corrections): void {
    super.correct(corrections);
    this.scroll = corrections.scroll ?? this.scroll;
  }

  protected override toEnd(): void {
    super.toEnd();
    this.details = undefined;
  }

  /** To the next event that the last filter matches, though nothing is filtered now. */
  #search(layout: Layout, step: 1 | -1): undefined {
    if (this.#searched.empty) {
      return this.#note('nothing was searched yet: / begins');
    }
    return this.findEvent(layout, step, (event) => event.kind !== 'lost' && this.#searched.matches(event))
      ? undefined
      : this.#note(`no more ${this.#searched.text}`);
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
