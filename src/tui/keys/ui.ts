import type { CompilePattern } from '../../filter/pattern.ts';
import type { Jump } from '../../replay/player.ts';
import type { GroupKind } from '../rows/grouping.ts';
import type { Corrections, Layout } from '../rows/layout.ts';
import { parseQuery, problemText, type Query, type QueryUsers } from '../rows/query.ts';
import type { ViewKind } from '../store/event.ts';
import { type KeyCommand, keyCommandOf } from './bindings.ts';
import { copyEffect } from './copy.ts';
import type { Effect } from './effect.ts';
import { KindMenu } from './kind-menu.ts';
import { Navigation } from './navigation.ts';
import { type Choice, Overlay } from './overlay.ts';
import { playbackOf } from './playback.ts';
import { FilterPrompt } from './prompt.ts';

export interface UiOptions {
  readonly isReplay: boolean;
  readonly users: QueryUsers;
  readonly kinds?: readonly ViewKind[] | undefined;
  readonly by?: GroupKind | undefined;
}

/** What the user did to the view: where it is, what it shows, and what is on top of it. */
export class Ui extends Navigation {
  readonly prompt: FilterPrompt;
  readonly overlay = new Overlay();
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
    this.overlay.forgetDetails();
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
    if (this.overlay.name !== undefined) {
      const choice = this.overlay.press(key, keyCommandOf(key, this), this.kinds);
      return choice && this.#choose(choice, layout);
    }
    if (/^\d$/.test(key) && (key !== '0' || this.#count !== '')) {
      this.#count = `${this.#count}${key}`.slice(0, maxDigits);
      return undefined;
    }
    const count = this.#count === '' ? undefined : Number(this.#count);
    this.#count = '';
    const command = keyCommandOf(key, this);
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
    if (row === undefined || this.overlay.name !== undefined || this.prompt.isOpen) {
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

  #choose({ menu, name, reversed }: Choice, layout: Layout): Effect | undefined {
    switch (menu) {
      case 'sort':
        return this.sortBy({ column: name, reversed });
      case 'by':
        this.groupBy(name as GroupKind);
        return undefined;
      case 'jump':
        return { type: 'jump', to: name as Jump };
      case 'copy':
        return copyEffect(name, this.overlay.details ?? this.selected(layout));
    }
  }

  #do(command: KeyCommand, layout: Layout, count: number | undefined): Effect | undefined {
    switch (command) {
      case 'quit':
      case 'record':
      case 'clear':
        return { type: command };
      case 'help':
      case 'kinds':
      case 'sort':
      case 'by':
      case 'jump':
        this.overlay.open(command);
        return undefined;
      case 'copy':
        if (this.selected(layout) === undefined) {
          return this.#note('no line is chosen: j and k choose one');
        }
        this.overlay.open('copy');
        return undefined;
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
        return playbackOf(command) ?? this.move(command, layout, count);
    }
  }

  #note(text: string): undefined {
    this.notice = { text, bad: true };
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
        this.overlay.openDetails(row.event);
        return undefined;
      case 'process':
      case 'lane':
        this.overlay.openDetails(row.process);
        return undefined;
      default:
        return undefined;
    }
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
    this.overlay.scroll = corrections.scroll ?? this.overlay.scroll;
  }

  protected override toEnd(): void {
    super.toEnd();
    this.overlay.details = undefined;
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

/** Of the number before a command. */
const maxDigits = 7;
