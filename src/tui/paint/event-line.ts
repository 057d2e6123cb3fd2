import { counted } from '../../kernel/plural.ts';
import type { RecordOf } from '../../record/schema.ts';
import { clock } from '../../view/clock.ts';
import { commandLine, describe, innermostPid, wholeCommand } from '../../view/command.ts';
import { seconds } from '../../view/durations.ts';
import { endingText } from '../../view/ending.ts';
import { escapeText } from '../../view/escape.ts';
import { lostWords } from '../../view/lost.ts';
import { placedName } from '../rows/naming.ts';
import type { ViewEvent } from '../store/event.ts';
import type { Store } from '../store/store.ts';
import { column, type Piece } from './line.ts';
import { askedBy, type Users } from './requester.ts';
import type { Glyphs } from './theme.ts';

export interface EventContext {
  readonly store: Store;
  readonly users: Users;
  readonly glyphs: Glyphs;
  readonly width: number;
}

const nameWidth = 16;
/** With the host before it. */
const placedWidth = 26;
/** Terminals narrower than this have no room for clock and inner pid beside a command. */
const narrow = 60;
const narrowName = 10;

/** One event: when, where, who, and what happened. */
export const eventPieces = (event: ViewEvent, inGroup: boolean, context: EventContext): Piece[] => {
  const { record, group } = event;
  const isNarrow = context.width < narrow;
  const pid = 'pid' in record && record.pid !== undefined ? String(record.pid) : '';
  const nspid = 'nspid' in record ? innermostPid(record.nspid) : '-';
  const several = context.store.traces.areSeveral && !isNarrow;
  const name = column(placedName(group, context.store), isNarrow ? narrowName : several ? placedWidth : nameWidth);
  return [
    [`${inGroup ? '  ' : ''}${isNarrow ? '' : `${clock(record.time)} `}`, 'dim'],
    [inGroup ? '' : `${name} `, group.ref === null ? 'dim' : 'accent'],
    [`${pid.padStart(7)} ${isNarrow ? '' : `${nspid.padStart(5)} `}`, 'plain'],
    ...whatHappened(event, context),
  ];
};

/** What happened, with a sign for its kind. */
const whatHappened = (event: ViewEvent, context: EventContext): Piece[] => {
  const { glyphs } = context;
  const { kind, record } = event;
  switch (record.type) {
    case 'exec':
      return kind === 'failed' ? failedPieces(event, record, glyphs) : execPieces(event, record, glyphs);
    case 'exit': {
      const bad = record.signal !== undefined || (record.code ?? 0) !== 0;
      return [
        [`${glyphs.exits} `, bad ? 'bad' : 'dim'],
        [`${programOf(event, record)} ${endingText({ ...record, code: record.code ?? 0 })}`, bad ? 'plain' : 'dim'],
        [` after ${seconds(record.duration_ns)}`, 'dim'],
      ];
    }
    case 'container':
      return containerPieces(event, record, context);
    case 'lost':
      if (record.stage === 'limit') {
        return [[`${lostWords(record)} events left out by a limit`, 'dim']];
      }
      return [[`${glyphs.fails} ${lostWords(record)} events LOST (${escapeText(record.stage)})`, 'bad']];
    case 'namespace':
      return [[`${glyphs.made} namespace ${describe(inARow(event, record), wholeCommand)}`, 'dim']];
    case 'cgroup':
    case 'fork':
      return [[`${glyphs.made} ${record.type} ${describe(record, wholeCommand)}`, 'dim']];
    default:
      return [];
  }
};

/** With the changes that followed at once. */
const inARow = ({ work }: ViewEvent, first: RecordOf<'namespace'>): RecordOf<'namespace'> => {
  if (work === undefined) {
    return first;
  }
  const all = [first, ...work.last.flatMap(({ record }) => (record.type === 'namespace' ? [record] : []))];
  return {
    ...first,
    ...(first.created && { created: Object.assign({}, ...all.map(({ created }) => created)) }),
    ...(first.joined && { joined: Object.assign({}, ...all.map(({ joined }) => joined)) }),
  };
};

const failedPieces = ({ misses }: ViewEvent, record: RecordOf<'exec'>, glyphs: Glyphs): Piece[] => {
  const places = (misses?.count ?? 1) + (record.folded ?? 0);
  return [
    [`${glyphs.fails} ${escapeText(record.errno ?? String(record.ret))} `, 'bad'],
    [commandLine(record, wholeCommand), 'plain'],
    [places > 1 ? ` (${places} places tried)` : '', 'dim'],
  ];
};

const execPieces = ({ misses, runs }: ViewEvent, record: RecordOf<'exec'>, glyphs: Glyphs): Piece[] => {
  const sign = record.origin === 'joined' ? glyphs.joins : record.origin === 'init' ? glyphs.starts : ' ';
  const ends = runs?.last.at(-1)?.end;
  return [
    [`${sign} `, 'good'],
    // Before the command, which may be longer than the line.
    [runs === undefined ? '' : `${runs.count + 1} times, last ${endText(ends)}: `, ends === '0' ? 'dim' : 'bad'],
    [commandLine(record, wholeCommand), 'plain'],
    [misses === undefined ? '' : ` (${misses.count} ${misses.count === 1 ? 'miss' : 'misses'} in PATH)`, 'dim'],
  ];
};

const endText = (end = '?'): string => (/^\d+$/.test(end) ? `code ${end}` : escapeText(end));

/** What it was called as: its comm may be that of a thread or of an interpreter. */
const programOf = ({ process }: ViewEvent, { comm }: RecordOf<'exit'>): string => {
  const called = process?.program?.args[0] ?? '';
  return escapeText(called.slice(called.lastIndexOf('/') + 1) || (comm ?? '?'));
};

const containerPieces = (
  { work }: ViewEvent,
  record: RecordOf<'container'>,
  { glyphs, users }: EventContext,
): Piece[] => {
  const { op, container } = record;
  const by = record.asked_by ?? record.by;
  const asked = by === undefined ? '' : ` by ${askedBy(by, users)}, pid ${by.pid}`;
  // What the runtime did for it has no lines of its own. Before the command, which may be longer than the line.
  const steps: Piece = [work === undefined ? '' : ` (${counted(work.count, 'step')})`, 'dim'];
  switch (op) {
    case 'joined':
      return [[`${glyphs.joins} entered`, 'warn'], steps, [asked, 'warn']];
    case 'started': {
      const startup = record.startup_ns === undefined ? '' : ` in ${seconds(record.startup_ns)}`;
      return [[`${glyphs.starts} started${startup}`, 'accent'], steps, [asked, 'accent']];
    }
    case 'stopped': {
      const how = endingText({ code: record.code, signal: record.signal, oom: record.oom });
      const bad = record.signal !== undefined || record.oom === true || (record.code ?? 0) !== 0;
      return [[`${glyphs.ended} stopped${how === '' ? '' : `, ${how}`}`, bad ? 'bad' : 'accent']];
    }
    default:
      return [
        [`${glyphs.made} ${op} ${escapeText(container.name)} (${escapeText(container.runtime)})`, 'accent'],
        steps,
        [asked, 'accent'],
      ];
  }
};
