import type { Timeline, TimelineEntry } from '../timeline/schema.ts';
import { seconds } from './durations.ts';
import { escapeText } from './escape.ts';
import { heading, type TimelineStyle } from './timeline.ts';
import { cutTo, padTo } from './width.ts';

/** A process of a timeline: how long it was there, and what happened to it. */
export interface Lane {
  readonly pid: number;
  nspid: number | undefined;
  label: string;
  helper: boolean;
  depth: number;
  /** In ns since the beginning; a process that was there before begins at 0. */
  from: number;
  /** Undefined while it lives. */
  to: number | undefined;
  end: string;
  /** It was there before tracing began. */
  before: boolean;
  readonly marks: { at: number; kind: 'exec' | 'starts' | 'joins' }[];
}

/** Lanes that are drawn; of more the number is said. */
export const maxLanes = 200;

export const lanesOf = (entries: readonly TimelineEntry[]): Lane[] => {
  const living = new Map<number, Lane>();
  const lanes: Lane[] = [];
  for (const entry of entries) {
    if (entry.kind === 'cgroup') {
      continue;
    }
    let lane = living.get(entry.pid);
    if (lane === undefined || entry.kind === 'fork') {
      const { pid, depth, at_ns: from } = entry;
      lane = {
        pid,
        nspid: undefined,
        label: '',
        helper: false,
        depth,
        from,
        to: undefined,
        end: '',
        before: false,
        marks: [],
      };
      living.set(pid, lane);
      lanes.push(lane);
    }
    if ((entry.nspid?.length ?? 0) > 1) {
      lane.nspid = entry.nspid?.at(-1);
    }
    take(lane, entry);
    if (entry.kind === 'exit') {
      living.delete(entry.pid);
    }
  }
  return lanes;
};

const take = (lane: Lane, entry: TimelineEntry): void => {
  if ((entry.kind === 'exec' && (entry.ret ?? 0) === 0) || entry.kind === 'process') {
    lane.label = entry.args?.join(' ') || entry.comm || '';
    lane.helper = entry.helper ?? false;
  } else if (lane.label === '') {
    lane.label = entry.comm ?? '';
    lane.helper = entry.helper ?? false;
  }
  if (entry.kind === 'process') {
    lane.from = 0;
    lane.before = true;
  }
  if (entry.kind === 'exec' && (entry.ret ?? 0) === 0) {
    lane.marks.push({ at: entry.at_ns, kind: entry.starts ? 'starts' : entry.joined_by ? 'joins' : 'exec' });
  }
  if (entry.kind === 'exit') {
    lane.to = entry.at_ns;
    lane.end = escapeText(entry.signal ?? String(entry.code ?? 0));
    if (entry.duration_ns !== undefined) {
      lane.from = Math.max(0, Math.min(lane.from, entry.at_ns - entry.duration_ns));
    }
  }
};

interface Glyphs {
  readonly bar: string;
  readonly outside: string;
  readonly end: string;
  readonly open: string;
  readonly exec: string;
  readonly starts: string;
  readonly joins: string;
  readonly before: string;
}

const drawn: Glyphs = { bar: '━', outside: '─', end: '┤', open: '→', exec: '●', starts: '▶', joins: '◆', before: '«' };
const ascii: Glyphs = { bar: '=', outside: '-', end: '|', open: '>', exec: 'o', starts: 'S', joins: 'J', before: '<' };

const labelWidth = 24;

/** A bar a process, from start to exit, below one scale of time. */
export const lanesText = (timeline: Timeline, style: TimelineStyle, columns: number): string => {
  const glyphs = style.unicode ? drawn : ascii;
  const lanes = lanesOf(timeline.entries);
  const length = Math.max(1, ...timeline.entries.map(({ at_ns: at }) => at), timeline.removed_ns ?? 0);
  const width = Math.max(20, columns - labelWidth - 18 - Math.max(8, ...lanes.map(({ end }) => end.length)));
  const scale = (at: number): number => Math.min(width - 1, Math.max(0, Math.floor((at / length) * width)));
  const lines = [
    ...heading(timeline, style),
    '',
    `${' '.repeat(17 + labelWidth)}${ruler(length, width)}`,
    ...lanes.slice(0, maxLanes).map((lane) => laneText(lane, scale, width, glyphs)),
    ...(lanes.length > maxLanes ? [`  ... ${lanes.length - maxLanes} more processes are left out here ...`] : []),
    ...(timeline.dropped > 0 ? [`  ... ${timeline.dropped} steps are missing in the middle ...`] : []),
    '',
    `  ${glyphs.bar} inside  ${glyphs.outside} outside  ${glyphs.exec} exec  ${glyphs.starts} starts  ${glyphs.joins} joins  ${glyphs.end} exit  ${glyphs.open} lives on${lanes.some(({ before }) => before) ? `  ${glyphs.before} since before` : ''}`,
  ];
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
};

const laneText = (lane: Lane, scale: (at: number) => number, width: number, glyphs: Glyphs): string => {
  const from = scale(lane.from);
  const to = lane.to === undefined ? width - 1 : scale(lane.to);
  const cells = Array.from({ length: width }, (_, index) =>
    index < from || index > to ? ' ' : lane.helper ? glyphs.outside : glyphs.bar,
  );
  cells[to] = lane.to === undefined ? glyphs.open : glyphs.end;
  for (const { at, kind } of lane.marks) {
    cells[scale(at)] = glyphs[kind];
  }
  if (lane.before) {
    cells[from] = glyphs.before;
  }
  const nspid = lane.nspid === undefined ? '-' : String(lane.nspid);
  const label = cut(`${' '.repeat(Math.min(lane.depth, 6))}${escapeText(lane.label)}`, labelWidth);
  const end = lane.to === undefined ? '' : ` ${lane.end}`;
  const bar = cells.join('').slice(0, to + 1);
  return `  ${String(lane.pid).padStart(7)} ${nspid.padStart(5)} ${label} ${bar}${end}`;
};

const cut = (text: string, width: number): string => padTo(cutTo(text, width), width);

/** Times at equal steps, where they have room. */
const ruler = (length: number, width: number): string => {
  const marks = Math.max(1, Math.floor(width / 16));
  let text = '';
  for (let index = 0; index <= marks; index += 1) {
    const at = Math.round((index * width) / marks);
    const label = `|${seconds((length * index) / marks)}`;
    text = text.padEnd(at) + (at + label.length <= width + 12 ? label : '');
  }
  return text;
};
