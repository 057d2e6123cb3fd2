import type { Sort } from '../paint/table.ts';
import type { GroupKind } from '../rows/grouping.ts';
import type { Corrections, Layout } from '../rows/layout.ts';
import type { Wanted } from '../rows/listing.ts';
import type { Order } from '../rows/order.ts';
import type { Query } from '../rows/query.ts';
import { type Mode, modes, type Row, type RowList } from '../rows/rows.ts';
import type { ViewEvent } from '../store/event.ts';
import type { KeyCommand } from './bindings.ts';
import type { KindMenu } from './kind-menu.ts';
import { stepOf } from './moves.ts';

/** What is looked at alone: one container, or one of the groups of another kind. */
export interface Focus {
  readonly by: GroupKind;
  readonly key: string;
  /** Where it was opened. */
  readonly from: { readonly mode: Mode; readonly cursor: string };
}

/** The modes in which one container is shown. */
const focusModes: readonly Mode[] = ['flat', 'tree', 'lanes'];

/** What is looked at, and where in it: mode, order, filter, cursor. */
export class Navigation {
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
  windowNs = 60e9;

  constructor(by: GroupKind, kinds: KindMenu, query: Query) {
    this.kinds = kinds;
    this.query = query;
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
  correct({ cursor, order }: Corrections): void {
    this.cursor = cursor ?? this.cursor;
    this.order = order ?? this.order;
  }

  /** What the lines of the body depend on, beside events. */
  get frozenKey(): string {
    const { mode, by, sort, windowNs, focus, kinds, query } = this;
    return JSON.stringify([mode, by, sort, windowNs, focus?.by, focus?.key, [...kinds.shown], query.text]);
  }

  protected freeze({ rows, now }: Layout): void {
    this.frozen = { key: this.frozenKey, rows, now };
  }

  /** The row under the cursor. */
  selected({ rows }: Layout): Row | undefined {
    return this.cursor === undefined ? undefined : rows.at(rows.indexOf(this.cursor));
  }

  protected pause(layout: Layout): undefined {
    if (this.pausedAt === undefined) {
      this.pausedAt = layout.lastId;
      this.freeze(layout);
    } else {
      this.pausedAt = undefined;
      this.toEnd();
    }
    return undefined;
  }

  protected toEnd(): void {
    this.follow = true;
    this.cursor = undefined;
    if (this.pausedAt === undefined) {
      this.frozen = undefined;
    }
  }

  protected focusOn(by: GroupKind, key: string, cursor: string): undefined {
    this.focus = { by, key, from: { mode: this.mode, cursor } };
    this.mode = focusModes.includes(this.mode) ? this.mode : 'flat';
    this.toEnd();
    return undefined;
  }

  /** Back to where the container was opened; whether one was. */
  protected leaveFocus(): boolean {
    if (this.focus === undefined) {
      return false;
    }
    const { mode, cursor } = this.focus.from;
    this.focus = undefined;
    this.mode = mode;
    this.frozen = undefined;
    this.cursor = cursor;
    this.follow = false;
    return true;
  }

  protected groupBy(by: GroupKind): void {
    this.by = by;
    this.focus = undefined;
    this.mode = this.mode === 'containers' || this.mode === 'flat' ? 'grouped' : this.mode;
    this.toEnd();
  }

  protected sortBy(sort: Sort): undefined {
    this.sort = sort;
    return this.sortAgain();
  }

  protected sortAgain(): undefined {
    this.order = undefined;
    this.toEnd();
    return undefined;
  }

  protected nextMode(): undefined {
    const those = this.focus === undefined ? modes : focusModes;
    this.mode = those[(those.indexOf(this.mode) + 1) % those.length]!;
    this.toEnd();
    return undefined;
  }

  /** Lanes show a longer or a shorter time. */
  protected stretch(factor: number): undefined {
    this.windowNs = Math.min(3600e9, Math.max(1e9, this.windowNs * factor));
    return undefined;
  }

  /** To the next event that a filter matches; whether there is one. */
  protected findEvent(layout: Layout, step: 1 | -1, matches: (event: ViewEvent) => boolean): boolean {
    const { rows } = layout;
    const from = this.cursor === undefined ? (step === 1 ? -1 : rows.length) : rows.indexOf(this.cursor);
    for (let index = from + step; index >= 0 && index < rows.length; index += step) {
      const row = rows.at(index);
      if (row?.type === 'event' && matches(row.event)) {
        this.setCursor(index, layout);
        return true;
      }
    }
    return false;
  }

  protected move(command: KeyCommand, layout: Layout, count: number | undefined): undefined {
    const { rows, top, height } = layout;
    const last = rows.length - 1;
    if (last < 0) {
      return undefined;
    }
    if (count !== undefined && (command === 'last' || command === 'first')) {
      this.setCursor(Math.min(last, Math.max(0, count - 1)), layout);
      return undefined;
    }
    if (command === 'last' && this.isStream) {
      this.toEnd();
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
    this.setCursor(Math.min(last, Math.max(0, to)), layout);
    return undefined;
  }

  protected setCursor(index: number, layout: Layout): void {
    const { rows, top, height } = layout;
    this.follow = false;
    if (this.mode === 'grouped' && this.focus === undefined && this.frozen === undefined) {
      this.freeze(layout);
    }
    this.cursor = rows.at(index)?.key;
    this.cursorRow = Math.min(height - 1, Math.max(0, index - top));
  }
}
