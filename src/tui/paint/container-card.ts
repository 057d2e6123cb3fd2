import { counted } from '../../kernel/plural.ts';
import { commandLine, commandOrComm, wholeCommand } from '../../view/command.ts';
import { age, seconds } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import { size } from '../../view/sizes.ts';
import { cutTo } from '../../view/width.ts';
import { endCode, type Family, startedMs, stateOf } from '../rows/families.ts';
import { idOf, sharesOf } from '../rows/naming.ts';
import type { Life } from '../store/group.ts';
import { busiestRunning, busiestStarter } from './busiest.ts';
import type { Piece } from './line.ts';
import { askedBy, enteredBy } from './requester.ts';
import type { TableContext } from './table.ts';

/** What is known of one container, a line each, the most wanted first. */
export const cardLines = (family: Family, context: TableContext): Piece[][] => {
  const facts = family.isHost
    ? [busyLine, startsLine]
    : [stateLine, startLine, livesLine, enteredLine, againLine, busyLine, startsLine, unusedLine];
  const lines = facts.map((line) => line(family, context));
  return lines.filter((line) => line.length > 0);
};

const titled = (title: string, ...pieces: Piece[]): Piece[] => [[`${title.padEnd(9)}`, 'dim'], ...pieces];

const stateLine = (family: Family, { store, now }: TableContext): Piece[] => {
  const { text, bad, running } = stateOf(family);
  const { ref, info, usage } = family.latest;
  const started = startedMs(family, store);
  const facts = [
    running ? counted(family.alive, 'process', 'processes') : undefined,
    usage?.cpuPercent === undefined ? undefined : `cpu ${usage.cpuPercent.toFixed(1)}%`,
    usage?.memoryBytes === undefined ? undefined : `memory ${size(usage.memoryBytes)}`,
    info?.image && escapeText(info.image),
    `${escapeText(ref!.runtime)}${ref!.id === ref!.name ? '' : ` ${idOf(ref!.id, store)}`}`,
    sharesOf(family.latest, store),
    store.traces.areSeveral ? `on ${escapeText(family.latest.source.name ?? '?')}` : undefined,
    info?.pidns === undefined ? undefined : `pid:[${info.pidns}]${info.init === undefined ? '' : ` init ${info.init}`}`,
  ].filter((fact) => fact !== undefined && fact !== '');
  const since = started === undefined ? '' : running ? ` ${age(store.wallMs(now) - started)}` : '';
  return titled(
    'is',
    [escapeText(text), bad ? 'bad' : running ? 'good' : 'plain'],
    [`${since}  ${facts.join('  ')}`, 'plain'],
  );
};

/** Usage is read every 2 s: after that time it is there, or will not be. */
const usageNs = 5e9;

/** Why there is no CPU time and no memory to show. */
const unusedLine = (family: Family, { store, now }: TableContext): Piece[] => {
  const { latest } = family;
  const isYoung = now - Math.max(store.beganAt, latest.life?.createdAt ?? latest.firstAt) < usageNs;
  if (!stateOf(family).running || latest.usage !== undefined || isYoung) {
    return [];
  }
  const why = store.usages === 0 ? 'not recorded: record -e all does' : 'not known: it has no cgroup that is its alone';
  return titled('cpu, mem', [why, 'dim']);
};

const startLine = (family: Family, { store, users, now }: TableContext): Piece[] => {
  const by = family.startedBy;
  const started = startedMs(family, store);
  const ago = started === undefined ? '' : `${age(store.wallMs(now) - started)} ago `;
  if (by === undefined) {
    return family.life?.before ? titled('started', [`${ago}before tracing began`, 'dim']) : [];
  }
  return titled('started', [`${ago}by ${askedBy(by, users)}`, 'plain']);
};

/** Lives that a line shows one by one. */
const maxLives = 6;

const livesLine = (family: Family): Piece[] => {
  const ended = family.lives.filter(({ endedAt }) => endedAt !== undefined);
  if (ended.length === 0) {
    return [];
  }
  const isBad = ended.some((life) => life.oom || life.signal !== undefined || (life.code ?? 0) !== 0);
  return titled(
    'ended',
    [`${ended.length === 1 ? 'once' : `${ended.length} times, the last first`}: `, 'plain'],
    [`${endsText(ended.slice(-maxLives).reverse())}${ended.length > maxLives ? ', ...' : ''}`, isBad ? 'bad' : 'plain'],
  );
};

/** `code 3 after 4.01 s, 4.00 s; OOM after 1.20 s`: what ended alike in a row is said once. */
const endsText = (lives: readonly Life[]): string => {
  const runs: { end: string; lengths: string[] }[] = [];
  for (const life of lives) {
    const end = endWord(life);
    const last = runs.at(-1);
    if (last?.end === end) {
      last.lengths.push(lengthOf(life));
    } else {
      runs.push({ end, lengths: [lengthOf(life)] });
    }
  }
  return runs
    .map(({ end, lengths }) => {
      const known = lengths.filter((length) => length !== '');
      const count = lengths.length > 1 ? `${lengths.length}x ` : '';
      return `${count}${end}${known.length === 0 ? '' : ` after ${known.join(', ')}`}`;
    })
    .join('; ');
};

const endWord = (life: Life): string => {
  if (life.startedAt === undefined && !life.before) {
    return 'never started';
  }
  const code = escapeText(endCode(life));
  return /^\d+$/.test(code) ? `code ${code}` : code;
};

const lengthOf = (life: Life): string =>
  life.before || life.endedAt === undefined || life.startedAt === undefined
    ? ''
    : seconds(life.endedAt - life.startedAt);

const enteredLine = ({ entered, lastEntrance, repeated }: Family, { users, now }: TableContext): Piece[] => {
  if (lastEntrance === undefined) {
    return repeated === undefined ? titled('entered', ['by nobody yet', 'dim']) : [];
  }
  const { record, at } = lastEntrance;
  const how = record.asked_by === undefined ? '' : ` (through ${escapeText(record.by?.comm ?? '?')})`;
  const count = entered - (repeated?.count ?? 0);
  return titled('entered', [
    `${count <= 1 ? 'once' : `${count} times, last`} ${agoOf(at, now)} by ${enteredBy(lastEntrance, users)}${how}`,
    'warn',
  ]);
};

/** What enters again and again, as a healthcheck does. */
const againLine = ({ repeated }: Family, { now }: TableContext): Piece[] =>
  repeated === undefined
    ? []
    : titled('entered', [
        `${repeated.count} times for the same, last ${agoOf(repeated.at, now)}: ${commandLine(repeated.program, wholeCommand)}`,
        'dim',
      ]);

const agoOf = (at: number, now: number): string => `${age((now - at) / 1e6)} ago`;

/** Of one of several commands in a line. */
const maxBusyCommand = 30;

const busyLine = (family: Family, context: TableContext): Piece[] => {
  const running = busiestRunning(family, context);
  const texts = running.map(({ process, cpuPercent }, index) => {
    const command = commandOrComm(process.program ?? process);
    const uses = `pid ${process.pid} uses ${cpuPercent.toFixed(0)}%${index === 0 ? ' of a core' : ''}`;
    return `${uses}: ${running.length === 1 ? command : cutTo(command, maxBusyCommand)}`;
  });
  return texts.length === 0 ? [] : titled('busy', [texts.join('; '), 'plain']);
};

const startsLine = (family: Family, { store }: TableContext): Piece[] => {
  const busiest = busiestStarter(family, store);
  if (busiest === undefined) {
    return [];
  }
  const rate = busiest.spawned.perSecond(store.now);
  const how = `${counted(busiest.spawned.count, 'program')} started${rate >= 0.05 ? `, ${rate.toFixed(1)}/s now` : ''}`;
  return titled('busy', [`pid ${busiest.pid}, ${how}: ${commandOrComm(busiest.program ?? busiest)}`, 'plain']);
};
