import { hoursMinutesSeconds } from '../../view/durations.ts';
import { escapeText } from '../../view/escape.ts';
import { withoutFolders } from '../../view/paths.ts';
import { cutTo, widthOf } from '../../view/width.ts';
import type { Focus } from '../keys/navigation.ts';
import { familiesOf } from '../rows/families.ts';
import { isNamespace, namespaceTitle } from '../rows/grouping.ts';
import { placedName } from '../rows/naming.ts';
import { modes } from '../rows/rows.ts';
import type { Store } from '../store/store.ts';
import type { FrameInput, Status } from './frame-input.ts';
import { type Piece, renderEnds, renderLine } from './line.ts';
import { lostText } from './lost.ts';

/** The first line: what goes on, and what is lost, before all that may be cut. */
export const headLine = ({ store, ui, status, columns, theme }: FrameInput): string => {
  const { glyphs } = theme;
  const states: Record<Status['state'], Piece> = {
    tracing: [`${glyphs.live} tracing`, 'good'],
    waiting: [`${glyphs.waiting} waiting`, 'warn'],
    starting: [`${glyphs.waiting} starting`, 'warn'],
    ended: [`${glyphs.ended} ended`, 'dim'],
    playing: [`${glyphs.starts} playing`, 'good'],
    held: [`${glyphs.paused} held`, 'warn'],
  };
  const newer = ui.pausedAt === undefined ? 0 : Math.max(0, store.nextId - 1 - ui.pausedAt);
  const state: Piece =
    ui.pausedAt === undefined
      ? states[status.state]
      : [`${glyphs.paused} paused${newer > 0 ? `, ${newer} new` : ''}`, 'warn'];
  const now = store.now / 1e9;
  const left: Piece[] = [
    ['nstrace ', 'title'],
    state,
    [`  lost ${lostText(store.lost, store.unknownLoss)}`, store.lost > 0 || store.unknownLoss ? 'bad' : 'plain'],
    [status.recording === undefined ? '' : `  ${glyphs.recording} ${status.recording}`, 'bad'],
    [`  ${hoursMinutesSeconds(status.seconds)}`, 'plain'],
    [`  execs ${store.rate.perSecond(now).toFixed(1)}/s `, 'plain'],
    [columns >= 100 ? sparkline(store.rate.history(now), glyphs.spark) : '', 'accent'],
    [` containers ${store.containersAlive}`, 'plain'],
    [store.traces.areSeveral ? ` hosts ${store.traces.hosts.size}` : '', 'plain'],
  ];
  const memory = `${Math.round(status.memoryBytes / 1024 / 1024)}M`;
  const right: Piece[] = [
    [
      status.replay === undefined
        ? `cpu ${status.cpuPercent.toFixed(1)}% ${memory}`
        : `${speedText(status.replay.speed)} ${memory}`,
      'dim',
    ],
  ];
  return renderEnds(left, right, columns, theme);
};

const sparkWidth = 20;

const sparkline = (history: readonly number[], glyphs: readonly string[]): string => {
  const last = history.slice(-sparkWidth);
  const most = Math.max(1, ...last);
  return last
    .map((count) => glyphs[Math.min(glyphs.length - 1, Math.floor((count / most) * (glyphs.length - 1)))])
    .join('');
};

/** The second line: a message, the bar of time of a replay, or the modes. */
export const secondLine = (input: FrameInput): string => {
  const { ui, status, columns, theme, store } = input;
  const message = ui.notice ?? (ui.read === status.message ? undefined : status.message);
  if (message !== undefined && (message.bad || ui.notice !== undefined)) {
    return renderLine([[withoutFolders(message.text, columns), message.bad ? 'bad' : 'warn']], columns, theme);
  }
  if (status.replay !== undefined) {
    return timeBar(input, status.replay);
  }
  const shown = ui.focus === undefined ? modes : modes.slice(2);
  const tabs: Piece[] = shown.flatMap((mode): Piece[] => [
    [mode === ui.mode ? `[${mode}]` : ` ${mode} `, mode === ui.mode ? 'strong' : 'dim'],
    [' ', 'plain'],
  ]);
  const filter = ui.query.empty ? '' : `filter: ${escapeText(ui.query.text)}  `;
  const focus = ui.focus === undefined ? '' : `${focusName(ui.focus, store)}  `;
  const ended = store.ended > 0 ? `  ${store.ended} ended, x clears` : '';
  const by = ui.focus === undefined && ui.by !== 'container' ? `by ${ui.by} ` : '';
  const hint =
    ui.focus === undefined ? `${by}sort ${ui.sort.column}${ui.sort.reversed ? ' reversed' : ''}` : 'Esc back';
  return renderEnds(
    [[focus, 'accent'], [filter, 'warn'], ...tabs, [hint, 'dim'], [ended, 'dim']],
    [[message === undefined ? '' : `  ${message.text}`, 'warn']],
    columns,
    theme,
  );
};

const focusName = ({ by, key }: Focus, store: Store): string => {
  if (by === 'container') {
    const family = familiesOf(store).get(key);
    return family === undefined ? '-' : placedName(family.latest, store);
  }
  return isNamespace(by) ? namespaceTitle(by, key) : `${by} ${escapeText(key)}`;
};

const timeBar = (
  { ui, store, columns, theme }: FrameInput,
  { file, position, length, speed }: NonNullable<Status['replay']>,
): string => {
  const { glyphs } = theme;
  const where = `[${ui.mode}] ${ui.focus === undefined ? '' : `${focusName(ui.focus, store)} `}`;
  const filter = ui.query.empty ? '' : `${where}filter: ${escapeText(ui.query.text)} `;
  const times = ` ${hoursMinutesSeconds(position)}/${hoursMinutesSeconds(length)} ${speedText(speed)} `;
  const room = Math.min(maxName, Math.max(0, columns - widthOf(times) - minBar));
  const path = withoutFolders(file, room - widthOf(where) - 1);
  const name = cutTo(filter === '' ? `${where}${path} ` : filter, room);
  const width = Math.max(0, columns - widthOf(times) - widthOf(name));
  const done = length <= 0 ? width : Math.min(width, Math.round((position / length) * width));
  return renderLine(
    [
      [name, filter === '' ? 'accent' : 'warn'],
      [glyphs.bar.repeat(done), 'bar'],
      [glyphs.line.repeat(width - done), 'dim'],
      [times, 'plain'],
    ],
    columns,
    theme,
  );
};

const maxName = 44;
const minBar = 4;

/** `x2`; `max` where nothing is waited for. */
const speedText = (speed: number): string => (speed === Number.POSITIVE_INFINITY ? 'max' : `x${speed}`);
