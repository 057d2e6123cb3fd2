import { escapeText } from '../../view/escape.ts';
import type { ReportData } from '../data.ts';
import { type AnswerActions, ended, endedBadly, entered, failures, lost, mostExecuted, startups } from './cards.ts';
import { h } from './dom.ts';
import type { Model } from './model.ts';
import { count, sinceStart, span } from './text.ts';

/** The first screen: what happened, in a sentence, in numbers, and in the lists that people ask for. */
export const answers = (data: ReportData, model: Model, actions: AnswerActions): HTMLElement[] => [
  h('p', { class: 'headline' }, headline(data)),
  ...warnings(data),
  tiles(data, actions),
  h(
    'div',
    { class: 'cards' },
    ...[
      ended(data, model, actions),
      entered(data, actions),
      startups(data, model, actions),
      failures(data, actions),
      mostExecuted(data, actions),
      lost(data, actions),
    ].filter((card) => card !== undefined),
  ),
];

const headline = ({ lives, moreLives, end, summary, sources }: ReportData): string => {
  const hosts = [...new Set(sources.map(({ host }) => host))];
  const where = hosts.length === 1 ? escapeText(hosts[0]!) : `${hosts.length} hosts`;
  const total = lives.length + moreLives;
  const bad = lives.filter(endedBadly).length;
  const words = [
    `${total === 0 ? 'No container' : count(total, 'container')} on ${where} in ${span(end)}`,
    bad > 0
      ? `${bad === total ? 'all of them' : bad} ended badly`
      : total > 0 && lives.some(({ stopped }) => stopped !== undefined)
        ? 'none ended badly'
        : '',
    summary.joinCount > 0 ? `somebody entered ${count(summary.joinCount, 'time')}` : '',
  ].filter((word) => word !== '');
  return `${words.join('; ')}.`;
};

const warnings = ({ footer, damage, kept, summary, moreLives }: ReportData): HTMLElement[] => {
  const texts: string[] = [];
  if (footer === undefined) {
    texts.push('The recording was cut off: what came after its last record is not here.');
  } else if (!footer.complete && summary.lost === 0) {
    texts.push('The recording does not prove that it is complete.');
  }
  if (damage > 0) {
    texts.push(`The file is damaged in ${count(damage, 'place')}: what is whole is here.`);
  }
  if (kept.kept < kept.total) {
    const until =
      kept.hostUntil === undefined
        ? ''
        : ` Events outside of containers are here up to ${sinceStart(kept.hostUntil, 1e6)}`;
    const all =
      kept.until === undefined
        ? ', those of containers all.'
        : `, those of containers up to ${sinceStart(kept.until, 1e6)}.`;
    texts.push(
      `This page has ${kept.kept.toLocaleString('en')} of ${kept.total.toLocaleString('en')} events one by one; the numbers are about all.${until}${all} nstrace report -c NAME, or --since and --until, shows the rest.`,
    );
  }
  if (moreLives > 0) {
    texts.push(`${count(moreLives, 'more container')} are only counted.`);
  }
  return texts.map((text) => h('p', { class: 'warning', role: 'note' }, text));
};

const tiles = ({ summary, lives, moreLives }: ReportData, { search }: AnswerActions): HTMLElement => {
  const { counts } = summary;
  const tile = (value: number, name: string, query: string | undefined, tone = ''): HTMLElement =>
    h(
      query === undefined || value === 0 ? 'div' : 'button',
      {
        class: `tile ${tone}`,
        ...(query === undefined || value === 0 ? {} : { type: 'button', click: () => search(query) }),
      },
      h('b', {}, value.toLocaleString('en')),
      h('span', {}, name),
    );
  return h(
    'div',
    { class: 'tiles' },
    tile(lives.length + moreLives, 'containers', undefined),
    tile(counts.exec === undefined ? 0 : counts.exec, 'execs', 'e:exec'),
    tile((counts.fork ?? 0) + (counts.process ?? 0), 'processes', undefined),
    tile(summary.joinCount, 'entered', 'joined', summary.joinCount > 0 ? 'note' : ''),
    tile(summary.failedExecs, 'failed execs', 'failed', summary.failedExecs > 0 ? 'bad' : ''),
    tile(summary.badExits, 'bad exits', 'e:exit exit:!0', summary.badExits > 0 ? 'bad' : ''),
    summary.lostExact || summary.lost > 0
      ? tile(summary.lost, summary.lostExact ? 'lost' : 'lost at least', undefined, summary.lost > 0 ? 'bad' : 'good')
      : h('div', { class: 'tile bad' }, h('b', {}, '?'), h('span', {}, 'lost')),
  );
};
