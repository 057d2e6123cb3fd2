import type { Order } from './order.ts';
import type { RowList } from './rows.ts';

export interface Frame {
  /** As many as there are rows, each exactly as wide as the terminal. */
  readonly lines: readonly string[];
  readonly layout: Layout;
  readonly corrections: Corrections;
}

/** Where the rows of the body are: what the next key is about. */
export interface Layout {
  readonly rows: RowList;
  /** The last event there was, and the kernel time, when it was made. */
  readonly lastId: number;
  readonly now: number;
  /** Line of the screen on which the first row is, from 0. */
  readonly firstLine: number;
  /** Index of the row at the top of the body, and how many fit. */
  readonly top: number;
  readonly height: number;
  /** What stood there as a message, until a key is pressed. */
  readonly message?: object | undefined;
}

/** What the user's place has to become, because what it was in has changed. */
export interface Corrections {
  /** The row that took the place of the one under the cursor. */
  readonly cursor?: string;
  /** The furthest that an overlay can be scrolled, if it was scrolled further. */
  readonly scroll?: number;
  /** Containers as they were sorted, for as long as nobody sorts them again. */
  readonly order?: Order;
}
