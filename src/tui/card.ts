import { counted } from '../kernel/plural.ts';
import { commandOrComm } from '../view/command.ts';
import { age, seconds } from '../view/durations.ts';
import { escapeText } from '../view/escape.ts';
import { size } from '../view/sizes.ts';
import { busiestOf } from './busy.ts';
import { endCode, type Family, startedMs, stateOf } from './families.ts';
import type { Life } from './group.ts';
import type { Piece } from './line.ts';
import { idOf, sharesOf } from './naming.ts';
import type { TableContext } from './table.ts';
import { askedBy } from './who.ts';

/** What is known of one container, a line each, the most wanted first. */
export const cardLines = (family: Family, context: TableContext): Piece[][] => {
  if (family.isHost) {
    return [];
  }
  const lines = [stateLine, startLine, livesLine, enteredLine, busyLine].map((line) => line(family, context));
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
    info?.pidns === undefined ? undefined : `pid:[${info.pidns}]${info.init === undefined ? '' : ` init ${info.init}`}`,
  ].filter((fact) => fact !== undefined && fact !== '');
  const since = started === undefined ? '' : running ? ` ${age(store.wallMs(now) - started)}` : '';
  return titled(
    'is',
    [escapeText(text), bad ? 'bad' : running ? 'good' : 'plain'],
    [`${since}  ${facts.join('  ')}`, 'plain'],
  );
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
const maxTold = 6;

const livesLine = (family: Family): Piece[] => {
  const ended = family.lives.filter(({ endedAt }) => endedAt !== undefined);
  if (ended.length === 0) {
    return [];
  }
  const last = ended.slice(-maxTold).reverse().map(lifeText).join(', ');
  const isBad = ended.some((life) => life.oom || life.signal !== undefined || (life.code ?? 0) !== 0);
  return titled(
    'ended',
    [`${ended.length === 1 ? 'once' : `${ended.length} times`}: `, 'plain'],
    [`${last}${ended.length > maxTold ? ', ...' : ''}`, isBad ? 'bad' : 'plain'],
    [ended.length === 1 ? '' : ' (the last first)', 'dim'],
  );
};

const lifeText = (life: Life): string => {
  const from = life.startedAt ?? life.createdAt;
  const length = life.before || life.endedAt === undefined ? '' : ` after ${seconds(life.endedAt - from)}`;
  return life.startedAt === undefined && !life.before ? 'never started' : `${escapeText(endCode(life))}${length}`;
};

const enteredLine = (family: Family, { users, now }: TableContext): Piece[] => {
  const { joins, lastJoin } = family;
  const by = lastJoin?.asked_by ?? lastJoin?.by;
  if (lastJoin === undefined || by === undefined) {
    return titled('entered', ['by nobody yet', 'dim']);
  }
  const how = lastJoin.asked_by === undefined ? '' : ` (through ${escapeText(lastJoin.by?.comm ?? '?')})`;
  const ago = age((now - Number(lastJoin.mono)) / 1e6);
  return titled('entered', [
    `${joins === 1 ? 'once' : `${joins} times`}, last ${ago} ago by ${askedBy(by, users)}${how}`,
    'warn',
  ]);
};

const busyLine = (family: Family, { store }: TableContext): Piece[] => {
  const busiest = busiestOf(family, store);
  if (busiest === undefined) {
    return [];
  }
  const rate = busiest.spawned.perSecond(store.now);
  const how = `${busiest.spawned.count} programs started${rate >= 0.05 ? `, ${rate.toFixed(1)}/s now` : ''}`;
  return titled('busy', [`pid ${busiest.pid}, ${how}: ${commandOrComm(busiest.program ?? busiest)}`, 'plain']);
};
