import { containerName } from '../view/container.ts';
import { hoursMinutesSeconds } from '../view/durations.ts';
import { escapeText } from '../view/escape.ts';
import { cutTo, widthOf } from '../view/width.ts';
import type { FrameInput, Status } from './frame-input.ts';
import { type Piece, renderEnds, renderLine } from './line.ts';
import { modes } from './rows.ts';
import type { Group } from './store.ts';
import type { Theme } from './theme.ts';

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
  const newer = ui.pausedAt === undefined ? 0 : Math.max(0, store.events.next - 1 - ui.pausedAt);
  const state: Piece =
    ui.pausedAt === undefined
      ? states[status.state]
      : [`${glyphs.paused} paused${newer > 0 ? `, ${newer} new` : ''}`, 'warn'];
  const now = store.now / 1e9;
  const lost = `${store.unknownLoss ? '>=' : ''}${store.lost}`;
  const left: Piece[] = [
    ['nstrace ', 'title'],
    state,
    [`  lost ${lost}`, store.lost > 0 || store.unknownLoss ? 'bad' : 'plain'],
    [status.recording === undefined ? '' : `  ${glyphs.recording} ${status.recording}`, 'bad'],
    [`  ${hoursMinutesSeconds(status.seconds)}`, 'plain'],
    [`  execs ${store.rate.perSecond(now).toFixed(1)}/s `, 'plain'],
    [columns >= 100 ? sparkline(store.rate.history(now), glyphs.spark) : '', 'accent'],
    [` containers ${store.containersAlive}`, 'plain'],
  ];
  const memory = `${Math.round(status.memoryBytes / 1024 / 1024)}M`;
  const right: Piece[] = [
    [
      status.replay === undefined
        ? `cpu ${status.cpuPercent.toFixed(1)}% ${memory}`
        : `x${status.replay.speed} ${memory}`,
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
  const message = ui.notice ?? status.message;
  if (message !== undefined && (message.bad || ui.notice !== undefined)) {
    return renderLine([[message.text, message.bad ? 'bad' : 'warn']], columns, theme);
  }
  if (status.replay !== undefined) {
    return timeBar(status.replay, ui.query.empty ? '' : `filter: ${escapeText(ui.query.text)} `, columns, theme);
  }
  const tabs: Piece[] = modes.flatMap((mode): Piece[] => [
    [mode === ui.mode ? `[${mode}]` : ` ${mode} `, mode === ui.mode ? 'strong' : 'dim'],
    [' ', 'plain'],
  ]);
  const filter = ui.query.empty ? '' : `filter: ${escapeText(ui.query.text)}  `;
  const focus = ui.focus === undefined ? '' : ` in ${focusName(ui.focus)}, Esc goes back`;
  const ended = store.ended > 0 ? `  ${store.ended} ended, x clears` : '';
  return renderEnds(
    [[filter, 'warn'], ...tabs, [`sort ${ui.sort}`, 'dim'], [focus, 'accent'], [ended, 'dim']],
    [[message === undefined ? '' : `  ${message.text}`, 'warn']],
    columns,
    theme,
  );
};

const focusName = ({ ref }: Group): string => (ref === null ? 'the host' : containerName(ref));

const timeBar = (
  { file, position, length, speed }: NonNullable<Status['replay']>,
  filter: string,
  columns: number,
  theme: Theme,
): string => {
  const { glyphs } = theme;
  const times = ` ${hoursMinutesSeconds(position)}/${hoursMinutesSeconds(length)} x${speed} `;
  const room = Math.max(0, columns - widthOf(times) - minBar);
  const name = cutTo(filter === '' ? `${file} ` : filter, Math.min(maxName, room));
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

const maxName = 30;
const minBar = 4;
