import type { EventKind } from '../filter/kinds.ts';
import type { NstraceRecord } from '../record/schema.ts';

/** The longest time that a timer can wait. */
export const maxTimerMs = 2_147_483_647;

export interface LimitValues {
  maxEvents?: number;
  /** Kinds that were asked for; undefined for the usual ones. */
  events?: readonly EventKind[];
}

/** What --duration and --until leave, in ms; a timer waits 24 days at most. */
export const timeLeft = (duration: number | undefined, until: string | undefined): number | undefined => {
  const left = Math.min(duration ?? Infinity, until === undefined ? Infinity : Date.parse(until) - Date.now());
  return left === Infinity ? undefined : Math.min(Math.max(0, left), maxTimerMs);
};

/** --max-events counts events, not what frames them; containers only where -e asks for them. */
export class Limit {
  readonly #reached: () => void;
  readonly #uncounted: ReadonlySet<NstraceRecord['type']>;
  #left: number;

  constructor({ maxEvents, events = [] }: LimitValues, reached: () => void) {
    this.#left = maxEvents ?? Number.POSITIVE_INFINITY;
    this.#reached = reached;
    const frame = ['header', 'process', 'lost', 'footer'] as const;
    this.#uncounted = new Set([...frame, ...(events.includes('container') ? [] : (['container'] as const))]);
  }

  allows(record: NstraceRecord): boolean {
    if (this.#uncounted.has(record.type)) {
      return true;
    }
    this.#left -= 1;
    if (this.#left === 0) {
      this.#reached();
    }
    return this.#left >= 0;
  }
}
