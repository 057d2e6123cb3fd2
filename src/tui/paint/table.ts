import { commandLine, wholeCommand } from '../../view/command.ts';
import { age } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import { size } from '../../view/sizes.ts';
import { padStartTo } from '../../view/width.ts';
import { endCode, type Family, startedMs, stateOf } from '../rows/families.ts';
import { nameOf } from '../rows/naming.ts';
import type { ViewEvent } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import type { CpuOf } from './cpu-meter.ts';
import { column, type Piece, renderLine } from './line.ts';
import { enteredBy, type Users } from './requester.ts';
import { type Placed, placeColumns, type Sized } from './table-layout.ts';
import type { Theme, Tone } from './theme.ts';

export interface TableContext {
  readonly store: Store;
  readonly users: Users;
  readonly theme: Theme;
  /** Kernel time that ages are counted to. */
  readonly now: number;
  readonly cpuOf?: CpuOf;
}

/** A column of the table of containers. */
export interface ContainerColumn extends Sized {
  readonly name: string;
  readonly title: string;
  /** The key that sorts by it, after `s`. */
  readonly letter: string;
  readonly about: string;
  readonly right?: boolean;
  readonly cell: (family: Family, context: TableContext, last: ViewEvent | undefined) => Piece;
  /** What it sorts by: the greatest first, or the first letter. */
  readonly key: (family: Family, context: TableContext) => number | string;
}

const none: Piece = ['-', 'dim'];

/** A change that is younger than this is marked. */
const freshNs = 10e9;

/** Every column: the one source for the table, its sort menu, help and the manual page. */
export const tableColumns: readonly ContainerColumn[] = [
  {
    ...{ name: 'name', title: 'NAME', letter: 'n', about: 'name of the container' },
    ...{ width: 12, rank: 0, grow: 3, most: 44 },
    cell: (family, { store }) => [
      nameOf(family.latest, store),
      !family.isHost && stateOf(family).running ? 'strong' : 'dim',
    ],
    key: ({ name }) => name,
  },
  {
    ...{ name: 'host', title: 'HOST', letter: 'h', about: 'where it is; only where there are several hosts' },
    ...{ width: 8, rank: 2, most: 24, grow: 1 },
    cell: ({ latest: { source } }) => [escapeText(source.name ?? '-'), 'accent'],
    key: ({ latest: { source } }) => source.name ?? '',
  },
  {
    ...{ name: 'state', title: 'STATE', letter: 's', about: 'running, or how it ended' },
    ...{ width: 13, rank: 1 },
    cell: (family) => {
      const { text, bad, running } = stateOf(family);
      return [escapeText(text), bad ? 'bad' : running ? 'good' : 'dim'];
    },
    key: (family) => stateOf(family).text,
  },
  {
    ...{ name: 'restarts', title: 'RST', letter: 'r', about: 'how often it began again while it was watched' },
    ...{ width: 3, right: true, rank: 6 },
    cell: ({ restarts }) => (restarts === 0 ? none : [String(restarts), 'warn']),
    key: ({ restarts }) => restarts,
  },
  {
    ...{ name: 'age', title: 'AGE', letter: 'a', about: 'since its last start' },
    ...{ width: 6, right: true, rank: 3 },
    cell: (family, { store, now }) => {
      const started = startedMs(family, store);
      return family.isHost || started === undefined ? none : [age(store.wallMs(now) - started), 'plain'];
    },
    key: (family, { store }) => startedMs(family, store) ?? 0,
  },
  {
    ...{ name: 'changed', title: 'CHANGED', letter: 'c', about: 'since it last started, ended or was entered' },
    ...{ width: 7, right: true, rank: 8 },
    cell: ({ changedAt, isHost }, { now }) =>
      isHost || changedAt === 0 ? none : [age((now - changedAt) / 1e6), now - changedAt < freshNs ? 'warn' : 'plain'],
    key: ({ changedAt }) => changedAt,
  },
  {
    ...{ name: 'processes', title: 'PIDS', letter: 'p', about: 'processes in it' },
    ...{ width: 4, right: true, rank: 12 },
    cell: ({ alive }) => [String(alive), alive > 0 ? 'plain' : 'dim'],
    key: ({ alive }) => alive,
  },
  {
    ...{ name: 'execs', title: 'EX/S', letter: 'x', about: 'programs started per second' },
    ...{ width: 5, right: true, rank: 4 },
    cell: (family, { now }) => {
      const rate = family.perSecond(now / 1e9);
      return rate === 0 ? none : [rate.toFixed(rate < 100 ? 1 : 0), 'good'];
    },
    key: (family, { now }) => family.perSecond(now / 1e9),
  },
  {
    ...{ name: 'cpu', title: 'CPU%', letter: 'u', about: 'of one core, from its cgroup; - where not known' },
    ...{ width: 5, right: true, rank: 5 },
    cell: ({ latest: { usage } }) => (usage?.cpuPercent === undefined ? none : [usage.cpuPercent.toFixed(1), 'plain']),
    key: ({ latest: { usage } }) => usage?.cpuPercent ?? -1,
  },
  {
    ...{ name: 'memory', title: 'MEM', letter: 'm', about: 'memory of its cgroup; - where that is not known' },
    ...{ width: 5, right: true, rank: 7 },
    cell: ({ latest: { usage } }) => (usage?.memoryBytes === undefined ? none : [size(usage.memoryBytes), 'plain']),
    key: ({ latest: { usage } }) => usage?.memoryBytes ?? -1,
  },
  {
    ...{ name: 'image', title: 'IMAGE', letter: 'i', about: 'its image' },
    ...{ width: 14, rank: 11, grow: 1, most: 40 },
    cell: ({ latest: { info } }) => (info?.image === undefined ? none : [escapeText(info.image), 'dim']),
    key: ({ latest: { info } }) => info?.image ?? '',
  },
  {
    ...{ name: 'entered', title: 'LAST ENTERED BY', letter: 'e', about: 'who came in last, and how' },
    ...{ width: 22, rank: 9, grow: 2, good: 31, most: 60 },
    cell: ({ lastEntrance }, { users, now }) =>
      lastEntrance === undefined
        ? none
        : [`${age((now - lastEntrance.at) / 1e6)} ago ${enteredBy(lastEntrance, users)}`, 'warn'],
    key: ({ lastEntrance }) => lastEntrance?.at ?? 0,
  },
  {
    ...{ name: 'command', title: 'LAST COMMAND', letter: 'l', about: 'the program that started last in it' },
    ...{ width: 12, rank: 2, grow: 4, good: 24 },
    cell: ({ lastExec }, _, last) => {
      const record = last?.record.type === 'exec' ? last.record : lastExec;
      return record === undefined ? none : [commandLine(record, wholeCommand), 'plain'];
    },
    key: ({ lastExecAt }) => lastExecAt,
  },
];

export interface Sort {
  /** A column's name. */
  readonly column: string;
  /** In reverse order. */
  readonly reversed: boolean;
}

/** Keys of containers as a column sorts them, now. */
export const sortKeys = (
  families: Iterable<Family>,
  { column: name, reversed }: Sort,
  context: TableContext,
): string[] => {
  const { key } = tableColumns.find((candidate) => candidate.name === name)!;
  const keyed = [...families].map((family) => ({ family, key: key(family, context) }));
  keyed.sort((a, b) =>
    typeof a.key === 'string' ? (a.key < b.key ? -1 : Number(a.key > b.key)) : (b.key as number) - a.key,
  );
  return (reversed ? keyed.reverse() : keyed).map(({ family }) => family.key);
};

const place = (text: string, width: number, right = false): string =>
  right ? padStartTo(column(text, Math.min(width, text.length || width)).trimEnd(), width) : column(text, width);

const columnsOfOne = tableColumns.filter(({ name }) => name !== 'host');

/** Of the last width: every row of a frame asks. */
let last: { width: number; areSeveral: boolean; placed: readonly Placed<ContainerColumn>[] } | undefined;

/** The host is said where it is not the same of all. */
const placed = (width: number, { traces: { areSeveral } }: Store): readonly Placed<ContainerColumn>[] => {
  if (last?.width !== width || last.areSeveral !== areSeveral) {
    last = { width, areSeveral, placed: placeColumns(width, areSeveral ? tableColumns : columnsOfOne) };
  }
  return last.placed;
};

/** The titles; the one that is sorted by is marked. */
export const tableHeader = (width: number, sort: Sort, { theme, store }: TableContext): string => {
  const pieces = placed(width, store).flatMap(({ column: each, width: its }, index): Piece[] => {
    const isSorted = each.name === sort.column;
    const mark = isSorted ? (sort.reversed ? theme.glyphs.up : theme.glyphs.down) : '';
    const title = its >= each.title.length + mark.length ? `${each.title}${mark}` : each.title;
    return [
      [index === 0 ? '' : ' ', 'plain'],
      [place(title, its, each.right), isSorted ? 'strong' : 'dim'],
    ];
  });
  return renderLine(pieces, width, theme);
};

export const tableRow = (family: Family, last: ViewEvent | undefined, width: number, context: TableContext): Piece[] =>
  placed(width, context.store).flatMap(({ column: each, width: its }, index): Piece[] => {
    const [text, tone = 'plain' as Tone] = each.cell(family, context, last);
    return [
      [index === 0 ? '' : ' ', 'plain'],
      [place(text, its, each.right), tone],
    ];
  });

/** `1 1 137`: how the last lives ended, the last one first. */
export const lastEnds = (family: Family, most: number): string =>
  family.lives
    .filter(({ endedAt }) => endedAt !== undefined)
    .slice(-most)
    .reverse()
    .map((life) => escapeText(endCode(life)))
    .join(' ');
