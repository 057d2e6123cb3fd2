import { spanOf } from '../record/clock.ts';
import type { RecordOf } from '../record/schema.ts';
import { shortMoment } from '../view/clock.ts';
import { escapeText } from '../view/escape.ts';
import { say } from './say.ts';

const intervalMs = 1000;

/** Says on stderr what was lost, at most one line per second, with a sum, however many losses there are. */
export class LossNotice {
  #said = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  readonly #waiting = new Map<string, RecordOf<'lost'>>();
  readonly #now: () => number;

  /** @param now a clock in ms */
  constructor(now = () => performance.now()) {
    this.#now = now;
  }

  take(record: RecordOf<'lost'>): void {
    const before = this.#waiting.get(record.stage);
    this.#waiting.set(record.stage, before === undefined ? record : join(before, record));
    const wait = this.#said + intervalMs - this.#now();
    if (wait <= 0) {
      this.end();
    } else {
      this.#timer ??= setTimeout(() => this.end(), wait).unref();
    }
  }

  /** Says what was not said yet. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.size === 0) {
      return;
    }
    this.#said = this.#now();
    const limited = this.#waiting.get('limit');
    this.#waiting.delete('limit');
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    // What a limit left out is no fault.
    say([...lostText(lost), ...limitText(limited)].join('; '), lost.length > 0);
  }
}

const join = (a: RecordOf<'lost'>, b: RecordOf<'lost'>): RecordOf<'lost'> => {
  const { cpu, ...joined } = a;
  return {
    ...joined,
    ...(cpu !== undefined && cpu === b.cpu ? { cpu } : {}),
    count: a.count + b.count,
    exact: a.exact && b.exact,
    ...spanOf(a.from, a.to, b.from, b.to),
  };
};

/** @param losses one of each stage */
const lostText = (losses: readonly RecordOf<'lost'>[]): string[] => {
  if (losses.length === 0) {
    return [];
  }
  const sum = losses.reduce(join);
  const where = sum.cpu === undefined ? '' : ` on CPU ${sum.cpu}`;
  const stages = losses.map(({ stage, count }) => `${escapeText(stage)}${losses.length === 1 ? '' : ` ${count}`}`);
  return [`${howMany(sum)} lost${where} ${when(sum)} (${stages.join(', ')})`];
};

const limitText = (limited: RecordOf<'lost'> | undefined): string[] =>
  limited === undefined ? [] : [`${howMany(limited)} left out by --limit ${when(limited)}`];

export const howMany = ({ count, exact }: Pick<RecordOf<'lost'>, 'count' | 'exact'>): string =>
  exact ? `${count} events` : count > 0 ? `at least ${count} events` : 'an unknown number of events';

const when = ({ from, to }: RecordOf<'lost'>): string => `between ${shortMoment(from)} and ${shortMoment(to)}`;
