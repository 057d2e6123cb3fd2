import { escapeText } from '../view/escape.ts';
import { cutTo, widthOf, wrapTo } from '../view/width.ts';
import { detailLines } from './details.ts';
import { helpLines } from './help.ts';
import type { WantedIds } from './ids.ts';
import { type Piece, renderEnds, renderLine } from './line.ts';
import { laneRuler, type PaintContext, paintRow } from './paint.ts';
import { flatRows, groupedRows, laneRows, modes, type RowList, sortedGroups, treeRows } from './rows.ts';
import { type Group, kinds, type Store, type ViewProcess } from './store.ts';
import type { Theme, Tone } from './theme.ts';
import type { Layout, Ui } from './ui.ts';

export interface FrameInput {
  readonly store: Store;
  readonly ui: Ui;
  readonly ids: WantedIds;
  readonly theme: Theme;
  readonly columns: number;
  readonly rows: number;
  readonly users: { nameOf(uid: number): string };
  readonly status: Status;
}

/** What the view is told about the world around it. */
export interface Status {
  readonly state: 'tracing' | 'waiting' | 'ended' | 'playing' | 'held' | 'starting';
  /** Seconds since it began. */
  readonly seconds: number;
  readonly cpuPercent: number;
  readonly memoryBytes: number;
  readonly recording: string | undefined;
  /** What it waits for, or what went wrong; the latest. */
  readonly message: { text: string; bad: boolean } | undefined;
  readonly replay: { file: string; position: number; length: number; speed: number } | undefined;
}

export interface Frame {
  readonly lines: readonly string[];
  readonly layout: Layout;
}

const headLines = 2;
const footLines = 1;

/** The whole screen, as lines of exactly that width. Pure: the same input is the same frame. */
export const buildFrame = (input: FrameInput): Frame => {
  const { columns, rows } = input;
  const height = Math.max(1, rows - headLines - footLines);
  const body = bodyOf(input, height);
  const lines = [headLine(input), secondLine(input), ...body.lines, footLine(input)];
  const blank = ' '.repeat(columns);
  while (lines.length < rows) {
    lines.splice(-1, 0, blank);
  }
  return { lines: lines.slice(0, rows), layout: body.layout };
};

const bodyOf = (input: FrameInput, height: number): { lines: string[]; layout: Layout } => {
  const { ui, store, columns, theme, users } = input;
  const frozen = frozenOf(ui);
  const now = frozen?.now ?? store.now;
  const window = { from: now - ui.windowNs, to: now };
  const context: PaintContext = { store, theme, width: columns, users, window };
  const ruler = ui.mode === 'lanes' && ui.focus === undefined && ui.overlay === undefined ? [laneRuler(context)] : [];
  const room = height - ruler.length;
  const rows = frozen?.rows ?? rowsOf(input, room, window.from);
  if (ui.cursor !== undefined) {
    // What was under it may be gone: it is on what took its place.
    ui.cursor = rows.at(rows.indexOf(ui.cursor))?.key ?? ui.cursor;
  }
  const top = topOf(ui, rows, room);
  const layout = { rows, top, height: room, lastId: store.events.next - 1, now: store.now };
  const overlay = overlayLines(input, height);
  if (overlay !== undefined) {
    return { lines: overlay, layout };
  }
  if (rows.length === 0 || isQuiet(input)) {
    return { lines: emptyLines(input, height), layout };
  }
  const lines = [...ruler];
  for (let index = top; index < Math.min(rows.length, top + room); index += 1) {
    const row = rows.at(index);
    if (row !== undefined) {
      lines.push(paintRow(row, context, row.key === ui.cursor));
    }
  }
  return { lines: padLines(lines, height, columns), layout };
};

/** The lines that stay as they are; events that go on to be told have their own way to stay (flat lists). */
const frozenOf = (ui: Ui): Ui['frozen'] => {
  const stays = ui.mode !== 'flat' && ui.focus === undefined && (ui.pausedAt !== undefined || ui.cursor !== undefined);
  return stays && ui.frozen?.key === ui.frozenKey ? ui.frozen : undefined;
};

const rowsOf = ({ store, ui, ids }: FrameInput, height: number, from: number): RowList => {
  const wanted = { kinds: ui.kinds, query: ui.query, group: ui.focus };
  if (ui.mode === 'flat' || ui.focus !== undefined) {
    return flatRows(store, ids, wanted, ui.pausedAt);
  }
  const groups = sortedGroups(store, ui.sort);
  const matches = processTest(ui);
  switch (ui.mode) {
    case 'grouped':
      return groupedRows(store, groups, wanted, height);
    case 'tree':
      return treeRows(store, groups, matches, !ui.query.empty);
    case 'lanes':
      return laneRows(store, groups, from, matches, !ui.query.empty);
  }
};

/** The filter for events, asked about the program of a process. */
const processTest =
  ({ query }: Ui) =>
  ({ program, group }: ViewProcess): boolean =>
    query.empty || (program !== undefined && query.matches({ id: 0, kind: 'exec', record: program, group }));

/** Following shows the end, or all groups from the first; else the cursor stays on its line of the screen. */
const topOf = (ui: Ui, rows: RowList, height: number): number => {
  const most = Math.max(0, rows.length - height);
  if (ui.cursor === undefined) {
    return ui.mode === 'flat' || ui.focus !== undefined ? most : 0;
  }
  const index = rows.indexOf(ui.cursor);
  if (index < 0) {
    return ui.follow ? most : 0;
  }
  return Math.min(most, Math.max(0, index - Math.min(ui.cursorRow, height - 1)));
};

const isQuiet = ({ store, ui }: FrameInput): boolean =>
  ui.query.empty &&
  ui.mode === 'grouped' &&
  ui.focus === undefined &&
  store.groups.size === 1 &&
  store.events.next === 0;

const emptyLines = ({ ui, status, columns, theme }: FrameInput, height: number): string[] => {
  const told = whyEmpty(ui, status);
  const above = Math.max(0, Math.floor((height - told.length) / 2));
  const center = (text: string): string => ' '.repeat(Math.max(0, Math.floor((columns - widthOf(text)) / 2))) + text;
  const blank = Array.from({ length: above }, () => ' '.repeat(columns));
  const lines = [
    ...blank,
    ...told.map((text, index) => renderLine([[center(text), index === 0 ? 'plain' : 'dim']], columns, theme)),
  ];
  return padLines(lines, height, columns);
};

const whyEmpty = (ui: Ui, status: Status): string[] => {
  if (!ui.query.empty) {
    return [`Nothing matches ${escapeText(ui.query.text)}`, 'Esc clears the filter'];
  }
  if (ui.kinds.size === 0) {
    return ['No kind of event is chosen', 'e chooses'];
  }
  if (ui.pausedAt !== undefined) {
    return ['What was shown when you paused is no longer kept', 'Space goes on'];
  }
  if (status.state === 'starting') {
    return ['Attaching the probes ...'];
  }
  if (status.replay !== undefined) {
    return [status.message?.text ?? 'Nothing has happened up to here', 'Space plays, right goes on by 5 seconds'];
  }
  return [
    status.message?.text ?? 'Waiting for something to run: every exec on this machine will be shown here',
    'Start a container, or run a command in another terminal',
  ];
};

const padLines = (lines: string[], height: number, columns: number): string[] => {
  while (lines.length < height) {
    lines.push(' '.repeat(columns));
  }
  return lines.slice(0, height);
};

const overlayLines = (input: FrameInput, height: number): string[] | undefined => {
  const { ui, store, users, columns, theme } = input;
  switch (ui.overlay) {
    case 'help':
      return scrolled(helpLines(ui.isReplay), ui, height, columns, theme);
    case 'details':
      return ui.details === undefined
        ? undefined
        : scrolled(detailLines(ui.details, store, users), ui, height, columns, theme);
    case 'kinds':
      return padLines(
        [
          renderLine(
            [
              ['Kinds of events', 'title'],
              ['  Space switches, Esc goes back', 'dim'],
            ],
            columns,
            theme,
          ),
          ...kinds.map((kind, index) =>
            renderLine(
              [[`  ${index + 1} [${ui.kinds.has(kind) ? 'x' : ' '}] ${kind}`]],
              columns,
              theme,
              index === ui.kindCursor,
            ),
          ),
        ],
        height,
        columns,
      );
    default:
      return undefined;
  }
};

/** Long lines go on in the next one: nothing of a command is hidden. */
const scrolled = (text: readonly string[], ui: Ui, height: number, columns: number, theme: Theme): string[] => {
  const all = text.flatMap((line) => wrap(theme.text(line), columns));
  ui.scroll = Math.min(ui.scroll, Math.max(0, all.length - height));
  const lines = all
    .slice(ui.scroll, ui.scroll + height)
    .map((line) => renderLine([[line, /^\S/.test(line) ? 'title' : 'plain']], columns, theme));
  return padLines(lines, height, columns);
};

/** Long lines cost too much to be wrapped for each frame. */
const wrapped = new Map<string, string[]>();
const maxWrapped = 64;
const longLine = 1000;

const wrap = (line: string, columns: number): string[] => {
  if (line.length < longLine) {
    return wrapTo(line, columns, '    ');
  }
  const key = `${columns} ${line}`;
  let lines = wrapped.get(key);
  if (lines === undefined) {
    lines = wrapTo(line, columns, '    ');
    if (wrapped.size >= maxWrapped) {
      wrapped.clear();
    }
    wrapped.set(key, lines);
  }
  return lines;
};

const duration = (total: number): string => {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${two(total / 3600)}:${two((total / 60) % 60)}:${two(total % 60)}`;
};

const headLine = ({ store, ui, status, columns, theme }: FrameInput): string => {
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
    [`  ${duration(status.seconds)}`, 'plain'],
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

const secondLine = (input: FrameInput): string => {
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

const focusName = ({ ref }: Group): string => (ref === null ? 'the host' : escapeText(ref.name));

const timeBar = (
  { file, position, length, speed }: NonNullable<Status['replay']>,
  filter: string,
  columns: number,
  theme: Theme,
): string => {
  const { glyphs } = theme;
  const times = ` ${duration(position)}/${duration(length)} x${speed} `;
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

/** Keys in the order of their use; as many as fit. */
const footLine = ({ ui, columns, theme }: FrameInput): string => {
  if (ui.prompt !== undefined) {
    // Its end is where the cursor is.
    const typed = escapeText(ui.prompt);
    const shown = tailOf(typed, columns - 2);
    return renderLine(
      [
        [`/${shown}`, 'strong'],
        ['_', 'accent'],
        ['  c:web n:curl x:failed u:1000 word', 'dim'],
      ],
      columns,
      theme,
    );
  }
  const keys = footKeys(ui);
  const pieces: Piece[] = [];
  let used = 0;
  for (const [key, what] of keys) {
    const width = key.length + what.length + 3;
    if (used + width > columns) {
      break;
    }
    used += width;
    pieces.push([key, 'strong'], [` ${what}  `, 'dim' as Tone]);
  }
  return renderLine(pieces, columns, theme);
};

/** As much of the end as fits. */
const tailOf = (text: string, columns: number): string => {
  const characters = [...text];
  let from = characters.length;
  for (let room = columns; from > 0; from -= 1) {
    room -= widthOf(characters[from - 1]!);
    if (room < 0) {
      break;
    }
  }
  return characters.slice(from).join('');
};

const footKeys = (ui: Ui): readonly (readonly [string, string])[] => {
  if (ui.overlay === 'details') {
    return [
      ['Esc', 'back'],
      ['c', 'copy'],
      ['j k', 'scroll'],
    ];
  }
  if (ui.overlay !== undefined) {
    return [
      ['Esc', 'back'],
      ['j k', 'move'],
    ];
  }
  const common = [
    ['?', 'help'],
    ['q', 'quit'],
    ['/', 'filter'],
    ['Tab', 'mode'],
    ['Enter', 'open'],
  ] as const;
  return ui.isReplay
    ? [...common.slice(0, 2), ['Space', 'play'], ['+ -', 'speed'], ['< >', 'seek'], ['1-4', 'jump'], ...common.slice(2)]
    : [...common, ['Space', 'pause'], ['f', 'follow'], ['s', 'sort'], ['e', 'kinds'], ['r', 'record'], ['c', 'copy']];
};
