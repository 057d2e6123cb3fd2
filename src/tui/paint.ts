import { clock } from '../view/clock.ts';
import { commandLine, commandOrComm, describe, innermostPid } from '../view/command.ts';
import { containerName } from '../view/container.ts';
import { age, seconds } from '../view/durations.ts';
import { escapeText, shortId } from '../view/escape.ts';
import { column, type Piece, renderLine } from './line.ts';
import type { Row } from './rows.ts';
import type { Group, Store, ViewEvent, ViewProcess } from './store.ts';
import type { Glyphs, Theme, Tone } from './theme.ts';

export interface PaintContext {
  readonly store: Store;
  readonly theme: Theme;
  readonly width: number;
  readonly users: { nameOf(uid: number): string };
  /** Kernel time at the left and the right end of the lanes. */
  readonly window: { from: number; to: number };
}

const style = { quote: false, maxArgs: Number.POSITIVE_INFINITY } as const;

export const paintRow = (row: Row, context: PaintContext, selected: boolean): string => {
  const { theme, width } = context;
  switch (row.type) {
    case 'group':
      return renderLine(groupPieces(row.group, context), width, theme, selected);
    case 'event':
      return renderLine(eventPieces(row.event, row.inGroup, theme.glyphs), width, theme, selected);
    case 'process':
      return renderLine(processPieces(row.process, row.branch, theme.glyphs), width, theme, selected);
    case 'lane':
      return renderLine(lanePieces(row.process, context), width, theme, selected);
  }
};

const nameOf = (group: Group): string => containerName(group.ref);

const groupPieces = (group: Group, { store, theme }: PaintContext): Piece[] => {
  const { ref, info, ended } = group;
  const tone: Tone = ended ? 'dim' : 'strong';
  const { glyphs } = theme;
  const rate = group.rate.perSecond(store.now / 1e9);
  const facts: Piece[] = [
    [`${ended ? glyphs.ended : glyphs.open} `, ended ? 'dim' : 'accent'],
    [nameOf(group), tone],
  ];
  if (ref !== null) {
    facts.push([` ${escapeText(ref.runtime)}`, 'dim']);
    if (info?.pidns !== undefined && !ref.name.includes(`[${info.pidns}]`)) {
      facts.push([` pid:[${info.pidns}]`, 'dim']);
    }
    if (info?.init !== undefined) {
      facts.push([` init ${info.init}`, 'dim']);
    }
  }
  facts.push([ended ? ' ended' : `  ${group.alive} alive`, ended ? 'dim' : 'plain']);
  facts.push([` ${group.execs} execs`, ended ? 'dim' : 'plain']);
  if (!ended && rate > 0) {
    facts.push([` ${rate.toFixed(1)}/s`, 'good']);
  }
  if (ref !== null && group.firstAt > 0 && !ended) {
    facts.push([` ${age((store.now - group.firstAt) / 1e6)}`, 'dim']);
  }
  if (group.lastExit !== undefined) {
    facts.push([` ${escapeText(group.lastExit)}`, group.lastExit === 'code 0' ? 'dim' : 'bad']);
  }
  const shared = Object.entries(info?.shared ?? {}).filter(
    ([type]) => type !== 'user' && type !== 'time' && type !== 'cgroup',
  );
  if (shared.length > 0) {
    facts.push([
      ` shares ${shared.map(([type, whose]) => `${type} with ${whose.map(shortId).join('+')}`).join(', ')}`,
      'warn',
    ]);
  }
  return facts;
};

const nameWidth = 16;

const eventPieces = (event: ViewEvent, inGroup: boolean, glyphs: Glyphs): Piece[] => {
  const { record, group } = event;
  const pid = 'pid' in record && record.pid !== undefined ? String(record.pid) : '';
  const nspid = 'nspid' in record ? innermostPid(record.nspid) : '-';
  return [
    [`${inGroup ? '  ' : ''}${clock(record.time)} `, 'dim'],
    ...(inGroup ? [] : ([[`${column(nameOf(group), nameWidth)} `, group.ref === null ? 'dim' : 'accent']] as Piece[])),
    [`${pid.padStart(7)} ${nspid.padStart(5)} `, 'plain'],
    ...tellEvent(event, glyphs),
  ];
};

/** What happened, with a sign for its kind. */
const tellEvent = ({ kind, record }: ViewEvent, glyphs: Glyphs): Piece[] => {
  switch (record.type) {
    case 'exec': {
      if (kind === 'failed') {
        const errno = escapeText(record.errno ?? String(record.ret));
        return [
          [`${glyphs.fails} ${errno} `, 'bad'],
          [describe(record, style), 'plain'],
        ];
      }
      const sign = record.origin === 'joined' ? glyphs.joins : record.origin === 'init' ? glyphs.starts : ' ';
      return [
        [`${sign} `, 'good'],
        [commandLine(record, style), 'plain'],
      ];
    }
    case 'exit': {
      const bad = record.signal !== undefined || (record.code ?? 0) !== 0;
      return [
        [`${glyphs.exits} `, bad ? 'bad' : 'dim'],
        [describe(record, style), bad ? 'plain' : 'dim'],
      ];
    }
    case 'container':
      if (record.op === 'joined') {
        const by = record.by === undefined ? '' : ` by ${bringer(record.by)}, pid ${record.by.pid}`;
        return [[`${glyphs.joins} entered${by}`, 'warn']];
      }
      return [[`${glyphs.made} ${describe(record, style)}`, 'accent']];
    case 'lost':
      return [[`${glyphs.fails} ${howMany(record)} events LOST (${record.stage})`, 'bad']];
    case 'namespace':
    case 'cgroup':
      return [[`${glyphs.made} ${record.type} ${describe(record, style)}`, 'dim']];
    case 'fork':
      return [[`${glyphs.made} fork ${describe(record, style)}`, 'dim']];
    default:
      return [];
  }
};

/** Its command line where that is short; engines call runtimes with long ones, of which the action tells most. */
const bringer = ({ comm, args = [] }: { comm: string; args?: string[] | undefined }): string => {
  const line = args.join(' ') || comm;
  return escapeText(line.length <= maxBringer ? line : `${comm}${args.includes('exec') ? ' exec' : ''}`);
};
const maxBringer = 60;

const howMany = ({ exact, count }: { exact: boolean; count: number }): string =>
  exact ? String(count) : count === 0 ? 'nobody knows how many' : `at least ${count}`;

const processPieces = (process: ViewProcess, branch: readonly boolean[], glyphs: Glyphs): Piece[] => {
  const stems = branch
    .slice(1)
    .map((isLast, index, rest) =>
      index === rest.length - 1 ? (isLast ? glyphs.last : glyphs.branch) : isLast ? '   ' : glyphs.pipe,
    )
    .join('');
  return [
    [`  ${String(process.pid).padStart(7)} ${innermostPid(process.nspid).padStart(5)} `, 'plain'],
    [stems, 'dim'],
    [commandOrComm(process.program ?? process), 'plain'],
  ];
};

/** Of the label of a lane; narrow terminals need the room for the lane. */
const laneLabel = (width: number): number => (width < 70 ? 8 : 24);

/** The place of the lanes in a line: behind pid, nspid and label, before the end. */
export const laneArea = (width: number): { from: number; width: number } => {
  const from = 2 + 7 + 1 + 5 + 1 + laneLabel(width) + 1;
  return { from, width: Math.max(4, width - from - 9) };
};

const lanePieces = (process: ViewProcess, { theme, width, window }: PaintContext): Piece[] => {
  const { glyphs } = theme;
  const area = laneArea(width);
  const scale = (at: number): number =>
    Math.floor(((at - window.from) / Math.max(1, window.to - window.from)) * area.width);
  const from = Math.max(0, scale(process.startAt));
  const to = process.endAt === undefined ? area.width - 1 : Math.min(area.width - 1, scale(process.endAt));
  const cells = Array.from({ length: area.width }, (_, index) =>
    index < from || index > to ? ' ' : process.group.ref === null ? glyphs.outside : glyphs.bar,
  );
  if (process.endAt !== undefined && to >= 0) {
    cells[to] = glyphs.end;
  }
  const signs = { exec: glyphs.live, starts: glyphs.starts, joins: glyphs.joins } as const;
  for (const { at, kind } of process.marks) {
    const place = scale(at);
    if (place >= 0 && place < area.width) {
      cells[place] = signs[kind];
    }
  }
  const bad = process.end !== undefined && process.end !== '0';
  return [
    [
      `  ${String(process.pid).padStart(7)} ${innermostPid(process.nspid).padStart(5)} ${column(commandOrComm(process.program ?? process), laneLabel(width))} `,
      'plain',
    ],
    [cells.join(''), process.endAt === undefined ? 'bar' : 'dim'],
    [process.end === undefined ? '' : ` ${escapeText(process.end)}`, bad ? 'bad' : 'dim'],
  ];
};

/** The scale above the lanes. */
export const laneRuler = ({ theme, width, window }: PaintContext): string => {
  const area = laneArea(width);
  const length = window.to - window.from;
  const steps = Math.max(1, Math.floor(area.width / 14));
  let text = ' '.repeat(area.from);
  for (let step = 0; step < steps; step += 1) {
    const at = (length * (steps - step)) / steps;
    text = `${text.padEnd(area.from + Math.floor((area.width * step) / steps))}|-${seconds(at)}`;
  }
  return renderLine([[text, 'dim']], width, theme);
};
