import { spanOf } from '../record/clock.ts';
import type { RecordOf } from '../record/schema.ts';
import { shortMoment } from '../view/clock.ts';
import { escapeText } from '../view/escape.ts';
import { say } from './say.ts';

const intervalMs = 1000;

/** Says on stderr what was lost, at most one line a second and stage however many losses there are. */
export class LossNotice {
  #said = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  /** By stage: what a limit left out is no fault. */
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
    for (const lost of this.#waiting.values()) {
      this.#said = this.#now();
      say(sentence(lost), lost.stage !== 'limit');
    }
    this.#waiting.clear();
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

const sentence = ({ count, exact, from, to, cpu, stage }: RecordOf<'lost'>): string => {
  const many = exact ? `${count} events` : count > 0 ? `at least ${count} events` : 'an unknown number of events';
  const where = cpu === undefined ? '' : ` on CPU ${cpu}`;
  const when = `between ${shortMoment(from)} and ${shortMoment(to)}`;
  return stage === 'limit'
    ? `${many} left out by --limit ${when}`
    : `${many} lost${where} ${when} (${escapeText(stage)})`;
};
