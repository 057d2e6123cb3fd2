import { escapeText } from '../../view/escape.ts';
import { type Tick, ticksOf } from './axis.ts';
import type { Box, Proc, Space } from './model.ts';
import type { Row } from './rows.ts';
import { commandOf, endOf, span } from './text.ts';
import { colorOf, type Theme } from './theme.ts';

export const rowHeight = 24;
export const axisHeight = 28;
const barInset = 5;

/** Where a picture of lanes is drawn: the labels stand left of `labels` px, the times right of it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly labels: number;
  readonly from: number;
  readonly to: number;
  readonly end: number;
  readonly theme: Theme;
  readonly hits: ReadonlySet<Proc> | undefined;
  /** From when on the page lacks events of the host, and those of containers. */
  readonly hostUntil: number | undefined;
  readonly until: number | undefined;
}

export const xOf = ({ width, labels, from, to }: Frame, at: number): number =>
  labels + ((at - from) / (to - from)) * (width - labels);

type Canvas = CanvasRenderingContext2D;

const font = '12px system-ui, sans-serif';
const strongFont = '600 12.5px system-ui, sans-serif';
const smallFont = '11px system-ui, sans-serif';

export const drawAxis = (canvas: Canvas, frame: Frame): Tick[] => {
  const ticks = ticksOf(frame.from, frame.to, frame.width - frame.labels, 96);
  canvas.fillStyle = frame.theme.surface;
  canvas.fillRect(0, 0, frame.width, axisHeight);
  canvas.font = smallFont;
  canvas.textBaseline = 'middle';
  canvas.fillStyle = frame.theme.muted;
  for (const { at, label } of ticks) {
    canvas.fillText(label, Math.round(xOf(frame, at)) + 5, axisHeight / 2);
  }
  canvas.fillStyle = frame.theme.line;
  for (const { at } of ticks) {
    canvas.fillRect(Math.round(xOf(frame, at)), 6, 1, axisHeight - 6);
  }
  canvas.fillRect(0, axisHeight - 1, frame.width, 1);
  return ticks;
};

export const drawGrid = (canvas: Canvas, frame: Frame, ticks: readonly Tick[]): void => {
  canvas.fillStyle = frame.theme.line;
  canvas.globalAlpha = 0.5;
  for (const { at } of ticks) {
    canvas.fillRect(Math.round(xOf(frame, at)), axisHeight, 1, frame.height);
  }
  canvas.globalAlpha = 1;
};

export const drawRow = (canvas: Canvas, frame: Frame, row: Row, y: number): void => {
  canvas.save();
  canvas.beginPath();
  canvas.rect(frame.labels, y, frame.width - frame.labels, rowHeight);
  canvas.clip();
  drawBar(canvas, frame, row, y);
  drawMissing(canvas, frame, row, y);
  canvas.restore();
  drawLabel(canvas, frame, row, y);
};

/** Where a page has not all events, it shows that, lest it look quiet. */
const drawMissing = (canvas: Canvas, frame: Frame, row: Row, y: number): void => {
  const until = row.box.life === undefined ? frame.hostUntil : frame.until;
  if (until === undefined || until > frame.to || row.type === 'more') {
    return;
  }
  const x = Math.max(frame.labels, xOf(frame, until));
  hatch(canvas, x, y + 3, frame.width - x, rowHeight - 6, frame.theme.line);
  if (row.type === 'box') {
    canvas.font = smallFont;
    canvas.fillStyle = frame.theme.muted;
    canvas.fillText('from here on only counted', x + 8, y + rowHeight / 2);
  }
};

const drawBar = (canvas: Canvas, frame: Frame, row: Row, y: number): void => {
  switch (row.type) {
    case 'box':
      return drawBox(canvas, frame, row.box, y);
    case 'startup':
      return drawStartup(canvas, frame, row.box, y);
    case 'space':
      return drawSpace(canvas, frame, row.box, row.space, y);
    case 'proc':
      return drawProc(canvas, frame, row.box, row.proc, y);
    default:
  }
};

const tint = (box: Box): number | undefined => (box.life === undefined ? undefined : box.index);

/** The life of a container, with what was executed in it as ticks of one px: many cost no more than few. */
const drawBox = (canvas: Canvas, frame: Frame, box: Box, y: number): void => {
  const { theme } = frame;
  const [x, width] = extent(frame, box.from, box.to);
  canvas.fillStyle = colorOf(tint(box), theme, theme.isDark ? 0.22 : 0.16);
  rounded(canvas, x, y + 3, width, rowHeight - 6, 4);
  canvas.fillStyle = colorOf(tint(box), theme, 0.95);
  canvas.fillRect(x, y + 3, 2, rowHeight - 6);
  canvas.globalAlpha = 0.75;
  ticks(canvas, frame, box.marks.execs, y + 7, rowHeight - 14);
  canvas.globalAlpha = 1;
  canvas.fillStyle = theme.bad;
  ticks(canvas, frame, box.marks.failures, y + rowHeight - 8, 4);
  for (const at of between(box.marks.joins, frame)) {
    diamond(canvas, frame, xOf(frame, at), y + rowHeight / 2, theme.accent);
  }
  const { life } = box;
  if (life?.stopped !== undefined) {
    const isBad = life.signal !== undefined || (life.code ?? 0) !== 0;
    canvas.fillStyle = isBad ? theme.bad : colorOf(tint(box), theme);
    canvas.fillRect(x + width - 2, y + 3, 2, rowHeight - 6);
    canvas.font = smallFont;
    canvas.fillStyle = isBad ? theme.bad : theme.muted;
    canvas.fillText(endOf(life), x + width + 5, y + rowHeight / 2);
  }
};

/** Marks of one px. The next one that is drawn is the first one of another px: a million cost no more than the px there are. */
const ticks = (canvas: Canvas, frame: Frame, times: Float64Array, y: number, height: number): void => {
  const perPx = (frame.to - frame.from) / (frame.width - frame.labels);
  let index = firstFrom(times, frame.from);
  while (index < times.length && times[index]! <= frame.to) {
    const x = Math.floor(xOf(frame, times[index]!));
    canvas.fillRect(x, y, 1, height);
    index = Math.max(index + 1, firstFrom(times, frame.from + (x + 1 - frame.labels) * perPx));
  }
};

const maxDiamonds = 500;

const between = (times: Float64Array, { from, to }: Frame): Float64Array => {
  const first = firstFrom(times, from);
  return times.subarray(first, Math.min(firstFrom(times, to), first + maxDiamonds));
};

/** Where times begin that are not before this one, found by halving. */
const firstFrom = (times: Float64Array, at: number): number => {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < at) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
};

const parts = [
  ['runtime_ns', 'runtime'],
  ['cgroup_ns', 'cgroup'],
  ['namespaces_ns', 'namespaces'],
  ['rest_ns', 'root file system and rest'],
] as const;

const drawStartup = (canvas: Canvas, frame: Frame, box: Box, y: number): void => {
  const { life } = box;
  const whole = life?.startup_ns ?? 0;
  const end = life?.started ?? box.from + whole;
  let from = end - whole;
  canvas.font = smallFont;
  for (const [index, [key]] of parts.entries()) {
    const ns = life?.startup?.[key] ?? 0;
    const [x, width] = extent(frame, from, from + ns);
    canvas.fillStyle = colorOf(tint(box), frame.theme, 0.85 - index * 0.18);
    canvas.fillRect(x, y + 7, width, rowHeight - 14);
    from += ns;
  }
  canvas.fillStyle = frame.theme.muted;
  canvas.fillText(span(whole), xOf(frame, end) + 6, y + rowHeight / 2);
};

/** A band from the moment it was made; one that is shared is hatched. */
const drawSpace = (canvas: Canvas, frame: Frame, box: Box, space: Space, y: number): void => {
  const { theme } = frame;
  const [x, width] = extent(frame, space.from, box.to);
  const isShared = space.shared.length > 0;
  canvas.fillStyle = colorOf(isShared ? undefined : tint(box), theme, 0.14);
  canvas.fillRect(x, y + 7, width, rowHeight - 14);
  if (isShared) {
    hatch(canvas, x, y + 7, width, rowHeight - 14, colorOf(undefined, theme, 0.3));
  }
  if (space.created !== undefined) {
    canvas.fillStyle = colorOf(tint(box), theme);
    triangle(canvas, xOf(frame, space.created.at), y + rowHeight / 2);
  }
  for (const { at } of space.joined) {
    diamond(canvas, frame, xOf(frame, at), y + rowHeight / 2, theme.accent);
  }
};

const drawProc = (canvas: Canvas, frame: Frame, box: Box, proc: Proc, y: number): void => {
  const { theme } = frame;
  const isBefore = (proc.to ?? frame.end) < frame.from;
  if (isBefore || proc.from > frame.to) {
    // Which way it is.
    canvas.font = smallFont;
    canvas.fillStyle = theme.faint;
    canvas.fillText(isBefore ? '‹' : '›', isBefore ? frame.labels + 4 : frame.width - 10, y + rowHeight / 2);
    return;
  }
  const [x, width] = extent(frame, proc.from, proc.to ?? frame.end);
  const isHelper = box.helpers.has(proc);
  const color = colorOf(isHelper ? undefined : tint(box), theme);
  const top = y + barInset;
  const height = rowHeight - 2 * barInset;
  canvas.globalAlpha = isHelper ? 0.28 : theme.isDark ? 0.5 : 0.42;
  canvas.fillStyle = color;
  rounded(canvas, x, top, width, height, 3);
  canvas.globalAlpha = 1;
  canvas.fillStyle = color;
  canvas.fillRect(x, top, proc.before ? 1 : 2, height);
  if (proc.to !== undefined && isBad(proc)) {
    canvas.fillStyle = theme.bad;
    canvas.fillRect(Math.max(x, x + width - 3), top, 3, height);
  }
  const first = proc.execs[0];
  for (const at of proc.execs) {
    const mark = xOf(frame, at);
    if (mark >= frame.labels - 8 && mark <= frame.width + 8) {
      if (proc.joined && at === first) {
        diamond(canvas, frame, mark, y + rowHeight / 2, theme.accent);
      } else {
        canvas.fillStyle = color;
        dot(canvas, mark, y + rowHeight / 2, 3.5);
      }
    }
  }
  canvas.fillStyle = theme.bad;
  for (const at of proc.failures) {
    cross(canvas, xOf(frame, at), y + rowHeight / 2, theme.bad);
  }
  const text = proc.program === undefined ? escapeText(proc.name) : commandOf(proc.program);
  barText(canvas, frame, text, proc, x, width, y);
};

export const isBad = ({ exit }: Proc): boolean =>
  exit !== undefined && (exit.signal !== undefined || (exit.code ?? 0) !== 0);

/** In the bar if it fits there, else behind it. */
const barText = (canvas: Canvas, frame: Frame, text: string, proc: Proc, x: number, width: number, y: number): void => {
  canvas.font = smallFont;
  const end = isBad(proc) ? `  ${endOf(proc.exit!)}` : '';
  const marks = proc.execs.length > 0 ? Math.max(x, xOf(frame, proc.execs.at(-1)!)) + 8 : x + 6;
  const from = Math.max(frame.labels + 6, marks);
  const room = x + width - from - 6;
  const needed = Math.min(canvas.measureText(text.slice(0, 200)).width, 2000);
  const middle = y + rowHeight / 2;
  canvas.fillStyle = frame.theme.text;
  if (room >= Math.min(needed, 60)) {
    canvas.fillText(shorten(canvas, text, room), from, middle);
    canvas.fillStyle = frame.theme.bad;
    canvas.fillText(end, x + width + 2, middle);
  } else {
    const behind = Math.max(x + width, marks - 2) + 6;
    const shown = shorten(canvas, text, Math.min(320, frame.width - behind - 6));
    canvas.fillStyle = frame.theme.muted;
    canvas.fillText(shown, behind, middle);
    if (end !== '' && shown !== '') {
      canvas.fillStyle = frame.theme.bad;
      canvas.fillText(end, behind + canvas.measureText(shown).width, middle);
    }
  }
};

const drawLabel = (canvas: Canvas, frame: Frame, row: Row, y: number): void => {
  const { theme, labels } = frame;
  const middle = y + rowHeight / 2;
  canvas.save();
  canvas.beginPath();
  canvas.rect(0, y, labels - 6, rowHeight);
  canvas.clip();
  switch (row.type) {
    case 'box': {
      canvas.fillStyle = theme.muted;
      fold(canvas, 14, middle, row.isOpen);
      canvas.fillStyle = colorOf(tint(row.box), theme);
      rounded(canvas, 25, middle - 4, 8, 8, 2);
      canvas.fillStyle = theme.text;
      canvas.font = strongFont;
      const name = shorten(canvas, escapeText(row.box.name), labels - 100);
      canvas.fillText(name, 39, middle);
      const at = 39 + canvas.measureText(name).width + 8;
      canvas.font = smallFont;
      canvas.fillStyle = theme.muted;
      const runtime = row.box.life === undefined ? '' : escapeText(row.box.life.container.runtime);
      canvas.fillText([runtime, String(row.box.procs.length)].filter((word) => word !== '').join(' · '), at, middle);
      break;
    }
    case 'startup':
      label(canvas, theme, 39, middle, 'startup', '');
      break;
    case 'space':
      label(canvas, theme, 39, middle, row.space.type, shareText(row.space));
      break;
    case 'proc': {
      const indent = 39 + Math.min(row.depth, 8) * 12;
      const pid = row.proc.inner === undefined ? `${row.proc.pid}` : `${row.proc.pid} · ${row.proc.inner}`;
      canvas.font = font;
      canvas.fillStyle = row.box.helpers.has(row.proc) ? theme.muted : theme.text;
      const name = shorten(canvas, escapeText(row.proc.name), Math.max(40, labels - indent - 70));
      canvas.fillText(name, indent, middle);
      const at = indent + canvas.measureText(name).width + 7;
      canvas.font = smallFont;
      canvas.fillStyle = theme.faint;
      canvas.fillText(pid, at, middle);
      break;
    }
    case 'more':
      label(canvas, theme, 39, middle, `${row.count} more processes`, '');
      break;
    default:
  }
  canvas.restore();
};

export const shareText = ({ inode, shared }: Space): string =>
  shared.length === 0
    ? String(inode)
    : shared.length === 1 && shared[0] === 'host'
      ? "the host's"
      : `with ${shared.join(', ')}`;

const label = (canvas: Canvas, theme: Theme, x: number, y: number, name: string, more: string): void => {
  canvas.font = smallFont;
  canvas.fillStyle = theme.muted;
  canvas.fillText(name, x, y);
  canvas.fillStyle = theme.faint;
  canvas.fillText(escapeText(more), x + canvas.measureText(name).width + 7, y);
};

/** At least two px wide, and no wider than the picture. */
const extent = (frame: Frame, from: number, to: number): [x: number, width: number] => {
  const left = Math.max(frame.labels - 10, xOf(frame, from));
  const right = Math.min(frame.width + 10, xOf(frame, to));
  return [left, Math.max(2, right - left)];
};

/** As much of a text as there is room for, found by halving. */
const shorten = (canvas: Canvas, text: string, room: number): string => {
  const most = text.length > 400 ? text.slice(0, 400) : text;
  if (room < 12) {
    return '';
  }
  if (canvas.measureText(most).width <= room) {
    return most;
  }
  let least = 0;
  for (let step = 256; step >= 1; step /= 2) {
    if (least + step < most.length && canvas.measureText(`${most.slice(0, least + step)}…`).width <= room) {
      least += step;
    }
  }
  return least === 0 ? '' : `${most.slice(0, least)}…`;
};

const rounded = (canvas: Canvas, x: number, y: number, width: number, height: number, radius: number): void => {
  canvas.beginPath();
  canvas.roundRect(x, y, width, height, Math.min(radius, width / 2));
  canvas.fill();
};

const dot = (canvas: Canvas, x: number, y: number, radius: number): void => {
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, Math.PI * 2);
  canvas.fill();
};

const diamond = (canvas: Canvas, { theme }: Frame, x: number, y: number, color: string): void => {
  canvas.beginPath();
  canvas.moveTo(x, y - 6);
  canvas.lineTo(x + 6, y);
  canvas.lineTo(x, y + 6);
  canvas.lineTo(x - 6, y);
  canvas.closePath();
  canvas.fillStyle = color;
  canvas.fill();
  canvas.strokeStyle = theme.surface;
  canvas.lineWidth = 1.5;
  canvas.stroke();
};

const triangle = (canvas: Canvas, x: number, y: number): void => {
  canvas.beginPath();
  canvas.moveTo(x, y - 5);
  canvas.lineTo(x + 8, y);
  canvas.lineTo(x, y + 5);
  canvas.closePath();
  canvas.fill();
};

const fold = (canvas: Canvas, x: number, y: number, isOpen: boolean): void => {
  canvas.beginPath();
  if (isOpen) {
    canvas.moveTo(x - 4, y - 2);
    canvas.lineTo(x + 4, y - 2);
    canvas.lineTo(x, y + 4);
  } else {
    canvas.moveTo(x - 2, y - 4);
    canvas.lineTo(x - 2, y + 4);
    canvas.lineTo(x + 4, y);
  }
  canvas.closePath();
  canvas.fill();
};

const cross = (canvas: Canvas, x: number, y: number, color: string): void => {
  canvas.strokeStyle = color;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(x - 3.5, y - 3.5);
  canvas.lineTo(x + 3.5, y + 3.5);
  canvas.moveTo(x + 3.5, y - 3.5);
  canvas.lineTo(x - 3.5, y + 3.5);
  canvas.stroke();
};

const hatch = (canvas: Canvas, x: number, y: number, width: number, height: number, color: string): void => {
  canvas.save();
  canvas.beginPath();
  canvas.rect(x, y, width, height);
  canvas.clip();
  canvas.strokeStyle = color;
  canvas.lineWidth = 1;
  canvas.beginPath();
  for (let at = Math.floor(x / 7) * 7 - height; at < x + width; at += 7) {
    canvas.moveTo(at, y + height);
    canvas.lineTo(at + height, y);
  }
  canvas.stroke();
  canvas.restore();
};
