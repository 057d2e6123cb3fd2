import { commandOrComm } from '../../view/command.ts';
import { age } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import { type Family, startedMs, stateOf } from '../rows/families.ts';
import { isNamespace, namespaceKey, namespaceTitle, noKey } from '../rows/grouping.ts';
import { membersOf } from '../rows/headings.ts';
import { nameOf, sharesOf } from '../rows/naming.ts';
import type { Heading } from '../rows/rows.ts';
import type { ViewProcess } from '../store/event.ts';
import type { Piece } from './line.ts';
import { lastEnds, type TableContext } from './table.ts';

/** The line above what stands together. */
export const headingPieces = (heading: Heading, context: TableContext): Piece[] =>
  heading.family === undefined ? keyPieces(heading, context) : familyPieces(heading.family, heading.depth, context);

/** State and ends come first: ids and inodes are long, and asked for last. */
const familyPieces = (family: Family, depth: number, { store, theme, now }: TableContext): Piece[] => {
  const { glyphs } = theme;
  const { ref, info } = family.latest;
  const { text, bad, running } = stateOf(family);
  const rate = family.perSecond(now / 1e9);
  const pieces: Piece[] = [
    ['  '.repeat(depth), 'plain'],
    [`${running ? glyphs.open : glyphs.ended} `, running ? 'accent' : 'dim'],
    [nameOf(family.latest, store), running ? 'strong' : 'dim'],
  ];
  if (ref !== null) {
    const started = startedMs(family, store);
    pieces.push([`  ${escapeText(text)}`, bad ? 'bad' : running ? 'good' : 'dim']);
    pieces.push([running && started !== undefined ? ` ${age(store.wallMs(now) - started)}` : '', 'plain']);
    pieces.push([family.restarts > 0 ? `  restarted ${family.restarts}x, ends ${lastEnds(family, 5)}` : '', 'warn']);
  }
  pieces.push([`  ${family.alive} alive ${family.execs} execs`, running ? 'plain' : 'dim']);
  pieces.push([running && rate > 0 ? ` ${rate.toFixed(1)}/s` : '', 'good']);
  if (ref !== null) {
    const shares = sharesOf(family.latest, store);
    pieces.push([shares === undefined ? '' : `  ${shares}`, 'warn']);
    pieces.push([
      `  ${escapeText(ref.runtime)}${info?.image === undefined ? '' : ` ${escapeText(info.image)}`}`,
      'dim',
    ]);
    pieces.push([
      info?.pidns === undefined || ref.name.includes(`[${info.pidns}]`) ? '' : ` pid:[${info.pidns}]`,
      'dim',
    ]);
    pieces.push([info?.init === undefined ? '' : ` init ${info.init}`, 'dim']);
  }
  return pieces;
};

/** Names of others that are listed one by one. */
const maxNames = 6;

/** A namespace, pod, image or user: what it is, whose, and who else is in it. */
const keyPieces = (heading: Heading, context: TableContext): Piece[] => {
  const { store, theme } = context;
  const { by, key, depth } = heading;
  const { processes, owner, families } = membersOf(heading, store);
  const owned = isNamespace(by) && owner !== undefined ? ownerText(heading, owner, context) : '';
  const inside = processes === 0 ? heading.groups : families.map(({ latest }) => latest);
  const others = [...new Set(inside.map((group) => nameOf(group, store)))].filter((name) => name !== owned);
  const names = [...others.slice(0, maxNames), ...(others.length > maxNames ? ['...'] : [])].join(', ');
  return [
    [`${'  '.repeat(depth)}${theme.glyphs.open} `, 'accent'],
    [titleOf(heading, context), 'strong'],
    [owned === '' ? '' : `  of ${owned}`, 'good'],
    [
      names === '' ? '' : `  ${processes === 0 ? 'was of' : owned === '' ? 'has' : 'also in it:'} ${names}`,
      owned === '' ? 'plain' : 'warn',
    ],
    [`  ${processes} alive`, 'plain'],
    [owner === undefined ? '' : `  first ${owner.pid} ${commandOrComm(owner.program ?? owner)}`, 'dim'],
    [key === noKey ? '  (not known)' : '', 'dim'],
  ];
};

const titleOf = ({ by, key }: Heading, { users }: TableContext): string => {
  if (isNamespace(by) && key !== noKey) {
    return namespaceTitle(by, key);
  }
  return by === 'user-id' && key !== noKey ? `${escapeText(users.nameOf(Number(key)))} (${key})` : escapeText(key);
};

/** Whose a namespace is: the host's, or that of the first who was in it. */
const ownerText = ({ by, key }: Heading, owner: ViewProcess, { store }: TableContext): string =>
  isNamespace(by) && namespaceKey(owner.group.source.header?.host_ns[by], owner.group.source) === key
    ? 'host'
    : nameOf(owner.group, store);
