import { escapeText } from '../../view/escape.ts';
import type { Life, Ranked, ReportData } from '../data.ts';
import type { Box } from './boxes.ts';
import { link, quoted, startupBar } from './details.ts';
import { h } from './dom.ts';
import type { Model } from './model.ts';
import { count, endText, sinceStart, span, wordsText } from './text.ts';

export interface AnswerActions {
  readonly toBox: (box: Box) => void;
  /** @param recording where there are several */
  readonly toPid: (pid: number, at: number, recording: string | undefined) => void;
  readonly search: (query: string) => void;
  readonly toTime: (at: number) => void;
}

export const endedBadly = ({ code, signal }: Life): boolean => signal !== undefined || (code ?? 0) !== 0;

const maxItems = 8;

const card = (title: string, about: string, ...children: (HTMLElement | undefined)[]): HTMLElement =>
  h(
    'section',
    { class: 'card' },
    h('h2', {}, title),
    h('p', { class: 'note' }, about),
    ...children.filter((child) => child !== undefined),
  );

/** A list whose end can be unfolded. */
const list = (items: readonly HTMLElement[]): HTMLElement => {
  const shown = h('ul', { class: 'plain rows' }, ...items.slice(0, maxItems));
  const rest = items.slice(maxItems, 200);
  if (rest.length === 0) {
    return shown;
  }
  return h(
    'div',
    {},
    shown,
    h('details', {}, h('summary', {}, `${items.length - maxItems} more`), h('ul', { class: 'plain rows' }, ...rest)),
  );
};

export const ended = ({ lives }: ReportData, model: Model, { toBox }: AnswerActions): HTMLElement | undefined => {
  if (lives.length === 0) {
    return undefined;
  }
  // By runtime and host too.
  const again = new Map<string, { name: string; times: number }>();
  for (const { container, recording } of lives) {
    const key = `${recording ?? ''}\0${container.runtime}\0${container.name}`;
    again.set(key, { name: container.name, times: (again.get(key)?.times ?? 0) + 1 });
  }
  const rank = (life: Life): number => (endedBadly(life) ? 0 : life.stopped === undefined ? 1 : 2);
  const order = model.boxes.filter(({ life }) => life !== undefined).sort((a, b) => rank(a.life!) - rank(b.life!));
  const restarts = [...again.values()].filter(({ times }) => times > 1);
  return card(
    'Lives',
    restarts.length === 0
      ? 'each ran once'
      : `ran again: ${restarts.map(({ name, times }) => `${escapeText(name)} ${times} times`).join(', ')}`,
    list(
      order.map((box) => {
        const life = box.life!;
        const how =
          life.stopped === undefined ? (life.removed === undefined ? 'running' : 'never started') : endText(life);
        return h(
          'li',
          {},
          link(escapeText(box.name), () => toBox(box)),
          h('span', { class: `pill ${endedBadly(life) ? 'bad' : life.stopped === undefined ? '' : 'good'}` }, how),
          h(
            'span',
            { class: 'right' },
            life.stopped === undefined ? '' : span(life.stopped - (life.started ?? life.begin)),
          ),
        );
      }),
    ),
  );
};

export const entered = ({ summary }: ReportData, { toPid }: AnswerActions): HTMLElement | undefined =>
  summary.joins.length === 0
    ? undefined
    : card(
        'Who entered',
        'with setns: runc exec, docker exec, nsenter',
        list(
          summary.joins.map(({ at, recording, name, pid, by, askedBy }) =>
            h(
              'li',
              {},
              link(escapeText(name), () => toPid(pid ?? 0, at, recording)),
              h(
                'span',
                { class: 'what' },
                (askedBy ?? by) === undefined ? 'unknown' : wordsText((askedBy ?? by)!.args, (askedBy ?? by)!.comm),
              ),
              h(
                'span',
                { class: 'right' },
                [
                  ...[askedBy?.user, askedBy?.tty].flatMap((known) => (known === undefined ? [] : [escapeText(known)])),
                  sinceStart(at, 1e7),
                ].join(' · '),
              ),
            ),
          ),
        ),
      );

export const startups = ({ lives }: ReportData, model: Model, { toBox }: AnswerActions): HTMLElement | undefined => {
  const slowest = model.boxes
    .filter(({ life }) => life?.startup_ns !== undefined)
    .sort((a, b) => b.life!.startup_ns! - a.life!.startup_ns!)
    .slice(0, 5);
  if (slowest.length === 0) {
    return undefined;
  }
  const times = lives.flatMap(({ startup_ns }) => (startup_ns === undefined ? [] : [startup_ns])).sort((a, b) => a - b);
  return card(
    'Slowest startups',
    `median ${span(times[Math.floor(times.length / 2)]!)} of ${times.length}, from the runtime's exec to the program's`,
    h(
      'ul',
      { class: 'plain rows' },
      ...slowest.map((box) =>
        h(
          'li',
          { class: 'tall' },
          link(escapeText(box.name), () => toBox(box)),
          h('span', { class: 'right' }, span(box.life!.startup_ns!)),
          startupBar(box.life!.startup ?? {}),
        ),
      ),
    ),
  );
};

const ranked = (entries: readonly Ranked[], go: (entry: Ranked) => void): HTMLElement => {
  const most = Math.max(1, ...entries.map(({ count: times }) => times));
  return list(
    entries.map((entry) => {
      const bar = h('i', { class: 'bar' });
      bar.style.width = `${(entry.count / most) * 100}%`;
      return h(
        'li',
        { class: 'ranked' },
        bar,
        link(escapeText(entry.name), () => go(entry)),
        h('span', { class: 'what' }, escapeText(entry.where.join(', '))),
        h('span', { class: 'right' }, entry.count.toLocaleString('en')),
      );
    }),
  );
};

export const failures = ({ summary }: ReportData, { search }: AnswerActions): HTMLElement | undefined =>
  summary.failures.length === 0
    ? undefined
    : card(
        'Failures',
        'failed execs, and ends with a code or by a signal',
        ranked(summary.failures, ({ name }) =>
          search(
            `${/: [A-Z]+$/.test(name) && !/: SIG/.test(name) ? 'failed' : 'e:exit exit:!0'} ${quoted(name.slice(0, name.lastIndexOf(': ')))}`,
          ),
        ),
      );

export const mostExecuted = ({ summary }: ReportData, { search }: AnswerActions): HTMLElement | undefined =>
  summary.programs.length === 0
    ? undefined
    : card(
        'Most executed',
        'programs, by how often they were',
        ranked(summary.programs, ({ name }) => search(`e:exec ${quoted(name)}`)),
      );

const howMany = (times: number, exact: boolean): string =>
  exact ? times.toLocaleString('en') : times > 0 ? `at least ${times.toLocaleString('en')}` : 'nobody knows how many';

export const lost = ({ summary, footer }: ReportData, { toTime }: AnswerActions): HTMLElement => {
  const proof = footer?.complete
    ? `Nothing: the probes made ${count(footer.probe.made, 'line')}, and all of them are here.`
    : summary.lostExact || summary.lost > 0
      ? `${summary.lostExact ? '' : 'At least '}${count(summary.lost, 'event')} of whatever container.`
      : 'Nobody knows how many events.';
  return card(
    'What was lost',
    proof,
    summary.losses.length === 0
      ? undefined
      : list(
          summary.losses.map(({ at, count: times, exact, stage }) =>
            h(
              'li',
              {},
              link(sinceStart(at, 1e6), () => toTime(at)),
              h('span', { class: 'what' }, escapeText(stage)),
              h('span', { class: 'right' }, howMany(times, exact)),
            ),
          ),
        ),
  );
};
