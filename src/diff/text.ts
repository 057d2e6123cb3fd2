import { moment } from '../view/clock.ts';
import { seconds } from '../view/durations.ts';
import { escapeText } from '../view/escape.ts';
import { quoteCommand } from '../view/quote.ts';
import { cutTo } from '../view/width.ts';
import type { Comparison, Counts, Finding } from './compare.ts';
import type { Spread } from './startup.ts';

/** What differs, container by container, to be read by a person. */
export const comparisonText = ({ containers, findings }: Comparison, withA: boolean): string => {
  const blocks: string[] = [];
  const same: string[] = [];
  for (const counts of containers) {
    const own = findings.filter(({ container }) => container === counts.container);
    if (own.length === 0) {
      same.push(escapeText(counts.container));
    } else {
      blocks.push([heading(counts, withA), ...own.flatMap((finding) => findingLines(finding, withA)), ''].join('\n'));
    }
  }
  const end = same.length > 0 ? `no difference: ${same.join(', ')}\n` : containers.length === 0 ? 'no container\n' : '';
  return `${blocks.map((block) => `${block}\n`).join('')}${end}`;
};

const heading = ({ container, image, lives, execs, joins }: Counts, withA: boolean): string => {
  const pair = ([a, b]: readonly [number, number], one: string, many: string): string =>
    withA ? `${a} and ${b} ${many}` : `${b} ${b === 1 ? one : many}`;
  const counts = [pair(lives, 'life', 'lives'), pair(execs, 'exec', 'execs')];
  if (joins.some((count) => count > 0)) {
    counts.push(pair(joins, 'entered', 'entered'));
  }
  return `${escapeText(container)}${image === undefined ? '' : ` (${escapeText(image)})`}: ${counts.join(', ')}`;
};

const signs = { new: '+', gone: '-', changed: '!' } as const;
const maxCommand = 200;

const findingLines = (finding: Finding, withA: boolean): string[] => {
  const { change, what, exe, shape, runs = 0, first, a, b, startup } = finding;
  const head = `  ${signs[change]} ${what.padEnd(9)} `;
  if (what === 'container') {
    return [`  ${signs[change]} ${change === 'new' ? 'only in B' : 'only in A'}`];
  }
  if (startup !== undefined) {
    return [`${head} ${spread(startup.a)} -> ${spread(startup.b)}`];
  }
  if (what === 'end') {
    return [`${head} ${outcomes(a)} -> ${outcomes(b)}`];
  }
  const command = cutTo([exe ?? '', ...(shape ?? [])].map(escapeText).join(' '), maxCommand, '...');
  const how =
    a === undefined || b === undefined
      ? `${runs} ${runs === 1 ? 'time' : 'times'}`
      : `${outcomes(a)} -> ${outcomes(b)}`;
  const when = change === 'gone' || first === undefined ? '' : `, first ${moment(first.time)}`;
  const lines = [`${head} ${command}   ${how}${when}`];
  const example = first && cutTo(quoteCommand([exe ?? '', ...first.args]), maxCommand, '...');
  if (change === 'new' && shape?.some((word) => word.includes('*')) && example !== undefined) {
    lines.push(`${' '.repeat(15)}${example}`);
  }
  if (!withA && finding.line !== undefined) {
    lines.push(`${' '.repeat(15)}to allow it: ${escapeText(finding.line)}`);
  }
  return lines;
};

const outcomes = (counts: Readonly<Record<string, number>> = {}): string =>
  Object.entries(counts)
    .map(([outcome, times]) => `${escapeText(outcome)}${times > 1 ? ` x${times}` : ''}`)
    .join(', ');

const spread = ({ median_ns, least_ns, most_ns, starts }: Spread): string =>
  `${seconds(median_ns)} (${seconds(least_ns)} to ${seconds(most_ns)}, ${starts} starts)`;
