import type { CheckResult, Gap } from '../recording/check.ts';
import { moment } from './clock.ts';
import { escapeText } from './escape.ts';

/** Gaps, and damages, that people are shown. */
const maxShown = 20;

/** What a check found, to be read by a person: the verdict first. */
export const checkText = (check: CheckResult): string => {
  const lines = [`${check.files.map(nameOf).join(', ')}: ${check.verdict}`];
  const add = (name: string, text: string): void => {
    lines.push(`  ${name.padEnd(8)} ${text}`);
  };
  if (check.recording !== undefined) {
    add('of', `${escapeText(check.host ?? '?')}, recording ${escapeText(check.recording)}`);
  }
  if (check.from !== undefined && check.to !== undefined) {
    add('time', `${moment(check.from)} to ${moment(check.to)}`);
  }
  add('records', `${check.records}${eventsOf(check)}`);
  if (check.reason !== undefined) {
    add('ended', escapeText(check.reason));
  }
  if (check.parts.length > 0) {
    add('parts', ranges(check.parts));
  }
  if (check.absent.length > 0) {
    add('absent', `${ranges(check.absent)}: deleted, or not named`);
  }
  if (check.cut > 0) {
    add('cut', `${check.cut} ${check.cut === 1 ? 'record' : 'records'} in which something was cut`);
  }
  list(check.missing, (gap) => add('missing', gapText(gap)));
  list(check.damage, ({ file, line, what }) =>
    add(
      'damage',
      `${check.files.length > 1 ? `${nameOf(file)}: ` : ''}${line > 0 ? `line ${line}: ` : ''}${escapeText(what)}`,
    ),
  );
  const more = check.more + Math.max(0, check.missing.length - maxShown) + Math.max(0, check.damage.length - maxShown);
  if (more > 0) {
    lines.push(`  and ${more} more`);
  }
  return lines.map((line) => `${line}\n`).join('');
};

const list = <Item>(items: readonly Item[], show: (item: Item) => void): void => {
  for (const item of items.slice(0, maxShown)) {
    show(item);
  }
};

const nameOf = (path: string): string => (path === '-' ? 'standard input' : escapeText(path));

const eventsOf = ({ events }: CheckResult): string => {
  const counts = Object.entries(events).filter(([type]) => type !== 'header' && type !== 'footer');
  return counts.length === 0 ? '' : `: ${counts.map(([type, count]) => `${count} ${type}`).join(', ')}`;
};

const gapText = ({ count, exact, from, to, stage }: Gap): string => {
  if (to === undefined) {
    return `all after ${moment(from)}: it was cut off`;
  }
  const what = stage === 'file' ? 'record' : 'event';
  const many =
    count === 0
      ? `${what}s, nobody knows how many,`
      : `${exact ? '' : 'at least '}${count} ${what}${count === 1 ? '' : 's'}`;
  return `${many} between ${moment(from)} and ${moment(to)}, ${places[stage] ?? `lost at ${escapeText(stage)}`}`;
};

/** A later version may name others. */
const places: Readonly<Partial<Record<string, string>>> = {
  kernel: 'lost in the kernel',
  pipe: 'lost at a pipe whose reader was too slow',
  queue: 'lost in a queue',
  disk: 'lost at the disk',
  spool: 'lost in the spool',
  limit: 'left out by a limit',
  file: 'not in the file',
};

/** `1 to 3, 5` */
const ranges = (numbers: readonly number[]): string => {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && number === last[1] + 1) {
      last[1] = number;
    } else {
      runs.push([number, number]);
    }
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from} to ${to}`)).join(', ');
};
